import { describe, expect, it } from 'vitest';
import { eventually } from '../../eventually.ts';
import { frames } from '../../postgres/frames.ts';
import { fakeServer, GREETING, type Peer } from './fake-server.ts';
import { refusedWith } from './knocking.ts';
import { column, i16, i32, i8, message, server as say, text } from './messages.ts';
import { scriptedDoor, targetOf } from './scripted.ts';

describe('a server that turns on its client in mid-connection', () => {
  const fails: readonly (readonly [string, (peer: Peer) => void | Promise<void>])[] = [
    [
      'gives two results for one statement',
      (peer) => peer.send(say.complete('SELECT 1'), say.complete('SELECT 1'), say.ready()),
    ],
    ['is ready twice', (peer) => peer.send(say.complete('SELECT 1'), say.ready(), say.ready())],
    ['sends rows it did not describe', (peer) => peer.send(say.row('x'), say.complete('SELECT 1'), say.ready())],
    ['asks for data', (peer) => peer.send(say.copyIn())],
    ['announces 2 GB', (peer) => peer.send(Buffer.from('447fffffff', 'hex'))],
    ['announces less than nothing', (peer) => peer.send(Buffer.from('44ffffffff', 'hex'))],
    [
      'changes the encoding',
      (peer) => peer.send(say.status('client_encoding', 'LATIN1'), say.complete('SET'), say.ready()),
    ],
    ['sends a malformed setting', (peer) => peer.send(Buffer.from('530000000561', 'hex'))],
    ['reports an error that does not end', (peer) => peer.send(Buffer.from('45000000065358', 'hex'))],
    ['notifies without an end', (peer) => peer.send(message('A', Buffer.from('no end to this')))],
    ['sends rows before it describes them', (peer) => peer.send(say.row('x'), say.columns(column('a')))],
    ['is ready before it has answered', (peer) => peer.send(say.columns(column('a')), say.row('x'), say.ready('X'))],
    ['is ready in a transaction that nobody knows', (peer) => peer.send(say.complete('SELECT 0'), say.ready('Q'))],
    ['answers a Parse that nobody sent', (peer) => peer.send(say.parseComplete())],
    ['answers a Bind that nobody sent', (peer) => peer.send(say.bindComplete())],
    ['streams both ways', (peer) => peer.send(message('W', i8(0), i16(0)))],
    ['sends COPY data unasked', (peer) => peer.send(say.copyData('x'))],
    ['wants a password', (peer) => peer.send(say.authentication(3))],
    ['lets the client in again', (peer) => peer.send(say.authentication(0))],
    ['gives another cancel key', (peer) => peer.send(say.keyData(1, Buffer.alloc(5)))],
    ['negotiates the protocol', (peer) => peer.send(message('v', i32(196608), i32(0)))],
    ['says something unknown', (peer) => peer.send(message('\u0007', text('x')))],
    ['answers a function call', (peer) => peer.send(message('V', i32(-1)))],
    ['has an error and goes on', (peer) => peer.send(say.error('22012'), say.complete('SELECT 1'), say.ready())],
    ['ends it and goes on', (peer) => peer.send(say.error('57P01', 'over', 'FATAL'), say.complete('SELECT 1'))],
    ['speaks HTTP', (peer) => peer.send(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))],
    ['breaks off', (peer) => void peer.socket.destroy()],
    [
      'breaks off in the middle',
      (peer) => (peer.send(Buffer.from('4400000100', 'hex')), void peer.socket.destroySoon()),
    ],
  ];

  it.each(fails)('and %s loses the connection, and the client is told', async (_what, act) => {
    const server = await fakeServer(async (peer) => {
      await peer.startup();
      peer.send(...GREETING);
      await peer.next();
      await act(peer);
      return peer.rest();
    });
    const door = await scriptedDoor(targetOf({ port: server.port, user: 'app', password: 'hidden' }));
    const client = await door.connect();
    client.send(frames.query('select 1'));
    await eventually(() => client.closed, Boolean);
    expect(await door.ends[0]).toMatchObject({ cause: expect.stringMatching(/target|protocol/) as unknown });
    expect(JSON.stringify([client.messages.map(String), door.warnings])).not.toContain('hidden');
    expect(door.guard().events.at(-1)?.type).toBe('close');
    client.destroy();
    await door.close();
    await server.close();
  });

  it.each([
    ['with an encoding that is not UTF-8', say.status('client_encoding', 'SQL_ASCII')],
    ['with strings read otherwise', say.status('standard_conforming_strings', 'off')],
  ])('or greets %s never gets a statement', async (_what, status) => {
    const server = await fakeServer(async (peer) => {
      await peer.startup();
      peer.send(say.authentication(0), status, say.ready());
      return peer.rest();
    });
    const door = await scriptedDoor(targetOf({ port: server.port, user: 'app', password: 'hidden' }));
    await expect(door.connect()).rejects.toEqual(refusedWith('08P01'));
    expect(await server.outcomes[0]).toHaveLength(0);
    await door.close();
    await server.close();
  });
});
