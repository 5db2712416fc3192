import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Grammar } from '../../../src/core/grammar.ts';
import type { Limits } from '../../../src/core/limits.ts';
import { openGrammar } from '../../../src/session/index.ts';
import { fieldsOf, frames } from '../../postgres/frames.ts';
import type { WireClient } from '../../postgres/wire-client.ts';
import { catalog, honest } from './catalog-answers.ts';
import { type FakeServer, fakeServer, GREETING, type Peer } from './fake-server.ts';
import { refusedWith, types } from './knocking.ts';
import { column, server as say } from './messages.ts';
import { type WholeSession, wholeSession } from './whole-session.ts';

const MIB = 1024 * 1024;

let grammar: Grammar;
let server: FakeServer;
let session: WholeSession;
const clients: WireClient[] = [];

beforeAll(() => {
  grammar = openGrammar();
});
afterAll(() => grammar.close());
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await server.close();
});

/** A session with a server that answers `select evil` like this, and everything else as it should. */
async function opened(evil: (peer: Peer) => unknown, limits: Partial<Limits> = {}): Promise<void> {
  server = await fakeServer(async (peer) => {
    if ((await peer.startup()).readInt32BE(4) !== 196608) return;
    peer.send(...GREETING);
    for (;;) {
      const query = await catalog(peer, honest);
      if (query.includes('evil')) await evil(peer);
      else peer.send(say.columns(column('a')), say.row('1'), say.complete('SELECT 1'), say.ready());
    }
  });
  session = await wholeSession({ port: server.port, grammar, limits });
}

async function connected(): Promise<WireClient> {
  const client = await session.connect();
  clients.push(client);
  return client;
}

describe('a server that turns on one connection of a session', () => {
  const much = '\u0001'.repeat(12 * MIB);
  const lies: readonly (readonly [string, string, (peer: Peer) => unknown])[] = [
    // As long as this they would not fit in an event of the record, and nothing may go on without a record.
    ['with a notice that the record could not hold', '54000', (peer) => peer.send(say.notice(much))],
    ['with an error that the record could not hold', '54000', (peer) => peer.send(say.error('22012', much))],
    ['with columns that the record could not hold', '54000', (peer) => peer.send(say.columns(column(much)))],
    ['with rows for nobody', '08P01', (peer) => peer.send(say.complete('SELECT 1'), say.row('1'))],
    ['and closes it', '08006', (peer) => void peer.socket.destroy()],
  ];

  it.each(lies)('%s harms no other, and the record tells', async (_what, code, evil) => {
    await opened(evil);
    const [victim, other] = [await connected(), await connected()];
    victim.send(frames.query('select evil'));
    const answer = await victim.until('Z');
    expect(answer.map(fieldsOf)).toContainEqual(expect.objectContaining({ S: 'FATAL', C: code }));
    expect(types(await other.query('select 1'))).toBe('TDCZ');
    expect(types(await (await connected()).query('select 1'))).toBe('TDCZ');
    const events = await session.sealed();
    const [number] = events.flatMap((event) => (event.type === 'open' ? [event.connection] : []));
    const own = events.filter((event) => 'connection' in event && event.connection === number);
    expect(own.slice(-2)).toMatchObject([{ type: 'error', code, severity: 'FATAL' }, { type: 'close' }]);
    expect(events.filter(({ type }) => type === 'close')).toHaveLength(3);
    expect(session.warnings).toHaveLength(1);
  });

  it('with notices just small enough, of characters that are long in the record, is put up with', async () => {
    await opened((peer) => peer.send(say.notice('\u0001'.repeat(8 * MIB - 100)), say.complete('DO'), say.ready()));
    const client = await connected();
    client.send(frames.query('select evil'));
    expect(types(await client.until('Z'))).toBe('NCZ');
    expect((await session.sealed()).filter(({ type }) => type === 'notice')).toHaveLength(1);
  });
});

describe('the limits of a target', () => {
  it('hold at the door of its session', async () => {
    await opened(() => undefined, { connections: 1, statement: 1024 });
    const client = await connected();
    await expect(session.connect()).rejects.toEqual(refusedWith('53300'));
    client.send(frames.query(`select '${'x'.repeat(1024)}'`));
    expect((await client.until('Z')).map(fieldsOf)).toMatchObject([{ S: 'FATAL', C: '54000' }]);
    const events = await session.sealed();
    // Nothing of what was too long stands in the record, but that it was.
    expect(events.filter(({ type }) => type === 'statement')).toEqual([]);
    expect(events.filter(({ type }) => type === 'error')).toMatchObject([{ code: '54000' }]);
    expect(session.warnings).toHaveLength(2);
  });
});
