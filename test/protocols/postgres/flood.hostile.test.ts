import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Limits } from '../../../src/core/limits.ts';
import { cancelRequest } from '../../../src/protocols/postgres/startup.ts';
import { fieldsOf, frames, startupPacket } from '../../postgres/frames.ts';
import { dial, type WireClient } from '../../postgres/wire-client.ts';
import { type FakeServer, fakeServer, GREETING, type Peer } from './fake-server.ts';
import { knock, refusedWith, SSL, types } from './knocking.ts';
import { server as say } from './messages.ts';
import { type ScriptedDoor, scriptedDoor, targetOf } from './scripted.ts';

const STARTUP = startupPacket({ user: 'visitor', database: 'postgres' });

let target: FakeServer;
let door: ScriptedDoor;
let sleeping: Peer[];
/** Requests to cancel that reached the target, and how it lets go of each. */
let cancels: (() => void)[];
const clients: WireClient[] = [];

/** Answers queries, but those that sleep; says nothing to a request to cancel until the test does. */
async function serve(peer: Peer): Promise<void> {
  if ((await peer.startup()).readInt32BE(4) !== 196608) return new Promise((done) => cancels.push(done));
  peer.send(...GREETING);
  for (;;) {
    const message = await peer.next();
    if (message.includes('sleep')) sleeping.push(peer);
    else if (message[0] === 'Q'.charCodeAt(0)) peer.send(say.complete('SELECT 1'), say.ready());
  }
}

beforeEach(async () => {
  sleeping = [];
  cancels = [];
  target = await fakeServer(serve, { allowHalfOpen: true });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  for (const done of cancels) done();
  await door.close();
  await target.close();
});

async function opened(limits: Partial<Limits>): Promise<void> {
  door = await scriptedDoor(targetOf({ port: target.port, user: 'app', password: 'hidden' }), { limits });
}

async function connected(): Promise<WireClient> {
  const client = await door.connect();
  clients.push(client);
  return client;
}

/** Clients that connect, say this, and then nothing more. */
async function flood(count: number, ...bytes: readonly Buffer[]): Promise<WireClient[]> {
  const dialled = await Promise.all(Array.from({ length: count }, () => dial('127.0.0.1', door.options.port)));
  for (const client of dialled) client.send(...bytes);
  clients.push(...dialled);
  return dialled;
}

const errorsOf = ({ messages }: WireClient): Record<string, string>[] =>
  messages.filter(({ type }) => type === 'E').map(fieldsOf);

describe('a flood of clients that do not log in (R15)', () => {
  it.each([
    ['say nothing', []],
    ['say half of a packet', [STARTUP.subarray(0, 9)]],
    ['do not answer', [STARTUP]],
  ])('and %s keeps nobody out, and disturbs nobody who is in', async (_what, bytes) => {
    await opened({ unauthenticated: 8 });
    const inside = await connected();
    const idle = await flood(100, ...bytes);
    await expect.poll(() => idle.filter(({ closed }) => closed).length).toBe(92);
    // Those that came last are still waited for.
    expect(idle.slice(-8).map(({ closed }) => closed)).toEqual(Array(8).fill(false));
    for (const client of idle.slice(0, 92)) expect(errorsOf(client)).toMatchObject([{ S: 'FATAL', C: '53300' }]);
    const newcomer = await connected();
    for (const client of [inside, newcomer]) expect(types(await client.query('select 1'))).toBe('CZ');
    expect(door.warnings).toEqual([
      'more than 8 clients at once are logging in: those that came first are turned away',
    ]);
    expect((await Promise.all(door.ends.slice(1, 93))).map(({ cause }) => cause)).toEqual(Array(92).fill('client'));
  });

  it('that does not end lets through who knows the secret', async () => {
    await opened({ unauthenticated: 8 });
    let over = false;
    const attack = async (): Promise<void> => {
      while (!over) for (const client of await flood(4, STARTUP)) client.socket.unref();
    };
    const attacks = [attack(), attack()];
    for (let count = 0; count < 10; count += 1) {
      // As a client does that is told to try again.
      const attempt = async (): Promise<string> => {
        try {
          return types(await (await connected()).query('select 1'));
        } catch (error) {
          expect(error).toEqual(refusedWith('53300'));
          return 'again';
        }
      };
      await expect.poll(attempt).toBe('CZ');
    }
    over = true;
    await Promise.all(attacks);
  });

  it('is turned away as the target says: what is a flood for one is none for another', async () => {
    await opened({ unauthenticated: 100 });
    const idle = await flood(100, STARTUP);
    await Promise.all(idle.map((client) => client.until('R')));
    expect([idle.filter(({ closed }) => closed), door.warnings]).toEqual([[], []]);
  });
});

describe('more clients than there are places', () => {
  it('are told so once they have shown the secret, until somebody leaves', async () => {
    await opened({ connections: 2 });
    const [one, two] = [await connected(), await connected()];
    for (let count = 0; count < 3; count += 1) {
      const refused: unknown = await door.connect().catch((error: unknown) => error);
      expect(refused).toMatchObject({
        fields: { S: 'FATAL', C: '53300', H: expect.stringContaining('limits.connections') as unknown },
      });
    }
    expect(door.warnings).toEqual(['2 clients are connected: further ones are turned away']);
    // Who does not know the secret does not learn how many are in.
    await expect(door.connect({ password: 'wrong' })).rejects.toEqual(refusedWith('28P01'));
    // Nothing was begun for those at the target, nor in the record.
    expect([target.outcomes.length, door.guards.length]).toEqual([2, 2]);
    await one.end();
    await door.ends[0];
    const three = await connected();
    for (const client of [two, three]) expect(types(await client.query('select 1'))).toBe('CZ');
  });

  it('can be cancelled all the same (R24)', async () => {
    await opened({ connections: 1 });
    const client = await connected();
    client.send(frames.query('select sleep'));
    await expect.poll(() => sleeping.length).toBe(1);
    const request = knock(door, cancelRequest(client.key?.pid ?? 0, client.key?.secret ?? Buffer.alloc(4)));
    await expect.poll(() => cancels.length).toBe(1);
    cancels[0]?.();
    expect(await request).toHaveLength(0);
  });
});

describe('a flood of requests to cancel (R24)', () => {
  it('with keys that are not known does nothing, and nobody hears of it', async () => {
    await opened({});
    const client = await connected();
    client.send(frames.query('select sleep'));
    await expect.poll(() => sleeping.length).toBe(1);
    const { pid = 0, secret = Buffer.alloc(4) } = client.key ?? {};
    const wrong = Array.from({ length: 200 }, (_, index) =>
      index % 2 === 0
        ? cancelRequest(pid, Buffer.from([index, secret[1] ?? 0, (secret[2] ?? 0) ^ 1, secret[3] ?? 0]))
        : cancelRequest(pid + index, secret),
    );
    const answers = await Promise.all(wrong.map((bytes) => knock(door, bytes)));
    expect(Buffer.concat(answers)).toHaveLength(0);
    expect([cancels.length, door.warnings]).toEqual([0, []]);
    sleeping[0]?.send(say.complete('SELECT 1'), say.ready());
    expect(types(await client.until('Z'))).toBe('CZ');
    expect(door.guard().events.filter(({ type }) => type === 'cancel')).toEqual([]);
  });

  it('with the right key is no flood at the target', async () => {
    await opened({ unauthenticated: 500 });
    const client = await connected();
    client.send(frames.query('select sleep'));
    await expect.poll(() => sleeping.length).toBe(1);
    const { pid = 0, secret = Buffer.alloc(4) } = client.key ?? {};
    const requests = Array.from({ length: 200 }, () => knock(door, cancelRequest(pid, secret)));
    await expect.poll(() => door.guard().events.filter(({ type }) => type === 'cancel').length).toBe(200);
    expect(cancels).toHaveLength(1);
    cancels[0]?.();
    // One more for all that came meanwhile.
    await expect.poll(() => cancels.length).toBe(2);
    cancels[1]?.();
    await Promise.all(requests);
    expect(cancels).toHaveLength(2);
  });
});

describe('a client that is slow on purpose (R15)', () => {
  beforeEach(() => opened({ login: 100 }));

  it.each([
    ['its first packet', [], startupPacket({ user: 'visitor', database: 'x'.repeat(5000) })],
    ['its packet after it asked for TLS', [SSL], startupPacket({ user: 'visitor', database: 'x'.repeat(5000) })],
    ['its answer', [STARTUP], frames.raw('p', Buffer.alloc(5000))],
    ['nothing at all', [], Buffer.alloc(0)],
  ])('and sends %s byte by byte has no more time than others', async (_what, before, bytes) => {
    const drips: NodeJS.Timeout[] = [];
    const slow = await flood(3);
    for (const client of slow) {
      let at = 0;
      const drip = () => {
        drips.push(setInterval(() => client.send(bytes.subarray(at, (at += 1))), 5));
      };
      // What is said to SSLRequest is no message. Bytes sent before it would end the connection for that alone.
      if (before[0] === SSL) client.socket.removeAllListeners('data').once('data', drip).resume();
      else drip();
      client.send(...before);
    }
    await expect.poll(() => slow.every(({ closed }) => closed)).toBe(true);
    for (const drip of drips) clearInterval(drip);
    expect(await Promise.all(door.ends)).toEqual(
      Array(3).fill({ cause: 'protocol', message: 'logging in took longer than 0.1 s' }),
    );
    const told = slow.flatMap(errorsOf);
    if (before[0] !== SSL) expect(told).toMatchObject(Array(3).fill({ S: 'FATAL', C: '08006' }));
    expect(door.warnings).toEqual(['logging in took longer than 0.1 s']);
  });
});
