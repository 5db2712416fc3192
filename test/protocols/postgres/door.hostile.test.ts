import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { frames, startupPacket } from '../../postgres/frames.ts';
import { dial } from '../../postgres/wire-client.ts';
import { type FakeServer, fakeServer } from './fake-server.ts';
import { GSSENC, knock, request, SSL } from './knocking.ts';
import { i32 } from './messages.ts';
import { type ScriptedDoor, scriptedDoor, targetOf } from './scripted.ts';

const STARTUP = startupPacket({ user: 'visitor', database: 'postgres' });

let target: FakeServer;
let door: ScriptedDoor;

beforeEach(async () => {
  target = await fakeServer((peer) => peer.rest());
  door = await scriptedDoor(targetOf({ port: target.port, user: 'app', password: 'hidden' }));
});

/** Whoever is not let in never makes hoopctl reach for the target, and leaves nothing behind. */
afterEach(async () => {
  await expect.poll(() => door.connections()).toBe(0);
  await Promise.all(door.ends);
  expect(target.outcomes).toEqual([]);
  expect(door.guards).toEqual([]);
  await door.close();
  await target.close();
});

/** All that the door says to these bytes, until it closes. */
const heard = async (...parts: readonly Buffer[]): Promise<string> => (await knock(door, ...parts)).toString('latin1');

describe('who does not speak the protocol is turned away at once (R14, R16)', () => {
  it.each([
    ['SMTP', Buffer.from('EHLO localhost\r\n')],
    ['SSH', Buffer.from('SSH-2.0-OpenSSH_9.6\r\n')],
    ['HTTP', Buffer.from('OPTIONS * HTTP/1.1\r\nOrigin: https://example.com\r\n\r\n')],
    ['a WebSocket', Buffer.from('GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')],
    ['a PROXY header', Buffer.concat([Buffer.from('PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n'), STARTUP])],
    ['a binary PROXY header', Buffer.concat([Buffer.from('0d0a0d0a000d0a515549540a2111000c', 'hex'), STARTUP])],
    ['SOCKS', Buffer.from('05010000', 'hex')],
    ['Redis', Buffer.from('*1\r\n$4\r\nPING\r\n')],
    ['TLS 1.3', Buffer.from('16030100c8010000c40303', 'hex')],
    ['a message as after the login', frames.query('select 1')],
    ['a good-bye', frames.terminate()],
  ])('%s', async (_what, bytes) => {
    // Bytes that might be the start of a length are waited for; then comes what does not fit.
    const answer = await heard(bytes, Buffer.alloc(16, 0xff));
    expect(answer).toMatch(/^E.*SFATAL.*C08P01/s);
    expect(answer).not.toMatch(/SCRAM|EHLO|PROXY|PING|Origin/);
    expect(door.warnings).toHaveLength(1);
  });
});

describe('lengths that cannot be', () => {
  const IMPOSSIBLE = [-(2 ** 31), -1, 0, 1, 3, 2 ** 31 - 1, 1_048_577];

  it.each([...IMPOSSIBLE, 4, 7])('of the first packet: %i (R17)', async (length) => {
    expect(await heard(i32(length), i32(196608), Buffer.from('user\0visitor\0\0'))).toMatch(/^E.*C08P01/s);
  });

  it.each([...IMPOSSIBLE, 4, 7])('of the packet after a request for TLS: %i (R17)', async (length) => {
    const client = await dial('127.0.0.1', door.options.port);
    const parts: Buffer[] = [];
    client.socket.removeAllListeners('data').on('data', (chunk: Buffer) => void parts.push(chunk));
    client.socket.write(SSL);
    await expect.poll(() => Buffer.concat(parts).toString()).toBe('N');
    client.socket.write(Buffer.concat([i32(length), i32(196608), Buffer.from('user\0visitor\0\0')]));
    await expect.poll(() => client.closed).toBe(true);
    expect(Buffer.concat(parts).toString('latin1')).toMatch(/^NE.*C08P01/s);
  });

  it.each(IMPOSSIBLE)('of an answer of the login: %i (R17)', async (length) => {
    const answer = await heard(STARTUP, Buffer.concat([Buffer.from('p'), i32(length), Buffer.from('SCRAM-SHA-256\0')]));
    expect(answer).toMatch(/C08P01/);
  });

  it.each([
    ['more than there is', i32(1000)],
    ['less than there is', i32(1)],
    ['nothing', i32(0)],
    ['less than nothing', i32(-1)],
    ['as much as there can be', i32(2 ** 31 - 1)],
  ])('of what an answer holds: %s', async (_what, length) => {
    const body = Buffer.concat([Buffer.from('SCRAM-SHA-256\0'), length, Buffer.from('n,,n=,r=abc')]);
    expect(await heard(STARTUP, frames.raw('p', body))).toMatch(/C28P01/);
  });

  it.each([
    ['without its end', Buffer.from('user\0visitor')],
    ['with a name and no value', Buffer.from('user\0visitor\0database\0')],
    ['that goes on behind its end', Buffer.from('user\0visitor\0\0more')],
    ['that is not UTF-8', Buffer.from('user\0\xff\xfe\0\0', 'latin1')],
    ['of nothing', Buffer.alloc(0)],
  ])('of a first packet %s', async (_what, body) => {
    expect(await heard(request(196608, body))).toMatch(/^E.*C08P01/s);
  });
});

describe('versions and requests that nobody knows', () => {
  it.each([
    ['protocol 1.0', 1 << 16],
    ['protocol 2.0', 2 << 16],
    ['protocol 4.0', 4 << 16],
    ['protocol 0', 0],
    ['protocol 65535.65535', -1],
    ['a request of number 5681', 80877105],
  ])('%s is refused', async (_what, code) => {
    expect(await heard(request(code, Buffer.from('user\0visitor\0\0')))).toMatch(/^E.*C08P01/s);
  });

  it.each([
    ['SSLRequest', 80877103],
    ['GSSENCRequest', 80877104],
  ])('%s with a body is refused', async (_what, code) => {
    expect(await heard(request(code, Buffer.from('x')))).toMatch(/^E.*C08P01/s);
  });

  it.each([3, 257, 5000])('a request to cancel with a key of %i bytes is refused', async (length) => {
    expect(await heard(request(80877102, i32(1), Buffer.alloc(length)))).toMatch(/^E.*C08P01/s);
  });

  it.each([
    ['SSLRequest', SSL],
    ['GSSENCRequest', GSSENC],
  ])('%s is answered once, and no more (R19)', async (_what, bytes) => {
    const client = await dial('127.0.0.1', door.options.port);
    const parts: Buffer[] = [];
    client.socket.removeAllListeners('data').on('data', (chunk: Buffer) => void parts.push(chunk));
    client.socket.write(bytes);
    await expect.poll(() => Buffer.concat(parts).toString()).toBe('N');
    client.socket.write(bytes);
    await expect.poll(() => client.closed).toBe(true);
    expect(Buffer.concat(parts).toString('latin1')).toMatch(/^NE.*before encryption was agreed on/s);
  });

  it.each([
    ['a start-up packet', STARTUP],
    ['a message', frames.query('select 1')],
    ['one byte', Buffer.from([0])],
  ])(
    'SSLRequest with %s right behind it is refused: it would be plain where TLS was meant (R19)',
    async (_what, bytes) => {
      expect(await heard(Buffer.concat([SSL, bytes]))).toMatch(/^E.*before encryption was agreed on/s);
    },
  );
});

describe('start-up parameters', () => {
  it('that are many are judged by the first that is not let through (R20)', async () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`p${index}`, 'x']));
    const answer = await heard(startupPacket({ user: 'visitor', ...many }));
    expect(answer).toMatch(/^E.*C42501.*"p0"/s);
    expect(answer.length).toBeLessThan(1000);
  });

  it('that stand there twice are refused, in the same words or others', async () => {
    for (const parameters of ['user\0a\0user\0a\0', 'user\0a\0user\0b\0', 'user\0a\0TimeZone\0x\0TimeZone\0y\0']) {
      expect(await heard(request(196608, Buffer.from(`${parameters}\0`)))).toMatch(/^E.*C08P01/s);
    }
  });

  it.each([
    ['without a user', 'database\0postgres\0'],
    ['with an empty user', 'user\0\0'],
    ['with a user in capitals', 'USER\0visitor\0'],
  ])('%s are refused', async (_what, parameters) => {
    expect(await heard(request(196608, Buffer.from(`${parameters}\0`)))).toMatch(/^E.*C(?:28000|42501)/s);
  });

  it('of options that nobody knows are all named, and none is heeded', async () => {
    const names = Array.from({ length: 500 }, (_, index) => `_pq_.option${index}`);
    const client = await dial('127.0.0.1', door.options.port);
    client.send(startupPacket({ user: 'visitor', ...Object.fromEntries(names.map((name) => [name, 'x'])) }));
    const [negotiation] = await client.until('v');
    expect(negotiation?.body.readInt32BE(4)).toBe(500);
    expect(negotiation?.body.toString('utf8', 8).split('\0').slice(0, -1)).toEqual(names);
    client.destroy();
  });
});
