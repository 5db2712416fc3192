import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { inUse } from '../../garbage.ts';
import { frames } from '../../postgres/frames.ts';
import type { WireClient } from '../../postgres/wire-client.ts';
import { type FakeServer, fakeServer, GREETING, type Peer } from './fake-server.ts';
import { types } from './knocking.ts';
import { column, i32, message, server as say, text } from './messages.ts';
import { type ScriptedDoor, scriptedDoor, targetOf } from './scripted.ts';

const MIB = 1024 * 1024;

let server: FakeServer;
let door: ScriptedDoor;
const clients: WireClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await door.close();
  await server.close();
});

/** The first client's connection is served like this; that of others answers queries. */
async function opened(play: (peer: Peer) => Promise<unknown>): Promise<WireClient> {
  let first = true;
  server = await fakeServer(async (peer) => {
    await peer.startup();
    peer.send(...GREETING);
    if (first) {
      first = false;
      return play(peer);
    }
    for (;;) {
      await peer.next();
      peer.send(say.complete('SELECT 1'), say.ready());
    }
  });
  door = await scriptedDoor(targetOf({ port: server.port, user: 'app', password: 'hidden' }));
  return connected();
}

async function connected(): Promise<WireClient> {
  const client = await door.connect();
  clients.push(client);
  return client;
}

/** Sends the same again and again, for as long as the other side takes it. */
async function pour(peer: Pick<Peer, 'socket'>, bytes: Buffer, poured: (total: number) => void): Promise<void> {
  let total = 0;
  for (let open = true; open && !peer.socket.destroyed;) {
    if (!peer.socket.write(bytes)) {
      open = await new Promise<boolean>((resolve) => {
        peer.socket.once('drain', () => resolve(true));
        peer.socket.once('close', () => resolve(false));
      });
    }
    total += bytes.length;
    poured(total);
  }
}

/** Waits until the number does not grow any more while another client is served many times. */
async function settled(look: () => number): Promise<number> {
  const other = await connected();
  for (;;) {
    const before = look();
    for (let round = 0; round < 100; round += 1) await other.query('select 1');
    if (look() === before && before > 0) return before;
  }
}

/**
 * What the buffers of two sockets' four ends hold on Linux, and then some: far less than what would have passed
 * meanwhile.
 */
const BUFFERS = 40 * MIB;

/** What client, server and what is between them may hold on to. */
const KEPT = 32 * MIB;

const much = 'x'.repeat(64 * 1024);

describe('a client that does not read', () => {
  it.each([
    ['its result', [say.columns(column('a'))], say.row(much)],
    ['COPY data', [say.copyOut()], say.copyData(much)],
    ['notices', [], say.notice(much)],
    ['notifications, while it is idle', [], message('A', i32(1), text('channel'), text(much))],
  ])('%s stops the server, and memory does not grow', async (what, before, one) => {
    let sent = 0;
    const client = await opened(async (peer) => {
      if (!what.includes('idle')) await peer.next();
      peer.send(...before);
      return pour(peer, one, (total) => (sent = total));
    });
    client.socket.pause();
    const memory = inUse().buffers;
    if (!what.includes('idle')) client.send(frames.query('copy all of it to stdout'));
    const stopped = await settled(() => sent);
    expect(stopped).toBeLessThan(BUFFERS);
    await expect.poll(() => inUse().buffers - memory).toBeLessThan(KEPT);
    // It may come back after hours: then it goes on.
    client.socket.resume();
    await expect.poll(() => sent).toBeGreaterThan(stopped + 8 * MIB);
    expect(client.closed).toBe(false);
  });
});

describe('a server that does not read', () => {
  it.each([
    ['COPY data', frames.copyData(much), true],
    ['statements of a pipeline', frames.parse(`select '${much}'`), false],
  ])('stops a client that sends %s, and memory does not grow', async (_what, one, copying) => {
    const client = await opened(async (peer) => {
      if (copying) {
        await peer.next();
        peer.send(say.copyIn());
      }
      peer.socket.pause();
      return new Promise((resolve) => peer.socket.once('close', resolve));
    });
    if (copying) {
      client.send(frames.query('copy t from stdin'));
      await client.until('G');
    }
    const memory = inUse().buffers;
    let sent = 0;
    const pouring = pour(client, one, (total) => (sent = total));
    expect(await settled(() => sent)).toBeLessThan(BUFFERS);
    await expect.poll(() => inUse().buffers - memory).toBeLessThan(KEPT);
    client.destroy();
    await pouring;
  });
});

describe('a client that begins a message and does not go on', () => {
  it('holds what it has sent, its place and nothing else, until the session ends', async () => {
    const client = await opened((peer) => peer.rest());
    const memory = inUse().buffers;
    // COPY data of 200 MiB, of which one comes.
    client.send(message('B', Buffer.alloc(0)).subarray(0, 1), i32(200 * MIB), Buffer.alloc(MIB));
    const other = await connected();
    for (let round = 0; round < 100; round += 1) expect(types(await other.query('select 1'))).toBe('CZ');
    await expect.poll(() => inUse().buffers - memory).toBeLessThan(KEPT);
    expect(client.closed).toBe(false);
    door.expire();
    expect(await Promise.all(door.ends)).toMatchObject([{ cause: 'expired' }, { cause: 'expired' }]);
    await expect.poll(() => client.closed).toBe(true);
  });

  it('byte by byte is taken for what it says in the end', async () => {
    const client = await opened(async (peer) => {
      const query = await peer.next();
      peer.send(say.complete('SELECT 1'), say.ready());
      return query;
    });
    for (const byte of frames.query('select 1')) client.send(Buffer.from([byte]));
    expect(types(await client.until('Z'))).toBe('CZ');
    expect(await server.outcomes[0]).toEqual(frames.query('select 1'));
  });
});

describe('a client that does not read its last words', () => {
  it('is not waited for when the session ends', async () => {
    let sent = 0;
    const client = await opened(async (peer) => {
      await peer.next();
      peer.send(say.columns(column('a')));
      return pour(peer, say.row(much), (total) => (sent = total));
    });
    client.socket.pause();
    client.send(frames.query('select everything'));
    await settled(() => sent);
    // The record is sealed half a second after the end: by then its connection must have noted its own.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    door.expire();
    await vi.advanceTimersByTimeAsync(499);
    expect(await Promise.all(door.ends)).toMatchObject([{ cause: 'expired' }, { cause: 'expired' }]);
    expect(door.guards[0]?.events.at(-1)).toMatchObject({ type: 'close', cause: 'expired' });
  });
});
