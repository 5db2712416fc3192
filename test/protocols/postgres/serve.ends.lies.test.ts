import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../eventually.ts';
import { fieldsOf, frames } from '../../postgres/frames.ts';
import type { WireClient } from '../../postgres/wire-client.ts';
import { type FakeServer, fakeServer, GREETING, type Peer } from './fake-server.ts';
import { types } from './knocking.ts';
import { column, i8, message, server as say, text } from './messages.ts';
import { type ScriptedDoor, scriptedDoor, targetOf } from './scripted.ts';

let server: FakeServer;
let door: ScriptedDoor;
let client: WireClient;

afterEach(async () => {
  client.destroy();
  await door.close();
  await server.close();
});

/** A logged-in client whose first message the server answers like this. */
async function connected(
  act: (peer: Peer) => unknown,
  how: { readonly allowHalfOpen?: boolean } = {},
): Promise<WireClient> {
  const script = async (peer: Peer): Promise<unknown> => {
    await peer.startup();
    peer.send(...GREETING);
    await peer.next();
    await act(peer);
    return peer.rest();
  };
  server = await fakeServer(script, how);
  door = await scriptedDoor(targetOf({ port: server.port, user: 'app', password: 'hidden' }));
  client = await door.connect();
  return client;
}

const errorsIn = (messages: WireClient['messages']): Record<string, string>[] =>
  messages.filter(({ type }) => type === 'E').map(fieldsOf);

describe('a server that ends the connection', () => {
  it.each<[string, (peer: Peer) => unknown]>([
    ['closes it', (peer) => void peer.socket.end()],
    ['resets it', (peer) => void peer.socket.resetAndDestroy()],
    ['closes it in the middle of a row', (peer) => (peer.send(say.row('x').subarray(0, 8)), void peer.socket.end())],
  ])('without a word: %s, and the client hears why, once', async (_what, act) => {
    await connected(act);
    client.send(frames.query('select 1'));
    await eventually(() => client.closed, Boolean);
    expect(errorsIn(client.messages)).toMatchObject([
      { S: 'FATAL', C: '08006', M: 'the target closed the connection', H: 'Connect again.' },
    ]);
    expect(await door.ends[0]).toMatchObject({ cause: 'target' });
    expect(door.warnings).toEqual(['the target closed the connection']);
    expect(door.guard().events.slice(-2)).toMatchObject([
      { type: 'error', statement: null, code: '08006', severity: 'FATAL' },
      { type: 'close', cause: 'target' },
    ]);
  });

  it.each<[string, (peer: Peer) => unknown]>([
    ['closes it', (peer) => void peer.socket.end()],
    ['leaves it open', () => undefined],
  ])('with a word of its own and %s is not talked over', async (_what, act) => {
    await connected((peer) => (peer.send(say.error('57P01', 'terminating connection', 'FATAL')), act(peer)));
    client.send(frames.query('select 1'));
    await eventually(() => client.closed, Boolean);
    expect(errorsIn(client.messages)).toMatchObject([{ S: 'FATAL', C: '57P01', M: 'terminating connection' }]);
    expect(await door.ends[0]).toMatchObject({ cause: 'target' });
    expect(await server.outcomes[0]).toBeDefined();
  });

  it('after the client’s good-bye is not missed: one that stays is left', async () => {
    await connected(
      (peer) => {
        peer.send(say.complete('SELECT 0'), say.ready());
        return new Promise((resolve) => peer.socket.once('close', resolve));
      },
      { allowHalfOpen: true },
    );
    await client.query('select 1');
    client.send(frames.terminate());
    await eventually(() => client.closed, Boolean);
    expect(await door.ends[0]).toMatchObject({ cause: 'client' });
    expect(client.messages.filter(({ type }) => type === 'E')).toEqual([]);
  });
});

describe('what a server says about its own errors', () => {
  it.each([
    ['has no SQLSTATE', message('E', text('SERROR'), text('Mno code'), i8(0))],
    ['has no fields at all', message('E', i8(0))],
    ['has no severity', message('E', text('C22012'), text('Mno severity'), i8(0))],
  ])('and that %s is passed on and goes into the record (R18)', async (_what, error) => {
    await connected((peer) => peer.send(error, say.ready()));
    const answer = await client.query('select 1');
    expect(types(answer)).toBe('EZ');
    expect(door.guard().events.find(({ type }) => type === 'error')).toMatchObject({
      code: expect.stringMatching(/^(?:XX000|22012)$/) as unknown,
      severity: 'ERROR',
    });
  });
});

describe('numbers that a server gets wrong', () => {
  it('are the client’s to see, and both stand in the record', async () => {
    await connected((peer) =>
      peer.send(
        say.columns(column('a')),
        say.row('1'),
        say.row('1', '2'),
        say.row(),
        say.complete('SELECT 7'),
        say.ready(),
      ),
    );
    expect(types(await client.query('select 1'))).toBe('TDDDCZ');
    expect(door.guard().events.find(({ type }) => type === 'complete')).toMatchObject({ tag: 'SELECT 7', rows: 3 });
  });
});
