import { beforeEach, describe, expect, it } from 'vitest';
import type { DryRun, Preview } from '../../../src/core/request.ts';
import { serverVersions } from '../../postgres/binaries.ts';
import { frames } from '../../postgres/frames.ts';
import type { WireClient } from '../../postgres/wire-client.ts';
import { sqlstate, value } from '../../protocols/postgres/knocking.ts';
import { type Previewing, previewing } from './previewing.ts';
import { Scene } from '../../protocols/postgres/scene.ts';

describe.each(serverVersions())('a preview of a held statement on PostgreSQL %i', (version) => {
  const scene = new Scene({ version });
  let client: WireClient;
  let state: Previewing;

  beforeEach(async () => {
    await scene.server.admin(
      'postgres',
      'drop schema if exists app cascade',
      'drop schema if exists other cascade',
      'create schema app',
      'create table app.users (id int primary key, email text, note text, seen timestamptz)',
      `insert into app.users select n, 'user' || n || '@example.com', 'n' || n from generate_series(1, 20) n`,
      'create table app.orders (id int primary key, owner int references app.users on delete cascade, amount numeric(8,2))',
      'insert into app.orders select n, 1 + n % 4, n from generate_series(1, 12) n',
      'analyze app.users, app.orders',
    );
  });

  async function open(policy?: string): Promise<void> {
    client = await scene.connect();
    state = previewing(scene.door.guard(), policy);
  }
  /** Sends it, rolled back, and gives its preview. */
  async function previewOf(text: string): Promise<Preview | null> {
    const heard = await client.query(text);
    const code = sqlstate(heard);
    if (code !== undefined && state.previews.length === 0) throw new Error(`it failed with ${code}`);
    return state.previews.at(-1) ?? null;
  }
  async function dryRunOf(text: string): Promise<DryRun> {
    const preview = await previewOf(text);
    const dryRun = preview?.dryRun ?? null;
    if (dryRun === null) throw new Error(`there is none: ${JSON.stringify(preview)}`);
    return dryRun;
  }
  const table = (schema: string, name: string, [inserted, updated, deleted]: [number, number, number]) => ({
    schema,
    name,
    inserted,
    updated,
    deleted,
  });

  it('says of a DELETE which rows go, with what hangs on them', async () => {
    await open();
    const preview = await previewOf('delete from app.users where id <= 3 -- held');
    expect(preview).toMatchObject({ estimate: expect.any(Number) as number, withheld: null });
    expect(preview?.dryRun).toMatchObject({
      rows: 3,
      repeatable: true,
      undoable: false,
      tables: [table('app', 'orders', [0, 0, 9]), table('app', 'users', [0, 0, 3])],
      sample: {
        columns: ['id', 'email', 'note', 'seen'],
        rows: [1, 2, 3].map((n) => ({ before: [`${n}`, `user${n}@example.com`, `n${n}`, null], after: null })),
      },
    });
  });

  it('says of an UPDATE what becomes of which rows', async () => {
    await open();
    const dryRun = await dryRunOf("update app.orders set amount = amount * 2 where owner = 1 returning id, 'held'");
    expect(dryRun).toMatchObject({
      rows: 3,
      undoable: true,
      tables: [table('app', 'orders', [0, 3, 0])],
      sample: {
        columns: ['id', 'owner', 'amount'],
        rows: [4, 8, 12].map((n) => ({ before: [`${n}`, '1', `${n}.00`], after: [`${n}`, '1', `${n * 2}.00`] })),
      },
    });
  });

  it('says of an INSERT which rows come, and of an upsert which are there', async () => {
    await open();
    const insert = await dryRunOf("insert into app.users values (100, 'a', 'held'), (101, 'b', null)");
    expect(insert).toMatchObject({
      rows: 2,
      undoable: true,
      tables: [table('app', 'users', [2, 0, 0])],
      sample: {
        rows: [
          { before: null, after: ['100', 'a', 'held', null] },
          { before: null, after: ['101', 'b', null, null] },
        ],
      },
    });
    const upsert = await dryRunOf(
      `insert into app.users (id, note) values (20, 'held'), (200, 'new')
       on conflict (id) do update set note = excluded.note`,
    );
    expect(upsert.sample?.rows).toEqual([
      { before: ['20', 'user20@example.com', 'n20', null], after: ['20', 'user20@example.com', 'held', null] },
      { before: null, after: ['200', null, 'new', null] },
    ]);
    expect(upsert.undoable).toBe(false);
  });

  it('changes nothing by itself, and what is sent then does what was said', async () => {
    await open();
    await client.query('begin');
    const dryRun = await dryRunOf('delete from app.orders where owner = 2 /* held */');
    expect(value(await client.query('select count(*) from app.orders'))).toBe(String(12 - dryRun.rows));
    await client.query('rollback');
    expect(await scene.server.admin('postgres', 'select count(*)::int as n from app.orders')).toEqual([{ n: 12 }]);
  });

  it('has the same effect for the same rows, and another one when a row has changed', async () => {
    await open();
    const effect = async (
      change?: string,
      text = 'delete from app.orders where owner = 2 /* held */',
    ): Promise<string> => {
      await client.query('begin');
      if (change !== undefined) await client.query(change);
      const { effect: found } = await dryRunOf(text);
      await client.query('rollback');
      return found;
    };
    const first = await effect();
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await effect()).toBe(first);
    expect(await effect('update app.orders set amount = 99 where id = 1')).not.toBe(first);
    expect(await effect('delete from app.orders where id = 1')).not.toBe(first);
    expect(await effect('insert into app.orders values (13, 2, 1)')).not.toBe(first);
    expect(await effect('update app.orders set amount = 99 where owner = 3')).toBe(first);
    // The order of the rows, or of their columns' storage, is no part of it.
    expect(await effect('update app.orders set amount = amount')).toBe(first);
    // Another statement, though it does the same.
    expect(await effect(undefined, 'delete from app.orders where owner = 2 and true /* held */')).not.toBe(first);
  });

  it('has another effect when the old rows differ, even though the new ones do not', async () => {
    await open();
    const text = 'update app.orders set amount = 5 where id = 1 /* held */';
    const first = (await dryRunOf(text)).effect;
    await scene.server.admin('postgres', 'update app.orders set amount = 7 where id = 1');
    expect((await dryRunOf(text)).effect).not.toBe(first);
  });

  it('takes the values of the extended protocol, of any type and format', async () => {
    await open();
    client.send(
      frames.parse('delete from app.orders where id = $1 and $2 = $3 /* held */', '', [20, 25, 0]),
      frames.sync(),
    );
    await client.until('Z');
    client.send(
      frames.bind({ values: [Buffer.from('0000000000000004', 'hex'), "ü'$1", "ü'$1"] }),
      frames.execute(),
      frames.sync(),
    );
    expect(sqlstate(await client.until('Z'))).toBeUndefined();
    expect(state.previews).toEqual([
      expect.objectContaining({ estimate: 1, dryRun: expect.objectContaining({ rows: 1 }) as DryRun }),
    ]);
  });

  it('sees what the client’s transaction has done: its rows, its temporary tables, its search_path', async () => {
    await open();
    await client.query('begin');
    await client.query(
      'create schema other; create table other.users (id int primary key); set local search_path to other, app',
    );
    await client.query('insert into users values (7), (8)');
    expect(await dryRunOf('delete from users /* held */')).toMatchObject({
      rows: 2,
      tables: [table('other', 'users', [0, 0, 2])],
    });
    await client.query('rollback');
    await client.query('create temp table users (id int primary key, x text)');
    await client.query("insert into users values (1, 'x')");
    expect(await dryRunOf('update users set x = null /* held */')).toMatchObject({
      rows: 1,
      sample: { rows: [{ before: ['1', 'x'], after: ['1', null] }] },
    });
  });

  it('says that it would do something else each time, where clocks, sequences or triggers make it so', async () => {
    await scene.server.admin(
      'postgres',
      'create table app.log (id serial primary key, t text)',
      `create function app.stamp() returns trigger language plpgsql as $$ begin new.seen := clock_timestamp(); return new; end $$`,
      'create table app.stamped (id int primary key, seen timestamptz)',
      'insert into app.stamped values (1, null)',
      'create trigger stamp before update on app.stamped for each row execute function app.stamp()',
    );
    await open();
    const repeatable = async (text: string): Promise<boolean> => (await dryRunOf(text)).repeatable;
    expect(await repeatable('update app.users set seen = now() where id = 1 /* held */')).toBe(false);
    expect(await repeatable('update app.users set seen = current_timestamp where id = 1 /* held */')).toBe(false);
    expect(await repeatable("insert into app.log (t) values ('held')")).toBe(false);
    expect(await repeatable('update app.stamped set id = id /* held */')).toBe(false);
    expect(await repeatable("update app.users set note = 'x' where seen < now() /* held */")).toBe(true);
    await client.query('begin isolation level repeatable read');
    // One transaction has one time.
    expect(await repeatable('update app.users set seen = now() where id = 1 /* held */')).toBe(true);
  });

  it.each([
    ['delete from app.users where random() < 0.5', /random/],
    ['delete from app.users where pg_try_advisory_lock(id)', /lock/],
    ['delete from app.users where pg_sleep(id) is null', /lock/],
    ["update app.users set note = set_config('app.x', 'y', false)", /set cannot be taken back|set/],
    ["update app.users set id = setval('app.s', 5)", /sequence/],
    ['delete from app.users where app.opaque()', /anything/],
    [
      'with gone as (delete from app.orders returning id) delete from app.users where id in (select id from gone)',
      /several/,
    ],
    ['delete from app.users; delete from app.orders', /several/],
    ['truncate app.orders', /only a plain/],
    ['delete from app.keyless_view', /view/],
    ['update app.keyless set n = 2', /primary key/],
    ['update app.orders set id = id + 1000', /key/],
    ['delete from app.ruled', /rule/],
    ['delete from app.parent', /inherit/],
  ])('runs nothing on trial where it might leave something, or could not say what: %s', async (text, reason) => {
    await scene.server.admin(
      'postgres',
      'create sequence app.s',
      'create table app.keyless (n int)',
      'create view app.keyless_view as select n from app.keyless',
      'create table app.ruled (n int)',
      'create rule r as on delete to app.ruled do instead nothing',
      'create table app.parent (n int primary key)',
      'create table app.child () inherits (app.parent)',
      "create function app.opaque() returns bool language plpgsql as $$ begin execute current_setting('app.x'); return true; end $$",
    );
    await open();
    const preview = await previewOf(`${text} /* held, forbidden */`);
    expect(preview).toMatchObject({ dryRun: null, withheld: expect.stringMatching(reason) as string });
    expect(await scene.server.admin('postgres', 'select is_called from app.s')).toEqual([{ is_called: false }]);
  });

  it('skips numbers of sequences, which nothing takes back', async () => {
    await scene.server.admin('postgres', 'create table app.log (id serial primary key, t text)');
    await open();
    await dryRunOf("insert into app.log (t) values ('held') /* forbidden */");
    expect(await scene.server.admin('postgres', 'select count(*)::int as n from app.log')).toEqual([{ n: 0 }]);
    // Once, and once more to see whether it does the same.
    expect(await scene.server.admin('postgres', 'select last_value::int as n from app.log_id_seq')).toEqual([{ n: 2 }]);
  });

  it('knows of other tables how many rows change, not what is in them', async () => {
    await open();
    const text = 'delete from app.users where id = 2 /* held, forbidden */';
    const first = await dryRunOf(text);
    await scene.server.admin('postgres', 'update app.orders set amount = amount + 1 where owner = 2');
    expect((await dryRunOf(text)).effect).toBe(first.effect);
    await scene.server.admin('postgres', 'insert into app.orders values (99, 2, 1)');
    expect((await dryRunOf(text)).effect).not.toBe(first.effect);
  });

  it('says that it would fail, also of what is only checked at the end', async () => {
    await scene.server.admin(
      'postgres',
      'create table app.late (n int references app.users deferrable initially deferred, k int primary key)',
    );
    await open();
    const late = await previewOf('insert into app.late values (999, 1) /* held */');
    expect(late).toMatchObject({ dryRun: null, withheld: 'it would fail (SQLSTATE 23503)' });
    const dup = await previewOf("insert into app.users values (1, 'held')");
    expect(dup).toMatchObject({ dryRun: null, withheld: 'it would fail (SQLSTATE 23505)' });
  });

  it('estimates what cannot be tried, where planning runs no code', async () => {
    await scene.server.admin(
      'postgres',
      `create function app.traced(n int) returns int language plpgsql immutable as $$ begin insert into app.orders values (n); return n; end $$`,
    );
    await open();
    expect(await previewOf('select * from app.orders /* held */')).toMatchObject({ estimate: 12, dryRun: null });
    expect(await previewOf('select * from app.orders where id = app.traced(77) /* held */')).toMatchObject({
      estimate: null,
    });
    expect(await previewOf('create table app.made (held int)')).toMatchObject({ estimate: null, dryRun: null });
    state.depth = 'estimate';
    expect(await previewOf('delete from app.orders /* held */')).toMatchObject({ estimate: 12, dryRun: null });
    state.depth = 'none';
    expect(await previewOf('select * from app.orders /* held */')).toBeNull();
  });

  describe('where columns are masked', () => {
    const MASKED = '{ default: allow, mask: [{ column: app.users.email, with: redact }] }';

    it('shows its sample as the policy shows the table', async () => {
      await open(MASKED);
      const dryRun = await dryRunOf("update app.users set note = 'held' where id = 1");
      const [row] = dryRun.sample?.rows ?? [];
      expect(row).toEqual({ before: ['1', '[redacted]', 'n1', null], after: ['1', '[redacted]', 'held', null] });
      expect(dryRun.undoable).toBe(false);
      const heard = JSON.stringify(state.previews);
      expect(heard).not.toContain('user1@');
    });

    it('measures nothing of them, and shows no rows where the policy shows none', async () => {
      await open(
        '{ default: allow, deny: [{ action: select, relation: app.orders }], mask: [{ column: app.users.email, with: redact }] }',
      );
      expect(
        (await previewOf("delete from app.users where email = 'user1@example.com' /* held */"))?.estimate,
      ).toBeNull();
      const preview = await previewOf('insert into app.orders values (77, 5, 1) /* held */');
      expect(preview).toMatchObject({ withheld: null, dryRun: { rows: 1, sample: null } });
    });

    it('gives an effect that says nothing of a value to whoever guesses it', async () => {
      await open(MASKED);
      const nothing = (await dryRunOf('update app.users set id = id where id = 1 /* held */')).effect;
      const guess = (await dryRunOf("update app.users set email = 'user1@example.com' where id = 1 /* held */")).effect;
      expect(guess).not.toBe(nothing);
    });
  });

  it('is abandoned at once, and the statement that follows runs', async () => {
    await scene.server.admin('postgres', 'insert into app.orders select n, 1, n from generate_series(100, 60000) n');
    await open();
    state.onBegin = (off) => void setTimeout(() => off.abort(), 30);
    expect(sqlstate(await client.query('update app.orders set amount = 1 /* held */'))).toBeUndefined();
    expect(state.previews).toEqual([null]);
    expect(value(await client.query('select count(*) from app.orders where amount = 1'))).toBe(String(59_901 + 12));
  });

  it('keeps its own memory small, however many rows it changes', async () => {
    await scene.server.admin(
      'postgres',
      'create table app.many (id int primary key, filler text)',
      "insert into app.many select n, repeat('x', 100) from generate_series(1, 300000) n",
    );
    await open();
    const before = process.memoryUsage().rss;
    const dryRun = await dryRunOf('delete from app.many /* held */');
    expect(dryRun.rows).toBe(300_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });

  it('shows ten rows at most, and of a value no more than it takes to know it; none that is very large', async () => {
    await open();
    expect((await dryRunOf('delete from app.users where id > 4 /* held */')).sample?.rows).toHaveLength(10);
    const long = await dryRunOf("insert into app.users values (50, repeat('y', 5000), 'held')");
    expect(long.sample?.rows[0]?.after?.[1]).toBe(`${'y'.repeat(200)}…`);
    await client.query('alter table app.users alter column email set storage external');
    const huge = await dryRunOf("insert into app.users values (51, repeat('y', 500000), 'held')");
    expect(huge).toMatchObject({ rows: 1, sample: null });
  });

  it.each([
    'delete from app.orders where id = 1 -- held',
    'delete from app.orders where id = 1 /* held */ ;',
    'delete from app.orders where id = 1 /* held */ ; -- and no more',
    'delete from app.orders where id = 1 returning id, (select 1) -- held',
    'delete from app.orders where id = 1 returning * /* held */',
    'delete from app.orders as "o""x -- " where "o""x -- ".id = 1 /* held */',
    `/* ${'é'.repeat(50)} held */ delete from app.orders where id = 1 and $$) select 1 --$$ <> '` + `é'`,
    'with "hoopctl trial" as (select 1 as n) delete from app.orders where id in (select n from "hoopctl trial") /* held */',
    'delete from app.orders using app.users u where u.id = owner and orders.id = 1 returning u.*, orders.* /* held */',
  ])('finds one row whatever is around it: %s', async (text) => {
    await open();
    expect((await dryRunOf(text)).rows).toBe(1);
  });
});
