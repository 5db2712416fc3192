import { type Errand, errands, shaping, writing } from './errand.ts';

function oneByOne(given: readonly Errand[]): Errand[] {
  return given.map((errand) => ({ ...errand, modes: errand.modes.filter((mode) => mode !== 'pipelined') }));
}

const changes = errands(writing, [
  ['an insert', 'insert into app.orders (id, customer, total) values (100, 1, 5)'],
  [
    'an insert with parameters',
    {
      sql: 'insert into app.orders (id, customer, total, note) values ($1, $2, $3, $4) returning id',
      values: ['101', '2', '7.5', "it's; drop table app.orders"],
    },
  ],
  ['an insert of many rows', 'insert into app.orders (id, customer) select n, 1 from generate_series(200, 220) n'],
  ['an insert with defaults', 'insert into app.orders (id) values (102) returning *'],
  [
    'an upsert',
    "insert into app.orders (id, note) values (1, 'again') on conflict (id) do update set note = excluded.note returning note",
  ],
  ['an upsert that does nothing', 'insert into app.orders (id) values (1) on conflict do nothing'],
  ['an update of one row', "update app.orders set note = 'seen' where id = 2"],
  [
    'an update with parameters',
    { sql: 'update app.orders set note = $1, total = total + $2 where id = $3 returning *', values: ['x', '1', '3'] },
  ],
  [
    'an update from another table',
    'update app.orders o set total = c.balance from app.customers c where c.id = o.customer and o.id = 4',
  ],
  ['an update by a sub-select', "update app.orders set note = 'max' where id = (select max(id) from app.orders)"],
  ['an update of several columns at once', "update app.orders set (note, total) = ('both', 9) where id = 5"],
  ['an update of a JSON field', "update app.customers set data = jsonb_set(data, '{n}', '7') where id = 6"],
  ['a delete of one row', 'delete from app.orders where id = 30'],
  ['a delete with parameters', { sql: 'delete from app.orders where id = $1 returning id', values: ['29'] }],
  ['a delete by a join', 'delete from app.orders o using app.customers c where c.id = o.customer and o.id = 28'],
  ['a delete by a list', { sql: 'delete from app.orders where id = any($1)', values: ['{26,27}'] }],
  [
    'a CTE that moves rows',
    'with d as (delete from app.orders where id = 25 returning *) insert into app.orders select id + 1000, customer, total, note from d returning id',
  ],
  [
    'a MERGE',
    "merge into app.orders o using (values (1, 'm'), (500, 'n')) v(id, note) on o.id = v.id when matched then update set note = v.note when not matched then insert (id, note) values (v.id, v.note)",
  ],
  [
    'a COPY in',
    { sql: 'copy app.orders (id, customer, total) from stdin', copy: '300\t1\t5\n301\t2\t6\n' },
    { modes: ['simple', 'extended', 'named'] },
  ],
  [
    'a COPY in as CSV',
    { sql: 'copy app.orders (id, note) from stdin with (format csv)', copy: '302,"a, b"\n' },
    { modes: ['simple', 'extended'] },
  ],
  ['a COPY in that the client ends', 'copy app.orders (id) from stdin', { modes: ['simple', 'extended'] }],
  [
    'a COPY in with bad data',
    { sql: 'copy app.orders (id) from stdin', copy: 'x\n' },
    { modes: ['simple', 'extended'] },
  ],
  ['a violated key', 'insert into app.orders (id) values (1)'],
  ['a violated reference', 'insert into app.orders (id, customer) values (400, 4711)'],
  ['a missing value', 'insert into app.customers (id, name) values (50, null)'],
  [
    'a transaction',
    ['begin', "update app.orders set note = 't' where id = 7", 'commit', 'select note from app.orders where id = 7'],
  ],
  [
    'a rollback',
    ['begin', 'delete from app.orders where id = 8', 'rollback', 'select count(*) from app.orders where id = 8'],
  ],
  [
    'a savepoint',
    [
      'begin',
      "update app.orders set note = 'a' where id = 9",
      'savepoint s',
      "update app.orders set note = 'b' where id = 9",
      'rollback to savepoint s',
      'release savepoint s',
      'commit',
      'select note from app.orders where id = 9',
    ],
  ],
  [
    'a transaction that fails',
    ['begin', 'select 1/0', 'select 1', 'commit', 'select 2'],
    { modes: ['simple', 'extended'] },
  ],
  ['a serializable transaction', ['begin isolation level serializable', 'select count(*) from app.orders', 'commit']],
  [
    'a read-only transaction',
    ['begin read only', 'select count(*) from app.orders', 'insert into app.orders (id) values (600)', 'rollback'],
    { modes: ['simple', 'extended'] },
  ],
  ['START TRANSACTION and AND CHAIN', ['start transaction', 'select 1', 'commit and chain', 'select 2', 'rollback']],
  [
    'several writes in one Query',
    "insert into app.orders (id) values (700); update app.orders set note = 'x' where id = 700; select note from app.orders where id = 700",
    { modes: ['simple'] },
  ],
  ['a transaction in one Query', 'begin; insert into app.orders (id) values (701); commit', { modes: ['simple'] }],
  [
    'PREPARE, EXECUTE, DEALLOCATE',
    [
      'prepare p (int) as select name from app.customers where id = $1',
      'execute p (1)',
      'execute p (2)',
      'deallocate p',
    ],
    { modes: ['simple', 'extended', 'named'] },
  ],
  [
    'a prepared insert',
    ['prepare i (int) as insert into app.orders (id) values ($1) returning id', 'execute i (800)', 'deallocate all'],
    { modes: ['simple', 'extended', 'named'] },
  ],
  [
    'a cursor',
    [
      'begin',
      'declare c cursor for select id from app.orders order by id',
      'fetch 3 from c',
      'move 2 in c',
      'fetch next from c',
      'close c',
      'commit',
    ],
  ],
  [
    'a scrolling cursor',
    [
      'begin',
      'declare c scroll cursor for select id from app.customers order by id',
      'fetch last from c',
      'fetch prior from c',
      'fetch absolute 2 from c',
      'commit',
    ],
  ],
  [
    'a held cursor',
    ['declare c cursor with hold for select id from app.customers order by id', 'fetch 2 from c', 'close c'],
  ],
  ['a sequence', "select nextval('app.counter'), currval('app.counter')"],
  [
    'session settings',
    [
      "set statement_timeout = '5s'",
      'show statement_timeout',
      "set time zone 'UTC'",
      "set datestyle = 'ISO, MDY'",
      "set application_name = 'tests'",
      "set intervalstyle = 'postgres'",
      'set extra_float_digits = 3',
      'reset statement_timeout',
      "set local lock_timeout = '1s'",
    ],
  ],
  [
    'settings of a transaction',
    [
      'begin',
      "set local work_mem = '8MB'",
      'set transaction isolation level repeatable read',
      'show work_mem',
      'commit',
    ],
  ],
  [
    'the lexer’s settings as they are',
    ['set standard_conforming_strings = on', "set client_encoding = 'UTF8'", "set names 'utf8'"],
  ],
  [
    'settings a driver makes',
    ['set session characteristics as transaction isolation level read committed', 'set client_min_messages = warning'],
  ],
]);

/** Names that one batch both makes and uses cannot be judged before it runs: they are sent one by one. */
const shapes = oneByOne(
  errands(shaping, [
    [
      'a table made and filled',
      [
        'create table app.made (id serial primary key, n int not null default 1 check (n > 0), t timestamptz default now())',
        'insert into app.made (n) values (1), (2) returning id',
        'select count(*) from app.made',
      ],
    ],
    [
      'a table changed',
      [
        'alter table app.orders add column extra text',
        "update app.orders set extra = 'x' where id = 1",
        'select extra from app.orders where id = 1',
        'alter table app.orders drop column extra',
      ],
    ],
    [
      'an index',
      [
        'create index on app.orders (customer, total desc)',
        'create unique index only_one on app.orders (id) where total > 0',
        'drop index app.only_one',
      ],
    ],
    [
      'a view',
      [
        'create view app.rich as select * from app.customers where balance > 50',
        'select count(*) from app.rich',
        'create or replace view app.rich as select * from app.customers where balance > 60',
        'select count(*) from app.rich',
        'drop view app.rich',
      ],
    ],
    [
      'a materialized view',
      [
        'create materialized view app.sums as select customer, sum(total) from app.orders group by 1',
        'select count(*) from app.sums',
        'refresh materialized view app.sums',
        'drop materialized view app.sums',
      ],
    ],
    [
      'an enum and a domain',
      [
        "create type app.mood as enum ('sad', 'ok')",
        "select 'ok'::app.mood",
        'create domain app.positive as int check (value > 0)',
        'select 5::app.positive',
        'drop type app.mood',
        'drop domain app.positive',
      ],
    ],
    [
      'a table renamed',
      [
        'create table app.one (id int)',
        'alter table app.one rename to two',
        'insert into app.two values (1)',
        'drop table app.two',
      ],
    ],
    [
      'a table in a transaction that is rolled back',
      [
        'begin',
        'create table app.gone (id int)',
        'insert into app.gone values (1)',
        'rollback',
        "select to_regclass('app.gone')",
      ],
    ],
    [
      'a partitioned table',
      [
        'create table app.parts (id int, n int) partition by range (id)',
        'create table app.parts_1 partition of app.parts for values from (0) to (10)',
        'insert into app.parts values (1, 1)',
        'select * from app.parts',
      ],
    ],
    [
      'a table copied',
      [
        'create table app.copied (like app.orders including all)',
        'insert into app.copied select * from app.orders',
        'select count(*) from app.copied',
        'truncate app.copied',
      ],
    ],
    [
      'a comment',
      ["comment on column app.orders.note is 'free text'", "select col_description('app.orders'::regclass, 4)"],
    ],
  ]),
);

/** A call is what the policy on the server's own matters refuses. */
const calls = oneByOne(
  errands(
    ['scoped', 'tables'],
    [
      [
        'a SQL function',
        [
          'create function app.double_it(n int) returns int language sql immutable as $$ select n * 2 $$',
          'select app.double_it(4)',
          'select app.double_it(id) from app.customers where app.double_it(id) > 10 order by 1',
        ],
      ],
    ],
  ),
);

/** Tables of the connection alone: no schema is in the way, and no rule names them. */
const temporary = errands(
  ['tables', 'production'],
  [
    [
      'a temporary table',
      [
        'create temp table scratch (id int, v text)',
        "insert into scratch values (1, 'a')",
        'select * from scratch',
        "update scratch set v = 'b' where id = 1",
        'table scratch',
      ],
    ],
    [
      'a temporary table that goes with the transaction',
      [
        'begin',
        'create temp table scratch on commit drop as select id from app.customers',
        'select count(*) from scratch',
        'commit',
      ],
    ],
    ['LISTEN and NOTIFY', ['listen news', "notify news, 'hello'", 'unlisten news'], { modes: ['simple'] }],
    ['advisory locks', ['select pg_advisory_lock(1)', 'select pg_advisory_unlock(1)'], { modes: ['simple'] }],
    ['FOR UPDATE', ['begin', 'select id from app.orders where id = 1 for update skip locked', 'commit']],
    ['LOCK TABLE', ['begin', 'lock table app.orders in share mode', 'commit']],
  ],
);

export const writes: readonly Errand[] = [...changes, ...shapes, ...calls, ...temporary];
