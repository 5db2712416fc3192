import type { Random } from '../random.ts';
import type { Scene, Text } from './scene.ts';
import type { KindName } from './values.ts';

type Make = (random: Random, scene: Scene) => Text;
type Choice = readonly [weight: number, make: Make];

const plain =
  (columns: number, ...texts: readonly string[]): Make =>
  (random) => ({ text: random.pick(texts), parameters: [], columns });

const withParameters =
  (columns: number, parameters: readonly KindName[], ...texts: readonly string[]): Make =>
  (random) => ({ text: random.pick(texts), parameters, columns });

const garbled =
  (...texts: readonly string[]): Make =>
  (random) => ({ text: random.pick(texts), parameters: [], columns: 0, garbled: true });

const large: Make = (random) => {
  const length = random.weighted([
    [6, 500],
    [6, 9000],
    [3, 70_000],
    [1, 1_000_000],
  ]);
  const rows = length > 500_000 ? 1 : random.integer(1, 5);
  return { text: `select n, repeat('y', ${length}) from generate_series(1, ${rows}) n`, parameters: [], columns: 2 };
};

/** What reads. */
export const reads: readonly Choice[] = [
  [
    4,
    plain(
      1,
      'select 1',
      "select 'a' as b",
      'select null::text',
      "select ''",
      'select n from numbers order by n limit 3',
    ),
  ],
  [3, plain(1, 'select n from numbers order by n', 'select generate_series(1, 200)')],
  [3, plain(8, 'select * from items order by id', 'table items')],
  [2, plain(3, 'select * from cheap order by id', "values (1, null, true), (2, 'b', false)")],
  [1, plain(0, 'select', 'select from numbers')],
  [1, plain(1, 'select 1 where false', 'select id from items where id < 0')],
  [2, plain(2, 'select mood, count(*) from items group by mood order by mood', 'select total(1, 2), total(3, 4)')],
  [2, large],
  [
    2,
    plain(
      0,
      'copy numbers to stdout',
      'copy items (id, name, tags, raw) to stdout (format csv, header)',
      'copy (select n, null from numbers order by n) to stdout (format binary)',
      'copy (select from numbers) to stdout',
      'copy (select 100 / (n - 20) from numbers order by n) to stdout',
      "copy (select repeat('z', 70000)) to stdout",
      'copy nowhere to stdout',
    ),
  ],
  [
    1,
    plain(
      1,
      'explain (costs off) select * from generate_series(1, 3)',
      'explain (costs off) insert into noisy values (1)',
    ),
  ],
  [
    1,
    plain(
      1,
      "select nextval('counter')",
      "select currval('counter')",
      'select lastval()',
      "select setval('counter', 5)",
    ),
  ],
  [2, plain(1, 'show timezone', 'show search_path', 'show transaction_isolation', 'show no_such_setting')],
  [
    2,
    withParameters(
      1,
      ['int'],
      'select n from numbers where n <= $1 order by n',
      'select name from items where id = $1',
    ),
  ],
  [2, withParameters(2, ['text', 'int'], 'select $1::text as said, $2::int + 1', 'select upper($1), 100 / $2::int')],
  [1, withParameters(3, ['date', 'json', 'ints'], 'select $1::date, $2::jsonb, $3::int[]')],
  [1, withParameters(4, ['bool', 'float', 'bytes', 'bigint'], 'select $1::bool, $2::float8, $3::bytea, $4::int8')],
  [1, withParameters(1, ['ints'], 'select count(*) from items where id = any($1)')],
];

/** What writes. */
export const writes: readonly Choice[] = [
  [3, plain(0, "insert into notes (body) values ('said')", "insert into notes (item, body) values (2, 'of two')")],
  [
    2,
    plain(
      1,
      "insert into notes (body) values ('a'), ('b') returning id",
      'update items set price = price + 1 where id < 4 returning id',
    ),
  ],
  [
    2,
    plain(
      0,
      "update items set name = name || '!' where id = 2",
      'delete from notes where id = 1',
      'delete from items where id = 12',
    ),
  ],
  [2, plain(0, 'insert into noisy select generate_series(1, 3)', 'insert into noisy values (7)')],
  [1, plain(1, 'with gone as (delete from notes returning id) select count(*) from gone')],
  [1, plain(0, "insert into items (id, name) values (1, 'again') on conflict (id) do update set name = excluded.name")],
  [
    2,
    withParameters(
      0,
      ['int', 'text'],
      'insert into notes (item, body) values ($1, $2)',
      'update notes set item = $1 where body = $2',
    ),
  ],
  [1, withParameters(2, ['text'], 'insert into notes (body) values ($1) returning id, body')],
  [1, withParameters(0, ['json', 'int'], 'update items set data = $1 where id = $2')],
  [
    1,
    plain(
      0,
      "merge into notes n using (values (2, 'm'), (90, 'n')) v(id, body) on n.id = v.id when matched then update set body = v.body when not matched then insert (body) values (v.body)",
    ),
  ],
];

/** What fails: before it runs, while it runs, after some rows, at the end of its transaction. */
export const failures: readonly Choice[] = [
  [
    2,
    plain(1, 'select 1/0', "select 'x'::int", 'select nothing', 'select * from nowhere', 'select no_such_function(1)'),
  ],
  [2, plain(1, 'select 100 / (n - 20) from numbers order by n', 'select 1/(n - 3) from generate_series(1, 5) n')],
  [
    2,
    plain(
      0,
      "insert into items (id, name) values (1, 'twice')",
      'insert into items (id) values (40)',
      'update items set price = -1 where id = 3',
    ),
  ],
  [2, plain(0, 'insert into notes (item) values (4711)')],
  [2, garbled('selec 1', 'select (1', "select 'open", 'insert into', 'select 1 from', '$1', 'select * frm items')],
  [
    1,
    plain(
      0,
      'create table items (n int)',
      'drop table nowhere',
      'alter table nowhere add n int',
      'create index on nowhere (n)',
    ),
  ],
  [1, withParameters(1, ['int', 'int'], 'select $1 + $3', 'select $2::int')],
];

/** What changes definitions. */
export const definitions: readonly Choice[] = [
  [2, plain(0, 'create temp table mine (n int, t text)', 'create temp table brief (n int) on commit drop')],
  [
    1,
    plain(
      0,
      'create table made (n int primary key, t text)',
      'create table made as select n from numbers',
      'drop table if exists made',
    ),
  ],
  [
    1,
    plain(
      0,
      'drop table mine',
      'drop table if exists mine, brief',
      'drop view cheap',
      'create or replace view cheap as select id, name, price from items',
    ),
  ],
  [
    1,
    plain(
      0,
      'alter table notes add column more text',
      'alter table items drop column raw',
      'alter table numbers rename to numerals',
      'create index on notes (item)',
    ),
  ],
  [
    1,
    plain(
      0,
      "comment on table items is 'things'",
      'create schema other',
      'create type pair as (a int, b text)',
      "create function one() returns int language sql as 'select 1'",
    ),
  ],
  [
    1,
    plain(
      0,
      'analyze numbers',
      'create temp view glance as select 1 as n',
      'create sequence steps',
      'drop sequence if exists steps',
    ),
  ],
];

/** What changes the session. */
export const settings: readonly Choice[] = [
  [
    2,
    plain(
      0,
      "set timezone = 'Europe/Paris'",
      'reset timezone',
      "set datestyle = 'German'",
      "set application_name = 'me'",
    ),
  ],
  [
    1,
    plain(
      0,
      "set local timezone = 'Asia/Tokyo'",
      'set intervalstyle = iso_8601',
      'set extra_float_digits = 0',
      'reset all',
    ),
  ],
  [1, plain(0, 'set client_min_messages = warning', 'set client_min_messages = error', 'reset client_min_messages')],
  [
    1,
    plain(
      0,
      'set bytea_output = escape',
      "set statement_timeout = '10min'",
      'set no_such_setting = 1',
      "set timezone = 'Nowhere/Land'",
    ),
  ],
  [1, plain(0, 'discard plans', 'discard temp', 'discard sequences')],
  [1, plain(0, 'set constraints all immediate', 'set constraints all deferred', 'lock table items in share mode')],
  [1, plain(0, 'listen news', "notify news, 'heard'", 'unlisten news', 'unlisten *', 'notify news')],
  [1, plain(1, "select pg_notify('news', 'by function')", "select set_config('timezone', 'UTC', false)")],
];

/** What must run alone. */
export const soles: readonly Choice[] = [
  [1, plain(0, 'discard all')],
  [1, plain(0, 'vacuum numbers')],
];

/** What the policy refuses (see policy.ts), in any state and wherever it stands. */
export const denied: readonly Choice[] = [
  [2, plain(0, 'truncate numbers', 'truncate nowhere')],
  [2, plain(0, 'delete from forbidden', 'with d as (delete from forbidden returning n) select * from d')],
  [1, plain(0, "insert into notes (body) values ('before'); truncate notes", 'begin; delete from forbidden; commit')],
  [1, withParameters(0, ['int'], 'delete from forbidden where n = $1')],
];
