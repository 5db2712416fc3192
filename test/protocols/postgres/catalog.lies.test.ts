import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cancelRequest } from '../../../src/protocols/postgres/startup.ts';
import type { Grammar } from '../../../src/core/grammar.ts';
import type { Limits } from '../../../src/core/limits.ts';
import { openGrammar } from '../../../src/session/index.ts';
import type { StoredEvent } from '../../../src/record/event.ts';
import { fieldsOf, frames } from '../../postgres/frames.ts';
import type { WireClient } from '../../postgres/wire-client.ts';
import { type Answers, catalog, FINGERPRINT, honest, letter, rows } from './catalog-answers.ts';
import { type FakeServer, fakeServer, GREETING } from './fake-server.ts';
import { knock } from './knocking.ts';
import { message, server as say, i16 } from './messages.ts';
import { type WholeSession, wholeSession } from './whole-session.ts';

describe('a server that is asked what names mean', () => {
  let grammar: Grammar;
  let server: FakeServer;
  let session: WholeSession;
  let client: WireClient;

  beforeAll(() => {
    grammar = openGrammar();
  });
  afterAll(() => grammar.close());

  /** What the client hears of one query against such a server, what the server was sent of it, and the record. */
  async function asked(answers: Answers, limits: Partial<Limits> = {}) {
    const reached: string[] = [];
    server = await fakeServer(async (peer) => {
      const code = (await peer.startup()).readInt32BE(4);
      if (code !== 196608) return 'cancel';
      peer.send(...GREETING);
      const query = await catalog(peer, answers);
      if (letter(query) === 'Q') {
        reached.push(query.toString('utf8', 5, query.length - 1));
        const refused = reached.at(-1) === 'refused by hoopctl';
        peer.send(...(refused ? [say.error('42601')] : [say.complete('SELECT 1')]), say.ready());
      }
      return peer.rest();
    });
    session = await wholeSession({ port: server.port, grammar, limits });
    client = await session.connect();
    client.send(frames.query('select * from app.secrets'));
    const answer = await client.until('Z');
    const errors = answer.filter(({ type }) => type === 'E').map(fieldsOf);
    const { closed } = client;
    client.destroy();
    const events = await session.sealed();
    await server.close();
    return { reached, errors, closed, events, warnings: session.warnings };
  }

  const ofType = (events: readonly StoredEvent[], type: string): StoredEvent[] =>
    events.filter((event) => event.type === type);

  it('and is honest runs the statement that the client has sent', async () => {
    const { reached, errors } = await asked(honest);
    expect([reached, errors]).toEqual([['select * from app.secrets'], []]);
  });

  const garbage: readonly (readonly [string, Answers])[] = [
    ['what is no JSON', () => rows('}{')],
    ['nothing', () => rows()],
    ['NULL', () => [say.row(null), say.complete('SELECT 1')]],
    ['no column', () => [say.row(), say.complete('SELECT 1')]],
    ['a row that is cut', () => [message('D', i16(1)), say.complete('SELECT 1')]],
    ['null', () => rows(null)],
    ['a number', () => rows(7)],
    ['a list', () => rows([FINGERPRINT])],
    ['an object of nothing', () => rows({})],
    ['settings that are none', () => rows({ ...FINGERPRINT, settings: null })],
    ['lists that are numbers', () => rows({ ...FINGERPRINT, schemas: 7, searchPath: 7 })],
    ['names that are objects', () => rows({ ...FINGERPRINT, searchPath: [{}, null] })],
    ['objects without an end', () => rows('['.repeat(1_000_000))],
    ['that text is read otherwise', () => rows({ ...FINGERPRINT, settings: { client_encoding: 'LATIN1' } })],
    ['contents that are null', (question) => (question === 0 ? rows(FINGERPRINT) : rows(null))],
    ['contents that are numbers', (question) => (question === 0 ? rows(FINGERPRINT) : rows(1, 2, 3))],
    ['a table of no kind', (question) => (question === 0 ? rows(FINGERPRINT) : rows({ row: 'relation' }))],
    [
      'columns that are none',
      (question) => (question === 0 ? rows(FINGERPRINT) : rows({ row: 'relation', kind: 'r', columns: 7 })),
    ],
    [
      'rows of a kind that nobody knows',
      (question) => (question === 0 ? rows(FINGERPRINT) : rows({ row: '__proto__' })),
    ],
    ['that it is forbidden', () => [say.error('42501', 'the catalog is none of your business')]],
  ];

  it.each(garbage)(
    'and answers with %s gets no statement, and the client hears that it was refused',
    async (_what, answers) => {
      const { reached, errors, events } = await asked(answers);
      expect(reached).toEqual(['refused by hoopctl']);
      expect(errors).toMatchObject([{ S: 'ERROR', C: '42501' }]);
      expect(errors[0]?.['M']).toMatch(/catalog|text otherwise|could not be asked/);
      expect(JSON.stringify(errors)).not.toMatch(/none of your business|bug/);
      expect(ofType(events, 'statement')).toMatchObject([{ decision: { verdict: 'deny' } }]);
      expect(events.slice(-2)).toMatchObject([{ type: 'close' }, { type: 'end' }]);
    },
  );

  it.each([
    ['the answer', (question: number) => (question === 0 ? null : rows())],
    ['the rest of the answer', (question: number) => (question === 0 ? rows(FINGERPRINT) : null)],
  ])('and never gives %s loses the connection when its time is over', async (_what, answers) => {
    const { reached, errors, closed, events, warnings } = await asked(answers, { catalogWait: 100 });
    expect([reached, closed]).toEqual([[], true]);
    expect(errors).toMatchObject([
      { S: 'FATAL', C: '08006', H: expect.stringContaining('limits.catalog_wait') as unknown },
    ]);
    expect(warnings).toHaveLength(1);
    expect(events.slice(-3)).toMatchObject([
      { type: 'error', code: '08006', severity: 'FATAL' },
      { type: 'close', cause: 'target' },
      { type: 'end' },
    ]);
    // And it is asked to stop.
    expect(await Promise.all(server.outcomes)).toContain('cancel');
  });

  it('and does not end its answer loses the connection when it is too large', async () => {
    const much = Array<Buffer>(64).fill(say.row('x'.repeat(32 * 1024)));
    const { reached, errors, closed } = await asked(() => much, { catalogSize: 1024 * 1024 });
    expect([reached, closed]).toEqual([[], true]);
    expect(errors).toMatchObject([
      { S: 'FATAL', C: '54000', H: expect.stringContaining('limits.catalog_size') as unknown },
    ]);
  });
});

describe('a statement that is judged', () => {
  it('can be cancelled while the server is asked what its names mean (R24)', async () => {
    const grammar = openGrammar();
    const [asked, cancelled] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const server = await fakeServer(async (peer) => {
      if ((await peer.startup()).readInt32BE(4) !== 196608) return cancelled.resolve();
      peer.send(...GREETING);
      const query = await catalog(peer, async () => {
        asked.resolve();
        await cancelled.promise;
        return [say.error('57014', 'canceling statement due to user request')];
      });
      peer.send(say.error('42601'), say.ready());
      await peer.rest();
      return query.toString('utf8', 5, query.length - 1);
    });
    const session = await wholeSession({ port: server.port, grammar });
    const client = await session.connect();
    client.send(frames.query('select * from app.secrets'));
    await asked.promise;
    await knock({ options: session.wire }, cancelRequest(client.key?.pid ?? 0, client.key?.secret ?? Buffer.alloc(4)));
    const answer = await client.until('Z');
    expect(answer.filter(({ type }) => type === 'E').map(fieldsOf)).toMatchObject([{ S: 'ERROR', C: '57014' }]);
    client.destroy();
    await session.sealed();
    expect(await server.outcomes[0]).toBe('refused by hoopctl');
    await server.close();
    await grammar.close();
  });
});
