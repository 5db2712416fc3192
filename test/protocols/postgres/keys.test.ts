import { describe, expect, it, vi } from 'vitest';
import { CancelKeys, cancelUpstream } from '../../../src/protocols/postgres/keys.ts';
import { decodeStartup } from '../../../src/protocols/postgres/startup.ts';
import { eventually, targetOf } from './scripted.ts';
import { fakeServer } from './fake-server.ts';

describe('cancel keys', () => {
  it('have 4 bytes in protocol 3.0 and 32 from 3.2 on, and never repeat (R24)', () => {
    const keys = new CancelKeys();
    const issued = Array.from({ length: 200 }, (_key, index) => keys.issue(index % 2 === 0 ? 0 : 2, () => undefined));
    expect(new Set(issued.map((one) => one.key.length))).toEqual(new Set([4, 32]));
    expect(new Set(issued.map((one) => one.process)).size).toBe(200);
    expect(new Set(issued.map((one) => one.key.toString('hex'))).size).toBe(200);
  });

  it('cancel what they were issued for and nothing else (R24)', () => {
    const keys = new CancelKeys();
    const [one, two] = [vi.fn<() => void>(), vi.fn<() => void>()];
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
    for (const [process, key] of attempts) expect(keys.use(process, key)).toBe(false);
    expect([one.mock.calls.length, two.mock.calls.length]).toEqual([0, 0]);
    expect(keys.use(mine.process, mine.key)).toBe(true);
    expect([one.mock.calls.length, two.mock.calls.length]).toEqual([1, 0]);
  });

  it('do nothing once their connection is gone', () => {
    const keys = new CancelKeys();
    const cancel = vi.fn<() => void>();
    const { process, key } = keys.issue(0, cancel);
    keys.revoke(process);
    expect(keys.use(process, key)).toBe(false);
    expect(cancel).not.toHaveBeenCalled();
  });

  it('of one session do nothing in another', () => {
    const [one, two] = [new CancelKeys(), new CancelKeys()];
    const { process, key } = one.issue(0, () => undefined);
    expect(two.use(process, key)).toBe(false);
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
