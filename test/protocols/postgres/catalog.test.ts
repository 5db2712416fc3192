import { beforeEach, describe, expect, it } from 'vitest';
import type { Catalog } from '../../../src/core/catalog.ts';
import { serverVersions } from '../../postgres/binaries.ts';
import { fieldsOf, frames } from '../../postgres/frames.ts';
import { type WireClient, wireClient, wireOptions } from '../../postgres/wire-client.ts';
import { fakeServer, GREETING } from './fake-server.ts';
import { server as say } from './messages.ts';
import { types, value } from './knocking.ts';
import { scriptedDoor, type ScriptedGuard, targetOf } from './scripted.ts';
import { Scene } from './scene.ts';

describe.each(serverVersions())('the catalog of PostgreSQL %i, read on the client’s own connection', (version) => {
  const scene = new Scene({ version });
  let client: WireClient;
  let guard: ScriptedGuard;
  let read: (Catalog | null | Error)[];

  beforeEach(async () => {
    await scene.server.admin(
      'postgres',
      'drop schema if exists app cascade',
      'create schema app',
      'create table app.t (n int unique)',
      'create view app.v as select n from app.t',
    );
    client = await scene.connect();
    guard = scene.door.guard();
    read = [];
    // As the judge does: before every decision, where the connection can be asked.
    guard.before = async () => {
      if (!guard.catalog.readable()) return null;
      read.push(await guard.catalog.read([]).catch((error: Error) => error));
      return null;
    };
  });

  const last = (): Catalog => {
    const catalog = read.at(-1);
    if (catalog === undefined || catalog === null || catalog instanceof Error)
      throw new Error(`no catalog: ${String(catalog)}`);
    return catalog;
  };
  const names = (): string[] =>
    last()
      .relations.filter((one) => one.schema === 'app' || one.temporary)
      .map((one) => one.name)
      .toSorted();

  it('is read without the client hearing of it', async () => {
    expect(types(await client.query('select 1'))).toBe('TDCZ');
    expect(names()).toEqual(['t', 't_n_key', 'v']);
    expect(last().settings).toMatchObject({ client_encoding: 'UTF8', standard_conforming_strings: 'on' });
  });

  it('stays the same as long as nothing changes, and is another one after', async () => {
    await client.query('select 1');
    const before = last();
    expect(await guard.catalog.read([before])).toBe(before);
    await scene.server.admin('postgres', 'create table app.other ()');
    const after = await guard.catalog.read([before]);
    expect(after).not.toBe(before);
    expect(after?.version).not.toBe(before.version);
  });

  it('is the one the statement will see: temporary objects, uncommitted DDL, search_path and role (R23)', async () => {
    await client.query('begin');
    await client.query('create table app.mine (); create temp table t (secret int)');
    await client.query(
      'set search_path to app; create role reader; grant usage on schema app to reader; set role reader',
    );
    await client.query('select 1');
    expect(names()).toEqual(['mine', 't', 't', 't_n_key', 'v']);
    expect(last()).toMatchObject({
      user: 'reader',
      superuser: false,
      temporarySchema: expect.stringMatching(/^pg_temp_/) as unknown,
    });
    expect(last().searchPath).toEqual([last().temporarySchema, 'pg_catalog', 'app']);
    await client.query('rollback');
    await client.query('select 1');
    expect(names()).toEqual(['t', 't_n_key', 'v']);
    expect(last().user).toBe(scene.server.user);
  });

  it('says what generated columns are computed of', async () => {
    await scene.server.admin(
      'postgres',
      'create table app.g (a int, b int default 7, c int generated always as (a + 1) stored, d int, e int generated always as (d + a) stored)',
    );
    await client.query('select 1');
    const columns = last().relations.find(({ name }) => name === 'g')?.columns;
    const sources = columns?.map(({ name, generatedFrom }) => [name, generatedFrom?.toSorted()]);
    expect(sources).toEqual([
      ['a', undefined],
      ['b', undefined],
      ['c', [1]],
      ['d', undefined],
      ['e', [1, 4]],
    ]);
  });

  it('cannot be bent by a search_path that comes before pg_catalog', async () => {
    await client.query(`create schema evil;
      create function evil.md5(text) returns text language sql as $$ select 'same' $$;
      create function evil.eq(oid, oid) returns boolean language sql as $$ select false $$;
      create operator evil.= (function = evil.eq, leftarg = oid, rightarg = oid);
      create table evil.pg_class (oid oid, relname name);
      create function evil.current_database() returns name language sql as $$ select 'evil'::name $$`);
    await client.query('set search_path to evil, pg_catalog');
    await client.query('select 1');
    expect(last().database).toBe('postgres');
    expect(last().relations.map((one) => one.name)).toEqual(expect.arrayContaining(['t', 'v', 'pg_class']));
    await scene.server.admin('postgres', 'drop schema evil cascade');
  });

  it('is read inside a pipeline without ending it', async () => {
    client.send(
      ...[1, 2].flatMap((n) => [frames.parse(`insert into app.t values (${n})`), frames.bind(), frames.execute()]),
      frames.parse('select 1/0'),
      frames.bind(),
      frames.execute(),
      frames.sync(),
    );
    expect(types(await client.until('Z'))).toBe('12C12C1EZ');
    // Three phases of two statements, Parse and Bind of the third; then the server skips.
    expect(read.map((one) => (one === null ? null : 'version' in one))).toEqual([...Array(8).fill(true), null]);
    expect(value(await client.query('select count(*) from app.t'))).toBe('0');
  });

  it('leaves the client’s unnamed statement and portal alone', async () => {
    client.send(frames.parse('select generate_series(1, 3)'), frames.bind(), frames.execute('', 1), frames.flush());
    expect(types(await client.until('s'))).toBe('12Ds');
    client.send(frames.execute('', 0), frames.sync());
    expect(types(await client.until('Z'))).toBe('DDCZ');
    client.send(frames.bind(), frames.execute(), frames.sync());
    expect(types(await client.until('Z'))).toBe('2DDDCZ');
  });

  it('is not asked for in an aborted transaction, nor while the server skips', async () => {
    await client.query('begin');
    await client.query('select 1/0');
    const before = read.length;
    expect(guard.catalog.readable()).toBe(false);
    expect(types(await client.query('select 1'))).toBe('EZ');
    expect(read.length).toBe(before);
    expect(types(await client.query('rollback'))).toBe('CZ');
    expect(guard.catalog.readable()).toBe(true);
  });

  it('that cannot be read because the client’s transaction fails meanwhile gives the client its error and no other', async () => {
    for (let round = 0; round < 20; round += 1) {
      client.send(
        frames.parse('select 1/0'),
        frames.bind(),
        frames.execute(),
        frames.parse('select 2'),
        frames.bind(),
        frames.execute(),
        frames.sync(),
      );
      const heard = await client.until('Z');
      expect(types(heard)).toBe('1EZ');
      expect(fieldsOf(heard[1] ?? { type: 'E', body: Buffer.alloc(0) })['C']).toBe('22012');
    }
  });

  it('is asked for before anything runs in a pipeline: what must run first still does', async () => {
    const everyPhase = guard.before;
    guard.before = async (statement) =>
      statement.phase === 'prepare' ? ((await everyPhase?.(statement)) ?? null) : null;
    for (const text of ['vacuum app.t', 'discard all']) {
      client.send(frames.close('S', 'other'), frames.parse(text), frames.bind(), frames.execute(), frames.sync());
      expect(types(await client.until('Z'))).toMatch(/^312(?:S*)CS*Z$/);
    }
    expect(read.length).toBe(2);
  });

  it('that cannot be read because the transaction has failed gives the error that the client’s statement would have got', async () => {
    const everyPhase = guard.before;
    guard.before = async (statement) =>
      statement.text === 'select 2' ? ((await everyPhase?.(statement)) ?? null) : null;
    await client.query('begin');
    client.send(frames.parse('rollback and chain', 'back'), frames.sync());
    await client.until('Z');
    client.send(frames.parse('selec'), frames.sync());
    client.send(frames.bind({ statement: 'back' }), frames.parse('select 2'), frames.sync());
    expect(types(await client.until('Z'))).toBe('EZ');
    const heard = await client.until('Z');
    expect(types(heard)).toBe('2EZ');
    const { C, M } = fieldsOf(heard[1] ?? { type: 'E', body: Buffer.alloc(0) });
    expect([C, M]).toEqual(['25P02', expect.stringMatching(/^current transaction is aborted/)]);
  });

  it('is read behind a Query in an unfinished pipeline without committing what came before', async () => {
    const pipeline = [frames.parse('insert into app.t values (1)'), frames.bind(), frames.execute()];
    const rest = [frames.query('insert into app.t values (2)'), frames.parse('selec'), frames.sync()];
    const count = 'select count(*) from app.t';
    const direct = await wireClient(wireOptions(scene.server.environment('postgres')));
    direct.send(...pipeline, ...rest);
    expect(types([...(await direct.until('Z')), ...(await direct.until('Z'))])).toBe('12CCZEZ');
    const committed = value(await direct.query(count));
    await direct.query('truncate app.t');
    await direct.end();
    client.send(...pipeline, ...rest);
    expect(types([...(await client.until('Z')), ...(await client.until('Z'))])).toBe('12CCZEZ');
    expect(value(await client.query(count))).toBe(committed);
  });

  it('is read behind a Query that failed in an unfinished pipeline without going on with that', async () => {
    client.send(frames.parse('select 1'), frames.bind(), frames.execute(), frames.query('select 1/0'));
    expect(types(await client.until('Z'))).toBe('12DCEZ');
    const answer = await client.query('create table app.other (n int)');
    expect([types(answer), answer.at(-1)?.body.toString()]).toEqual(['CZ', 'I']);
  });

  it('that is asked for behind an error does not make the server go on', async () => {
    client.send(frames.parse('selec', 'a'), frames.parse('select 1', 'b'), frames.sync());
    expect(types(await client.until('Z'))).toBe('EZ');
    client.send(frames.describe('S', 'b'), frames.sync());
    expect(types(await client.until('Z'))).toBe('EZ');
    expect(read.slice(1)).toEqual([null]);
  });

  it('that cannot be read because the transaction has failed in an earlier batch gives the server’s own error', async () => {
    await client.query('begin');
    client.send(frames.parse('select 1/0'), frames.bind(), frames.execute(), frames.sync());
    // The Close makes it a pipeline before the failure is known.
    client.send(frames.close('S', 'x'), frames.parse('select 2'), frames.sync());
    expect(types(await client.until('Z'))).toBe('1EZ');
    const heard = await client.until('Z');
    expect(types(heard)).toBe('3EZ');
    expect(fieldsOf(heard[1] ?? { type: 'E', body: Buffer.alloc(0) })['C']).toBe('25P02');
  });

  it('that takes too long for the client’s own statement_timeout is the client’s error, once, and the connection goes on', async () => {
    await scene.server.admin('postgres', 'begin', 'select 1');
    await client.query("set statement_timeout = '1ms'");
    const heard: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      client.send(frames.parse('select 1'), frames.bind(), frames.execute(), frames.sync());
      heard.push(types(await client.until('Z')));
    }
    for (const one of heard) expect(one).toMatch(/^(?:12DCZ|1?2?EZ)$/);
    await client.query('set statement_timeout = 0');
    expect(value(await client.query('select 5'))).toBe('5');
  });

  it('is refused when the server reads text otherwise than it is judged, though nobody was told', async () => {
    // Inside the batch the new value is not reported yet.
    client.send(
      frames.parse("select set_config('standard_conforming_strings', 'off', false)"),
      frames.bind(),
      frames.execute(),
      frames.parse('select 2'),
      frames.sync(),
    );
    await client.until('Z');
    expect(read.some((one) => one instanceof Error && one.message.includes('reads text otherwise'))).toBe(true);
  });

  it('is read without waiting for anybody’s locks, and without taking any', async () => {
    const holder = await scene.connect();
    scene.door.guard().before = null;
    await holder.query('begin; lock table app.t in access exclusive mode');
    expect(value(await client.query('select 1'))).toBe('1');
    expect(names()).toContain('v');
    holder.destroy();
    await client.query('begin');
    const locks = "select count(*) from pg_locks where pid = pg_backend_pid() and relation = 'app.t'::regclass";
    expect(value(await client.query(locks))).toBe('0');
  });

  it('prints code that is asked for, and says what is gone', async () => {
    await client.query('select 1');
    const view = last().relations.find(({ name }) => name === 'v');
    const definition = view?.definition;
    if (definition === null || definition === undefined || typeof definition === 'string') throw new Error('no view');
    const printed = guard.catalog.define([definition, { kind: 'view', oid: 1 }]);
    expect(await printed).toEqual([expect.stringContaining('SELECT'), null]);
  });
});

describe('a server that answers the proxy’s questions', () => {
  /** Lets the proxy ask, answers with this, and looks whether the client loses its connection. */
  async function answered(loses: boolean, ...answer: readonly Buffer[]): Promise<{ read: unknown; closed: boolean }> {
    const server = await fakeServer(async (peer) => {
      await peer.startup();
      peer.send(...GREETING);
      // Up to the Sync of the first question.
      for (;;) if ((await peer.next())[0] === 'S'.charCodeAt(0)) break;
      peer.send(say.closeComplete(), say.closeComplete(), say.parseComplete(), say.bindComplete(), ...answer);
      return peer.rest();
    });
    const door = await scriptedDoor(targetOf({ port: server.port, user: 'app', password: 'x' }));
    const client = await door.connect();
    const guard = door.guard();
    const asked = Promise.withResolvers<unknown>();
    guard.before = async () => {
      asked.resolve(await guard.catalog.read([]).catch((error: unknown) => error));
      return { message: 'no', detail: '', hint: '', cause: 'denied' };
    };
    client.send(frames.query('select 1'));
    const read = await asked.promise;
    if (loses) await client.until('');
    else await new Promise((resolve) => setTimeout(resolve, 50));
    const { closed } = client;
    client.destroy();
    await door.close();
    await server.close();
    return { read, closed };
  }

  const done = [say.complete('SELECT 1'), say.closeComplete(), say.closeComplete(), say.ready()];

  it.each([
    ['no row', []],
    ['what is no JSON', [say.row('{')]],
    ['JSON of nothing', [say.row('null')]],
    ['NULL', [say.row(null)]],
    ['a row without a column', [say.row()]],
    ['JSON of another shape', [say.row('{"settings": 5}')]],
    ['an object without settings', [say.row('{}')]],
  ])('with %s is not believed, and only the statement suffers (R18)', async (_what, rows) => {
    const { read, closed } = await answered(false, ...rows, ...done);
    expect(read).toMatchObject({ name: 'HoopError', code: 'postgres.catalog' });
    expect(closed).toBe(false);
  });

  it.each([
    ['COPY', [say.copyOut(), say.copyData('x')]],
    ['two results', [say.complete('A'), say.complete('B')]],
    ['ReadyForQuery too early', [say.ready()]],
    ['a description', [say.columns()]],
  ])('with %s loses the connection', async (_what, answer) => {
    expect((await answered(true, ...answer)).closed).toBe(true);
  });
});
