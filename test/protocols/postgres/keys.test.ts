import { describe, expect, it, vi } from 'vitest';
import { CancelKeys, cancelUpstream, oneAtATime } from '../../../src/protocols/postgres/keys.ts';
import { decodeStartup } from '../../../src/protocols/postgres/startup.ts';
import { eventually } from '../../eventually.ts';
import { targetOf } from './scripted.ts';
import { fakeServer } from './fake-server.ts';

const nothing = async (): Promise<void> => undefined;

describe('cancel keys', () => {
  it('have 4 bytes in protocol 3.0 and 32 from 3.2 on, and never repeat (R24)', () => {
    const keys = new CancelKeys();
    const issued = Array.from({ length: 200 }, (_key, index) => keys.issue(index % 2 === 0 ? 0 : 2, nothing));
    expect(new Set(issued.map((one) => one.key.length))).toEqual(new Set([4, 32]));
    expect(new Set(issued.map((one) => one.process)).size).toBe(200);
    expect(new Set(issued.map((one) => one.key.toString('hex'))).size).toBe(200);
  });

  it('cancel what they were issued for and nothing else (R24)', async () => {
    const keys = new CancelKeys();
    const [one, two] = [vi.fn<() => Promise<void>>(nothing), vi.fn<() => Promise<void>>(nothing)];
    const mine = keys.issue(0, one);
    const other = keys.issue(2, two);
    const bent = Buffer.from(mine.key);
    bent[0] = (bent[0] ?? 0) ^ 1;
    const attempts: readonly (readonly [number, Buffer])[] = [
      [mine.process, other.key],
      [mine.process, bent],
      [mine.process, mine.key.subarray(0, 3)],
      [mine.process, Buffer.concat([mine.key, Buffer.alloc(1)])],
      [mine.process, Buffer.alloc(0)],
      [mine.process ^ 1, mine.key],
      [0, mine.key],
      [-1, mine.key],
      [other.process, mine.key],
    ];
    for (const [process, key] of attempts) await keys.use(process, key);
    expect([one.mock.calls.length, two.mock.calls.length]).toEqual([0, 0]);
    await keys.use(mine.process, mine.key);
    expect([one.mock.calls.length, two.mock.calls.length]).toEqual([1, 0]);
  });

  it('do nothing once their connection is gone', async () => {
    const keys = new CancelKeys();
    const cancel = vi.fn<() => Promise<void>>(nothing);
    const { process, key } = keys.issue(0, cancel);
    keys.revoke(process);
    await keys.use(process, key);
    expect(cancel).not.toHaveBeenCalled();
  });

  it('of one session do nothing in another', async () => {
    const [one, two] = [new CancelKeys(), new CancelKeys()];
    const cancel = vi.fn<() => Promise<void>>(nothing);
    const { process, key } = one.issue(0, cancel);
    await two.use(process, key);
    expect(cancel).not.toHaveBeenCalled();
  });
});

describe('a cancel request', () => {
  it('carries the server’s own key on a connection of its own', async () => {
    const server = await fakeServer(async (peer) => decodeStartup(await peer.startup()));
    const target = targetOf({ port: server.port, user: 'app', password: 'secret' });
    await cancelUpstream(target, { process: 77, key: Buffer.alloc(32, 5) }, () => undefined);
    await eventually(
      () => server.outcomes.length,
      (count) => count === 1,
    );
    expect(await server.outcomes[0]).toEqual({ kind: 'cancel', process: 77, key: Buffer.alloc(32, 5) });
    await server.close();
  });

  it('that does not get through is mentioned, without a secret', async () => {
    const server = await fakeServer(async () => undefined);
    await server.close();
    const target = targetOf({ port: server.port, user: 'app', password: 'secret' });
    const warnings: string[] = [];
    await cancelUpstream(target, { process: 77, key: Buffer.from('abcd') }, (message) => void warnings.push(message));
    expect(warnings).toEqual(['a cancel request did not reach target pg-test']);
  });
});

describe('a task that many ask for at once', () => {
  it('is done now, and once more for all who asked meanwhile', async () => {
    const runs: PromiseWithResolvers<void>[] = [];
    const ask = oneAtATime(() => {
      const run = Promise.withResolvers<void>();
      runs.push(run);
      return run.promise;
    });
    let done = 0;
    const asked = Array.from({ length: 100 }, async () => {
      await ask();
      done += 1;
    });
    expect(runs).toHaveLength(1);
    runs[0]?.resolve();
    await expect.poll(() => runs.length).toBe(2);
    expect(done).toBe(1);
    runs[1]?.resolve();
    await Promise.all(asked);
    expect(runs).toHaveLength(2);
    void ask();
    expect(runs).toHaveLength(3);
  });
});
