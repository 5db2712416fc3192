import type { Random } from '../random.ts';
import type { Text } from './scene.ts';
import type { KindName } from './values.ts';

/** Statements whose rows have so many columns; 0 for those without. */
export const giving = (columns: number, ...texts: readonly string[]): readonly Text[] =>
  texts.map((text) => ({ text, parameters: [], columns }));

const binding = (columns: number, parameters: readonly KindName[], ...texts: readonly string[]): readonly Text[] =>
  texts.map((text) => ({ text, parameters, columns }));

/** What reads. */
export const READS: readonly Text[] = [
  ...giving(
    1,
    'select 1',
    "select 'a' as b",
    'select null::text',
    "select ''",
    'select n from numbers order by n limit 3',
    'select n from numbers order by n',
    'select generate_series(1, 200)',
    'select 1 where false',
    'select id from items where id < 0',
    'select id from items order by id for update',
    'select (i).name from items i order by i.id limit 2',
    // Of types that the server brings along: binary rows hold their OIDs, and databases number their own types apart.
    'select row(i.id, i.name, i.price) from items i where id = 3',
    'select array_agg(n order by n) from numbers where n < 5',
    "select nextval('counter')",
    "select currval('counter')",
    'select lastval()',
    "select setval('counter', 5)",
    'select pg_advisory_xact_lock(7)',
    'show timezone',
    'show search_path',
    'show transaction_isolation',
    'show no_such_setting',
    'explain (costs off) select * from generate_series(1, 3)',
    'explain (costs off) insert into noisy values (1)',
    'explain (analyze, costs off, timing off, summary off, buffers off) select 1',
  ),
  ...giving(
    2,
    'select mood, count(*) from items group by mood order by mood',
    'select total(1, 2), total(3, 4)',
    'select n, x.* from numbers, lateral (select n * 2) x where n < 3 order by n',
    'with recursive r(a, b) as (select 1, 1 union all select b, a + b from r where a < 50) select * from r',
  ),
  ...giving(3, 'select * from cheap order by id', "values (1, null, true), (2, 'b', false)"),
  ...giving(8, 'select * from items order by id', 'table items'),
  ...giving(
    0,
    'select',
    'select from numbers',
    'copy numbers to stdout',
    'copy items (id, name, tags, raw) to stdout (format csv, header)',
    'copy (select n, null from numbers order by n) to stdout (format binary)',
    'copy (select from numbers) to stdout',
    'copy (select 100 / (n - 20) from numbers order by n) to stdout',
    "copy (select repeat('z', 70000)) to stdout",
    'copy nowhere to stdout',
  ),
  ...binding(
    1,
    ['int'],
    'select n from numbers where n <= $1 order by n',
    'select name from items where id = $1',
    'select generate_series(1, $1)',
  ),
  ...binding(1, ['ints'], 'select count(*) from items where id = any($1)'),
  ...binding(1, ['text'], 'select name from items where mood = $1::mood order by id', 'select length($1)'),
  ...binding(2, ['text', 'int'], 'select $1::text as said, $2::int + 1', 'select upper($1), 100 / $2::int'),
  ...binding(3, ['date', 'json', 'ints'], 'select $1::date, $2::jsonb, $3::int[]'),
  ...binding(4, ['bool', 'float', 'bytes', 'bigint'], 'select $1::bool, $2::float8, $3::bytea, $4::int8'),
];

/** Rows of any size: around those of buffers on the way, and a megabyte now and then. */
export function large(random: Random): Text {
  const length = random.weighted([
    [6, 500],
    [6, 9000],
    [3, 70_000],
    [1, 1_000_000],
  ]);
  const rows = length > 500_000 ? 1 : random.integer(1, 5);
  return {
    text: `select n, repeat('y', ${length}) from generate_series(1, ${rows}) n`,
    parameters: [],
    columns: 2,
  };
}

/** What writes. */
export const WRITES: readonly Text[] = [
  ...giving(
    0,
    "insert into notes (body) values ('said')",
    "insert into notes (item, body) values (2, 'of two')",
    "update items set name = name || '!' where id = 2",
    "update items set at = at + interval '1 day', tags = tags || 'more' where id in (3, 4)",
    'delete from notes where id = 1',
    'delete from items where id = 12',
    'insert into noisy select generate_series(1, 3)',
    'insert into noisy values (7)',
    "insert into items (id, name) values (1, 'again') on conflict (id) do update set name = excluded.name",
    "merge into notes n using (values (2, 'm'), (90, 'n')) v(id, body) on n.id = v.id when matched then update set body = v.body when not matched then insert (body) values (v.body)",
    'insert into mine values (1)',
  ),
  ...giving(
    1,
    "insert into notes (body) values ('a'), ('b') returning id",
    'update items set price = price + 1 where id < 4 returning id',
    'with gone as (delete from notes returning id) select count(*) from gone',
  ),
  ...binding(
    0,
    ['int', 'text'],
    'insert into notes (item, body) values ($1, $2)',
    'update notes set item = $1 where body = $2',
  ),
  ...binding(2, ['text'], 'insert into notes (body) values ($1) returning id, body'),
  ...binding(0, ['json', 'int'], 'update items set data = $1 where id = $2'),
];

/** What fails: before it runs, while it runs, after some rows, at the end of its transaction. */
export const FAILURES: readonly Text[] = [
  ...giving(
    1,
    'select 1/0',
    "select 'x'::int",
    'select nothing',
    'select * from nowhere',
    'select no_such_function(1)',
    'select 100 / (n - 20) from numbers order by n',
    'select 1/(n - 3) from generate_series(1, 5) n',
    "select repeat('w', 20000), 1/(n - 3) from generate_series(1, 5) n",
  ),
  ...giving(
    0,
    "insert into items (id, name) values (1, 'twice')",
    'insert into items (id) values (40)',
    'update items set price = -1 where id = 3',
    'insert into notes (item) values (4711)',
    'create table items (n int)',
    'drop table nowhere',
    'alter table nowhere add n int',
    'create index on nowhere (n)',
  ),
  ...binding(1, ['int', 'int'], 'select $1 + $3', 'select $2::int'),
];

/** What is no SQL. */
export const GARBLED: readonly Text[] = giving(
  0,
  'selec 1',
  'select (1',
  "select 'open",
  'insert into',
  'select 1 from',
  '$1',
  'select * frm items',
  'select "unclosed',
  'select /* open',
).map((text) => ({ ...text, garbled: true }));
