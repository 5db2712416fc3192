import { readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Grammar } from '../../../../src/core/grammar.ts';
import type { ApprovalRequest } from '../../../../src/core/request.ts';
import { signAnswer } from '../../../../src/record/answer-signature.ts';
import { openKey } from '../../../../src/record/key.ts';
import { openGrammar } from '../../../../src/session/grammar.ts';
import { serverVersions } from '../../../postgres/binaries.ts';
import { fieldsOf, frames, type Message } from '../../../postgres/frames.ts';
import { type Server, startServer } from '../../../postgres/server.ts';
import type { WireClient } from '../../../postgres/wire-client.ts';
import { answerTo } from '../../../session/asking.ts';
import { request, sqlstate, value } from '../knocking.ts';
import { type WholeSession, wholeSession } from '../whole-session.ts';

/** But for the notice that says that it is held. */
const types = (heard: readonly Message[]): string =>
  heard
    .filter(({ type }) => type !== 'N')
    .map(({ type }) => type)
    .join('');
const status = (heard: readonly Message[]): string => heard.at(-1)?.body.toString() ?? '';
const tag = (heard: readonly Message[]): string | undefined =>
  heard
    .find(({ type }) => type === 'C')
    ?.body.toString('utf8')
    .replace('\0', '');

const POLICY = `{ default: allow, ask: [{ action: [insert, update, delete], relation: "app.*" }] }`;

describe.each(serverVersions())('a statement approved for its effect alone, on PostgreSQL %i', (version) => {
  let server: Server;
  let grammar: Grammar;
  let session: WholeSession;
  let client: WireClient;

  beforeAll(async () => {
    server = await startServer({ version, user: 'app' });
    await server.admin('postgres', 'create database app');
    grammar = openGrammar();
  });
  afterAll(async () => {
    await grammar.close();
    await server.stop();
  });
  beforeEach(async () => {
    await server.admin(
      'app',
      'drop schema if exists app cascade',
      'create schema app',
      'create table app.t (id int primary key, flag bool, s text, at timestamptz, b bytea, j jsonb, n numeric(8,2), twice int generated always as (id * 2) stored)',
      `insert into app.t (id, flag, s, at, b, j, n) select n, n <= 3, case when n % 2 = 0 then null else e'it''s \\\\ "' || n end,
        timestamptz '2024-01-01 10:00Z' + n * interval '1 day', decode('00ff', 'hex'), jsonb_build_object('n', n, 'é', '''x'), n
       from generate_series(1, 10) n`,
    );
    session = await wholeSession({ port: server.port, grammar, policy: POLICY });
    client = await session.connect();
  });
  afterEach(async () => {
    client.destroy();
    await session.sealed();
  });

  const rows = async (): Promise<unknown[]> => server.admin('app', 'select t::text as row from app.t order by id');
  const left = async (): Promise<unknown> =>
    (await server.admin('app', 'select count(*)::int as n from app.t'))[0]?.['n'];

  /** The request that waits, once its preview is there. */
  function previewed(): Promise<ApprovalRequest> {
    return new Promise((resolve) => {
      const stop = session.register.listen((event) => {
        if (event.type !== 'request' || event.request.preview === null) return;
        stop();
        resolve(event.request);
      });
    });
  }
  /** The request that waits next, whatever is known of it. */
  async function previewedOrHeld(): Promise<ApprovalRequest> {
    for (;;) {
      const [waiting] = session.register.list();
      if (waiting !== undefined) return waiting;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  /** Approves what is previewed next, for its effect alone, when `meanwhile` is done. */
  async function approving(meanwhile: () => Promise<unknown> = async () => undefined): Promise<ApprovalRequest> {
    const asked = await previewed();
    await meanwhile();
    const effect = asked.preview?.dryRun?.effect ?? 'none';
    const signed = signAnswer(answerTo(asked, { effect }), await openKey(session.state, 'approver'));
    expect(await session.register.answer(signed, null)).toMatchObject({ accepted: true });
    return asked;
  }
  async function sent(text: string, meanwhile?: () => Promise<unknown>): Promise<readonly Message[]> {
    const [heard] = await Promise.all([client.query(text), approving(meanwhile)]);
    return heard;
  }

  it('runs when it does exactly that, and the client sees what it would see without', async () => {
    const heard = await sent('delete from app.t where flag returning id');
    expect([types(heard), tag(heard), status(heard)]).toEqual(['TDDDCZ', 'DELETE 3', 'I']);
    expect(await left()).toBe(7);
    // Nothing is left open.
    expect(value(await client.query('select pg_current_xact_id_if_assigned() is null'))).toBe('t');
    expect(
      await server.admin('app', "select count(*)::int as n from pg_stat_activity where state like 'idle in%'"),
    ).toEqual([{ n: 0 }]);
  });

  it('does not run when it would do anything else, and may be asked for again', async () => {
    const heard = await sent('delete from app.t where flag', () =>
      server.admin('app', 'update app.t set flag = true where id = 4'),
    );
    const error = heard.find(({ type }) => type === 'E');
    expect([types(heard), status(heard)]).toEqual(['EZ', 'I']);
    expect(error === undefined ? {} : fieldsOf(error)).toMatchObject({
      C: '42501',
      M: expect.stringContaining('changed') as string,
    });
    expect(await left()).toBe(10);
    expect(tag(await sent('delete from app.t where flag'))).toBe('DELETE 4');
  });

  it('runs by the extended protocol, from its Bind to its Sync', async () => {
    client.send(
      frames.parse('delete from app.t where id = $1 returning id', '', [23]),
      frames.bind({ values: ['2'] }),
      frames.describe('P'),
      frames.execute(),
      frames.sync(),
    );
    const [heard] = await Promise.all([client.until('Z'), approving()]);
    expect([types(heard), tag(heard), status(heard)]).toEqual(['12TDCZ', 'DELETE 1', 'I']);
    expect(await left()).toBe(9);
  });

  it('does not run by the extended protocol either when it would do anything else', async () => {
    client.send(frames.parse('delete from app.t where flag'), frames.bind(), frames.execute(), frames.sync());
    const [heard] = await Promise.all([
      client.until('Z'),
      approving(() => server.admin('app', "update app.t set s = 'other' where id = 1")),
    ]);
    expect([types(heard), status(heard)]).toEqual(['1EZ', 'I']);
    expect(await left()).toBe(10);
    expect(status(await client.query('select 1'))).toBe('I');
  });

  it('is rolled back with what follows it in its batch, when that fails', async () => {
    client.send(
      frames.parse('delete from app.t where flag'),
      frames.bind(),
      frames.execute(),
      frames.parse('select 1 / (select 0)', 'fails'),
      frames.bind({ statement: 'fails' }),
      frames.execute(),
      frames.sync(),
    );
    const [heard] = await Promise.all([client.until('Z'), approving()]);
    expect([types(heard), status(heard)]).toEqual(['12C12EZ', 'I']);
    expect(await left()).toBe(10);
  });

  it('fails with the client’s own error when it cannot be committed', async () => {
    await server.admin('app', 'create table app.late (n int unique deferrable initially deferred)');
    client.send(frames.parse('insert into app.late values (7)'), frames.bind(), frames.flush());
    await Promise.all([client.until('2'), approving()]);
    await server.admin('app', 'insert into app.late values (7)');
    client.send(frames.execute(), frames.sync());
    const heard = await client.until('Z');
    expect([types(heard), sqlstate(heard), status(heard)]).toEqual(['CEZ', '23505', 'I']);
    expect(await server.admin('app', 'select count(*)::int as n from app.late')).toEqual([{ n: 1 }]);
    expect(status(await client.query('select 1'))).toBe('I');
  });

  it('tells what the server remarks when it is committed', async () => {
    await server.admin(
      'app',
      `create function app.remarks() returns trigger language plpgsql as $$ begin raise warning 'so be it'; return null; end $$`,
      'create constraint trigger remarks after update on app.t deferrable initially deferred for each row execute function app.remarks()',
    );
    const heard = await sent("update app.t set s = 'x' where id = 1");
    const remarks = heard.filter(({ type }) => type === 'N').map((message) => fieldsOf(message)['M']);
    expect(remarks.filter((one) => one === 'so be it')).toHaveLength(1);
    expect(status(heard)).toBe('I');
  });

  it('runs inside a transaction of the client’s that keeps its snapshot, and stays its own', async () => {
    await client.query('begin isolation level repeatable read');
    const heard = await sent('update app.t set s = null where flag');
    expect([types(heard), tag(heard), status(heard)]).toEqual(['CZ', 'UPDATE 3', 'T']);
    expect(status(await client.query('rollback'))).toBe('I');
    expect(await server.admin('app', 'select count(*)::int as n from app.t where s is not null')).toEqual([{ n: 5 }]);
    await client.query('begin isolation level repeatable read');
    const other = await sent('delete from app.t where flag', () =>
      server.admin('app', 'update app.t set flag = false where id = 1'),
    );
    expect([types(other), status(other)]).toEqual(['EZ', 'E']);
    expect(status(await client.query('rollback'))).toBe('I');
    expect(await left()).toBe(10);
  });

  it.each([
    ['inside a transaction that sees what others do meanwhile', 'begin', 'delete from app.t where flag'],
    [
      'where the clock decides',
      'select 1',
      "delete from app.t where id = 1 or clock_timestamp() > timestamptz '2100-01-01'",
    ],
    [
      'where the clock of the statement decides',
      'select 1',
      "delete from app.t where id = 1 or statement_timestamp() > timestamptz '2100-01-01'",
    ],
    ['where a sequence decides', 'select 1', 'delete from app.t where id = 1 and exists (select from app.counts())'],
    ['where a trigger goes by a sequence', 'create table app.log (n int)', 'update app.counted set n = 1'],
  ])('cannot be approved so %s', async (_, before, text) => {
    await server.admin(
      'app',
      'create sequence app.calls',
      `create function app.counts() returns setof int language sql as $$ select 1 where nextval('app.calls') < 100 $$`,
      'create table app.counted (id int primary key, n int)',
      'insert into app.counted values (1, 0)',
      `create function app.ticks() returns trigger language plpgsql as $$
       begin if nextval('app.calls') > 1000 then delete from app.t; end if; return new; end $$`,
      'create trigger ticks before update on app.counted for each row execute function app.ticks()',
    );
    await client.query(before);
    const asking = client.query(text);
    const asked = await previewed();
    expect(asked.preview?.dryRun?.repeatable ?? false).toBe(false);
    const effect = asked.preview?.dryRun?.effect ?? 'none';
    const signed = signAnswer(answerTo(asked, { effect }), await openKey(session.state, 'approver'));
    expect(await session.register.answer(signed, null)).toMatchObject({ accepted: false });
    const plain = signAnswer(answerTo(asked), await openKey(session.state, 'approver'));
    expect(await session.register.answer(plain, null)).toMatchObject({ accepted: true });
    expect(types(await asking)).toBe('CZ');
  });

  it('is committed with its batch, also when it was done before the batch ended', async () => {
    client.send(frames.parse('delete from app.t where flag'), frames.bind(), frames.execute(), frames.flush());
    const [done] = await Promise.all([client.until('C'), approving()]);
    client.send(frames.sync());
    const heard = await client.until('Z');
    expect([types(done), types(heard), status(heard)]).toEqual(['12C', 'Z', 'I']);
    expect(await left()).toBe(7);
    expect(value(await client.query('select pg_current_xact_id_if_assigned() is null'))).toBe('t');
  });

  it('is committed with another one in its batch', async () => {
    client.send(
      frames.parse('delete from app.t where id = 1'),
      frames.bind(),
      frames.execute(),
      frames.parse('delete from app.t where id = 2'),
      frames.bind(),
      frames.execute(),
      frames.sync(),
    );
    const both = approving().then(async () => {
      const second = await previewedOrHeld();
      const signed = signAnswer(answerTo(second), await openKey(session.state, 'approver'));
      expect(await session.register.answer(signed, null)).toMatchObject({ accepted: true });
    });
    const [heard] = await Promise.all([client.until('Z'), both]);
    expect([types(heard), status(heard)]).toEqual(['12C12CZ', 'I']);
    expect(await left()).toBe(8);
  });

  it.each(['begin', 'START  TRANSACTION', '/* not now */ begin'])(
    'lets no %s in its batch pass for one: the client would have a transaction that is none',
    async (text) => {
      client.send(
        frames.parse('delete from app.t where flag'),
        frames.bind(),
        frames.execute(),
        frames.parse(text),
        frames.bind(),
        frames.execute(),
        frames.sync(),
      );
      const [heard] = await Promise.all([client.until('E'), approving()]);
      expect(types(heard)).toMatch(/^12(?:C12)?E$/);
      expect(sqlstate(heard)).toBe('08006');
      if (!text.includes('*')) expect(await left()).toBe(10);
    },
  );

  it('must be executed before anything else runs: nothing gets between what was looked at and what is done', async () => {
    client.send(frames.parse('delete from app.t where flag'), frames.bind(), frames.flush());
    const [heard] = await Promise.all([client.until('2'), approving()]);
    expect(types(heard)).toBe('12');
    client.send(
      frames.parse('select 1', 'other'),
      frames.bind({ statement: 'other', portal: 'other' }),
      frames.execute('other'),
      frames.execute(),
      frames.sync(),
    );
    const ended = await client.until('E');
    expect(sqlstate(ended)).toBe('08006');
    expect(await left()).toBe(10);
  });

  it('is committed in no other way: when its client goes first, it is not done', async () => {
    client.send(frames.parse('delete from app.t where flag'), frames.bind(), frames.execute(), frames.flush());
    const [heard] = await Promise.all([client.until('C'), approving()]);
    expect(types(heard)).toBe('12C');
    client.destroy();
    await session.sealed();
    expect(await left()).toBe(10);
    session = await wholeSession({ port: server.port, grammar, policy: POLICY });
  });

  it('is either done and told so, or neither, whenever it is cancelled', async () => {
    const head = Buffer.alloc(4);
    head.writeInt32BE(client.key?.pid ?? 0);
    const bytes = request(80877102, head, client.key?.secret ?? Buffer.alloc(4));
    const cancel = (): Promise<void> =>
      new Promise((resolve) => {
        const { host, port } = session.wire;
        const socket = connect({ host, port }, () => socket.end(bytes));
        socket.on('error', () => resolve()).once('close', () => resolve());
        socket.resume();
      });
    const told: (string | undefined)[] = [];
    for (let round = 0; round < 16; round += 1) {
      await server.admin('app', 'delete from app.t where id = 1', "insert into app.t (id, s) values (1, 'there')");
      client.send(frames.query('delete from app.t where id = 1'));
      const [heard] = await Promise.all([
        client.until('Z'),
        approving().then(() => new Promise((resolve) => setTimeout(resolve, round)).then(cancel)),
      ]);
      expect(status(heard)).toBe('I');
      told.push(tag(heard) ?? sqlstate(heard));
      expect([await left(), tag(heard)]).toEqual(tag(heard) === undefined ? [10, undefined] : [9, 'DELETE 1']);
    }
    expect(told.every((one) => one === 'DELETE 1' || one === '57014' || one === '42501')).toBe(true);
  });

  it.each([
    ['delete from app.t where flag', 7],
    ["update app.t set s = 'x', at = null, j = null, b = null, n = 1.50 where id > 5", 10],
    ["insert into app.t (id, s) values (50, 'new'), (51, null)", 12],
  ])('leaves a script that undoes it: %s', async (text, count) => {
    const before = await rows();
    const [heard, asked] = await Promise.all([client.query(text), approving()]);
    expect(status(heard)).toBe('I');
    expect(await left()).toBe(count);
    expect(await rows()).not.toEqual(before);
    expect(asked.preview?.dryRun?.undoable).toBe(true);
    const directory = join(session.state, 'undo');
    expect(readdirSync(directory)).toEqual([`${asked.id}.sql`]);
    const path = join(directory, `${asked.id}.sql`);
    expect([statSync(path).mode & 0o777, statSync(directory).mode & 0o777]).toEqual([0o600, 0o700]);
    await server.admin('app', readFileSync(path, 'utf8'));
    expect(await rows()).toEqual(before);
  });

  it('leaves a script that undoes no more than what was changed', async () => {
    const asked = (await Promise.all([client.query('update app.t set n = 0'), approving()]))[1];
    await server.admin('app', "update app.t set s = 'later'");
    await server.admin('app', readFileSync(join(session.state, 'undo', `${asked.id}.sql`), 'utf8'));
    expect(await server.admin('app', "select count(*)::int as n from app.t where s = 'later' and n = id")).toEqual([
      { n: 10 },
    ]);
  });
});
