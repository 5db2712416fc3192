import { frames } from '../../postgres/frames.ts';
import { attacks, changed, leaked } from './attack.ts';

const orders = changed('app.orders');
const telling = "raise notice '%', (select value from secret.keys limit 1)";

/** A function in PL/pgSQL. */
const f = (name: string, args: string, body: string, ret = 'int', opt = '') =>
  `create function app.${name}(${args}) returns ${ret} language plpgsql ${opt} as $$ begin ${body}; end $$`;

/** Code behind tables, types and statements that look like data. */
export const hiddenCode = attacks('tables', 'R23', [
  [
    'a default of a view column',
    'insert into app.v (id) values (77)',
    leaked,
    {
      setup: [
        f('dt', '', telling + "; return 'x'", 'text'),
        'create table app.ol (id int, what text)',
        'create view app.v as select id, what from app.ol',
        'alter view app.v alter what set default app.dt()',
      ],
    },
  ],
  ['a variadic overload', 'select app.g(1, 2)', leaked, { setup: [f('g', 'variadic int[]', telling + '; return 1')] }],
  [
    'a polymorphic overload',
    'select app.g(1::smallint)',
    leaked,
    { setup: [f('g', 'anyelement', telling + '; return 1')] },
  ],
  [
    'a view WITH CHECK OPTION',
    'insert into app.v values (78, 1)',
    leaked,
    {
      setup: [
        f('c', 'int', telling + '; return true', 'boolean'),
        'create view app.v as select id, customer from app.orders where app.c(id) with check option',
      ],
    },
  ],
  [
    'a security barrier view',
    'select * from app.v',
    leaked,
    {
      setup: [
        f('c', 'int', telling + '; return true', 'boolean'),
        'create view app.v with (security_barrier) as select id from app.orders where app.c(id)',
      ],
    },
  ],
  [
    'a range subtype_diff',
    'create index on app.rr using gist (r)',
    leaked,
    {
      setup: [
        f('diff', 'int, int', telling + '; return 1.0', 'double precision', 'immutable'),
        'create type app.rt as range (subtype = int, subtype_diff = app.diff)',
        'create table app.rr as select app.rt(n, n + 10) as r from generate_series(1, 600) n',
      ],
    },
  ],
  [
    'a foreign key over an own type',
    "insert into app.ch values ('(1)')",
    leaked,
    {
      setup: [
        'create type app.bt as (n int)',
        f('cmp', 'app.bt, app.bt', telling + '; return 0', 'int', 'immutable'),
        f('same', 'app.bt, app.bt', telling + '; return true', 'boolean', 'immutable'),
        'create operator app.=== (leftarg = app.bt, rightarg = app.bt, function = app.same, commutator = ===)',
        'create operator class app.bc default for type app.bt using btree as operator 3 app.===, function 1 app.cmp(app.bt, app.bt)',
        'create table app.pk (x app.bt primary key)',
        "insert into app.pk values ('(1)')",
        'create table app.ch (x app.bt references app.pk)',
      ],
    },
  ],
  [
    'a partition moved into',
    'update app.w set n = 15 where n = 5',
    leaked,
    {
      setup: [
        f('t', '', telling + '; return new', 'trigger'),
        'create table app.w (n int) partition by range (n)',
        'create table app.w1 partition of app.w for values from (0) to (10)',
        'create table app.w2 partition of app.w for values from (10) to (20)',
        'insert into app.w values (5)',
        'create trigger t before insert on app.w2 for each row execute function app.t()',
      ],
    },
  ],
  [
    'a trigger on a view under MERGE',
    'merge into app.v using (select 1) s on false when not matched then insert values (5)',
    leaked,
    {
      setup: [
        f('t', '', telling + '; return new', 'trigger'),
        'create view app.v as select 1 as n',
        'create trigger t instead of insert on app.v for each row execute function app.t()',
      ],
      since: 17,
    },
  ],
  [
    'a statement trigger without rows',
    'update app.orders set note = note where false',
    leaked,
    {
      setup: [
        f('t', '', telling + '; return null', 'trigger'),
        'create trigger t after update on app.orders for each statement execute function app.t()',
      ],
    },
  ],
  [
    'an event trigger by REFRESH',
    'refresh materialized view app.m',
    leaked,
    {
      setup: [
        f('e', '', telling, 'event_trigger'),
        'create materialized view app.m as select 1',
        'create event trigger et on ddl_command_end execute function app.e()',
      ],
    },
  ],
  [
    'an event trigger by SELECT INTO',
    'select 1 into app.fresh',
    leaked,
    {
      setup: [
        f('e', '', telling, 'event_trigger'),
        'create event trigger et on ddl_command_end execute function app.e()',
      ],
    },
  ],
  [
    'an event trigger by CREATE in DO',
    'do $$ begin create temp table x (n int); end $$',
    leaked,
    {
      setup: [
        f('e', '', telling, 'event_trigger'),
        'create event trigger et on ddl_command_end execute function app.e()',
      ],
    },
  ],
  [
    'an event trigger by COMMENT',
    "comment on table app.orders is 'x'",
    leaked,
    {
      setup: [
        f('e', '', telling, 'event_trigger'),
        'create event trigger et on ddl_command_end execute function app.e()',
      ],
    },
  ],
  [
    'an event trigger by ANALYZE-like GRANT',
    'grant select on app.orders to low',
    leaked,
    {
      setup: [
        f('e', '', telling, 'event_trigger'),
        'create event trigger et on ddl_command_end execute function app.e()',
      ],
    },
  ],
  [
    'a security definer path',
    'select app.sd()',
    leaked,
    {
      setup: [
        'create view app.innocuous as select 1 as n',
        "create function app.sd() returns text language sql security definer set search_path = secret as 'select value from keys limit 1'",
      ],
    },
  ],
  [
    'SET FROM CURRENT',
    [
      'set search_path = secret, app',
      'create function app.sc() returns text language plpgsql set search_path from current as $$ begin return (select value from keys limit 1); end $$',
      'set search_path = app',
      'select app.sc()',
    ],
    leaked,
    { modes: ['simple', 'extended', 'named'] },
  ],
  [
    'a function body read at once',
    [
      'set check_function_bodies = off',
      "create function app.z() returns text language sql as 'select value from keys limit 1'",
      'set search_path = secret, app',
      'select app.z()',
    ],
    leaked,
    { modes: ['simple', 'extended', 'named'] },
  ],
  [
    'an aggregate in moving mode',
    'select app.agg(id) over (order by id rows 1 preceding) from app.orders',
    leaked,
    {
      setup: [
        f('s', 'int, int', 'return 1'),
        f('ms', 'int, int', telling + '; return 1'),
        f('mi', 'int, int', 'return 1'),
        'create aggregate app.agg(int) (sfunc = app.s, stype = int, initcond = 0, msfunc = app.ms, minvfunc = app.mi, mstype = int, minitcond = 0)',
      ],
    },
  ],
  [
    'an ordered-set aggregate',
    'select app.oagg() within group (order by id) from app.orders',
    leaked,
    {
      setup: [
        f('s', 'int, int', telling + '; return 1'),
        'create aggregate app.oagg(order by int) (sfunc = app.s, stype = int, initcond = 0)',
      ],
    },
  ],
  [
    'a prefix operator',
    'select @@@@ 1',
    leaked,
    { setup: [f('o', 'int', telling + '; return 1'), 'create operator app.@@@@ (rightarg = int, function = app.o)'] },
  ],
  [
    'a function in a system schema',
    'select pg_catalog.odd()',
    leaked,
    {
      setup: [
        "set allow_system_table_mods = on; create function pg_catalog.odd() returns text language sql as 'select value from secret.keys limit 1'",
      ],
    },
  ],
  [
    'a function that hides behind a pure name',
    "select lower('A')",
    leaked,
    {
      setup: [
        "set allow_system_table_mods = on; create function app.lower(text) returns text language sql as 'select value from secret.keys limit 1'",
        'alter role guarded in database app set search_path = app, pg_catalog',
      ],
    },
  ],
  [
    'a view in information_schema',
    'select * from information_schema.odd',
    leaked,
    { setup: ['create view information_schema.odd as select value from secret.keys'] },
  ],
  [
    'a view of information_schema replaced',
    'select * from information_schema.sql_sizing_v',
    leaked,
    { setup: ['create view information_schema.sql_sizing_v as select value from secret.keys'] },
  ],
  [
    'a rule that notifies',
    'insert into app.orders values (98, 2)',
    leaked,
    { setup: ['create rule r as on insert to app.orders do also select value from secret.keys'] },
  ],
  [
    'a table type that shadows',
    "select '(1)'::date",
    leaked,
    {
      setup: [
        f('chk', 'int', telling + '; return true', 'boolean'),
        'create domain app.dd as int check (app.chk(value))',
        'create table app.date (d app.dd)',
        'alter role guarded in database app set search_path = app, pg_catalog',
      ],
    },
  ],
  [
    'a savepoint and a local path',
    ['begin', 'savepoint a', 'set local search_path = secret, app', 'release a', 'select * from keys', 'commit'],
    leaked,
  ],
  [
    'a path set behind a Sync',
    [
      {
        frames: [
          frames.parse('begin'),
          frames.bind(),
          frames.execute(),
          frames.parse('set local search_path = secret'),
          frames.bind(),
          frames.execute(),
          frames.sync(),
          frames.parse('select * from keys'),
          frames.bind(),
          frames.execute(),
          frames.sync(),
        ],
        answers: 2,
      },
    ],
    leaked,
  ],
  [
    'portal bound, then path, then run',
    [
      {
        frames: [
          frames.parse('select app.g()', 's'),
          frames.bind({ statement: 's', portal: 'p' }),
          frames.parse('set search_path = secret'),
          frames.bind(),
          frames.execute(),
          frames.execute('p'),
          frames.sync(),
        ],
      },
    ],
    leaked,
    {
      setup: [
        'set search_path=app; create table app.keys as select 0 as id, null::text as value',
        "create function app.g() returns text language plpgsql as 'begin return (select value from keys limit 1); end'",
      ],
    },
  ],
  [
    'a held cursor read by protocol',
    [
      'begin',
      'declare c cursor with hold for select app.g()',
      {
        frames: [
          frames.parse('set search_path = secret'),
          frames.bind(),
          frames.execute(),
          frames.parse('commit'),
          frames.bind(),
          frames.execute(),
          frames.parse('fetch all from c'),
          frames.bind(),
          frames.execute(),
          frames.sync(),
        ],
      },
    ],
    leaked,
    {
      setup: [
        'set search_path=app; create table app.keys as select 0 as id, null::text as value',
        "create function app.g() returns text language plpgsql as 'begin return (select value from keys limit 1); end'",
      ],
    },
  ],
]);

/** Reading that is not. */
export const falseReads = attacks('read-only', 'R29', [
  [
    'satisfies_hash_partition',
    "select satisfies_hash_partition('app.whole'::regclass, 1, 0, 1)",
    { sql: 'select last_value > 1 from app.counter' },
    {
      setup: [
        "create function app.h(int, bigint) returns bigint language sql immutable as $$ select nextval('app.counter') + nextval('app.counter') $$",
        'create operator class app.hc for type int using hash as operator 1 =, function 2 app.h(int, bigint)',
        'create table app.whole (n int) partition by hash (n app.hc)',
        'create table app.p0 partition of app.whole for values with (modulus 1, remainder 0)',
      ],
    },
  ],
  [
    'a select of a view made by another session',
    'select * from app.v',
    orders,
    { setup: ['create view app.v as select app.purge()'] },
  ],
  ['EXPLAIN ANALYZE DECLARE', 'explain analyze declare c cursor for select app.purge()', orders, {}],
  ['EXPLAIN with ANALYZE twice', 'explain (analyze off, analyze on) delete from app.orders', orders, {}],
  ['COPY of a function', 'copy (select app.purge()) to stdout', orders, {}],
  ['VALUES with a function', 'values (app.purge())', orders, {}],
  ['a statement behind an empty one', ';;select app.purge();;', orders, { modes: ['simple'] }],
]);
