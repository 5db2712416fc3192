import { attacks, changed, leaked } from './attack.ts';

const audit = changed('app.audit');
const harmless = 'create function app.f() returns int language plpgsql as $$ begin return 1; end $$';
const harmful =
  "create or replace function app.f() returns int language plpgsql as $$ begin update app.audit set what = 'x'; return 1; end $$";
const harmlessTrigger = 'create function app.t() returns trigger language plpgsql as $$ begin return null; end $$';
const harmfulTrigger =
  "create or replace function app.t() returns trigger language plpgsql as $$ begin update app.audit set what = 'x'; return null; end $$";
const deferred =
  'create constraint trigger t after insert on app.orders deferrable initially deferred for each row execute function app.t()';
const telling =
  "create function app.tell(anyelement) returns int language plpgsql immutable as $$ begin raise notice '%', (select value from secret.keys limit 1); return 1; end $$";

/** Code that is harmless when it is judged and harmful when it runs. */
export const replacedCode = attacks('tables', 'R23', [
  [
    'a function replaced',
    [harmless, 'select app.f()', harmful, 'select app.f()'],
    audit,
    { modes: ['simple', 'extended', 'named'] },
  ],
  [
    'a function replaced, prepared before',
    [harmless, 'prepare p as select app.f()', 'execute p', harmful, 'execute p'],
    audit,
    { modes: ['simple', 'extended', 'named'] },
  ],
  [
    'a function replaced in one Query',
    `${harmless}; select app.f(); ${harmful}; select app.f()`,
    audit,
    { modes: ['simple'] },
  ],
  [
    'a function replaced in a transaction that is rolled back to',
    [
      harmful,
      'begin',
      'savepoint s',
      'create or replace function app.f() returns int language plpgsql as $$ begin return 1; end $$',
      'select app.f()',
      'rollback to s',
      'select app.f()',
      'commit',
    ],
    audit,
    { modes: ['simple', 'extended', 'named'] },
  ],
  [
    'a function replaced while a cursor reads',
    [
      'begin',
      'declare c cursor for select app.f() from app.orders',
      'fetch 1 from c',
      harmful,
      'fetch 1 from c',
      'commit',
    ],
    audit,
    { setup: [harmless], modes: ['simple', 'extended', 'named'] },
  ],
  [
    'a function replaced while a cursor is held',
    ['begin', 'declare c cursor with hold for select app.f() from app.orders', harmful, 'commit'],
    audit,
    { setup: [harmless], modes: ['simple', 'extended', 'named'] },
  ],
  [
    'a function given another search path',
    [
      "create function app.g() returns void language sql as $$ update journal set what = 'x' $$",
      'alter function app.g() set search_path = hidden',
      'select app.g()',
    ],
    audit,
    {
      setup: [
        'create schema hidden',
        'create view hidden.journal as table app.audit',
        'create table app.journal as table app.audit',
      ],
      modes: ['simple', 'extended', 'named'],
    },
  ],
  [
    'a deferred trigger replaced before COMMIT',
    ['begin', 'insert into app.orders (id, customer) values (800, 1)', harmfulTrigger, 'commit'],
    audit,
    { setup: [harmlessTrigger, deferred] },
  ],
  [
    'a deferred trigger replaced before END',
    ['begin', 'insert into app.orders (id, customer) values (800, 1)', harmfulTrigger, 'end work'],
    audit,
    { setup: [harmlessTrigger, deferred] },
  ],
  [
    'a deferred trigger fired by SET CONSTRAINTS',
    [
      'begin',
      'insert into app.orders (id, customer) values (800, 1)',
      harmfulTrigger,
      'set constraints all immediate',
      'commit',
    ],
    audit,
    { setup: [harmlessTrigger, deferred] },
  ],
  [
    'a deferred trigger replaced in one Query',
    `insert into app.orders (id, customer) values (800, 1); ${harmfulTrigger}`,
    audit,
    { setup: [harmlessTrigger, deferred], modes: ['simple'] },
  ],
  [
    'a trigger put on a table',
    [
      harmfulTrigger,
      'create trigger t after insert on app.orders for each row execute function app.t()',
      'insert into app.orders (id, customer) values (800, 1)',
    ],
    audit,
    { modes: ['simple', 'extended', 'named'] },
  ],
  [
    'a trigger put on a table in one Query',
    `${harmfulTrigger}; create trigger t after insert on app.orders for each row execute function app.t(); insert into app.orders (id, customer) values (800, 1)`,
    audit,
    { modes: ['simple'] },
  ],
  [
    'a disabled trigger enabled',
    ['alter table app.orders enable trigger t', 'insert into app.orders (id, customer) values (800, 1)'],
    audit,
    {
      setup: [
        harmfulTrigger,
        'create trigger t after insert on app.orders for each row execute function app.t()',
        'alter table app.orders disable trigger t',
      ],
    },
  ],
  [
    'a view replaced',
    [
      'create view app.v as select 1 as id',
      'table app.v',
      'create or replace view app.v as select app.f() as id',
      'table app.v',
    ],
    audit,
    { setup: [harmful] },
  ],
  [
    'a rule put on a table',
    [
      "create rule r as on update to app.orders do also update app.audit set what = 'x'",
      "update app.orders set note = 'x' where id = 1",
    ],
    audit,
    { modes: ['simple', 'extended', 'named'] },
  ],
  [
    'a cascade put on a table',
    [
      'alter table app.audit add foreign key (id) references app.customers on delete cascade',
      'delete from app.customers where id = 1',
    ],
    audit,
    { modes: ['simple', 'extended', 'named'] },
  ],
  [
    'a default put on a column',
    ['alter table app.orders alter total set default app.f()', 'insert into app.orders (id, customer) values (800, 1)'],
    audit,
    { setup: [harmful] },
  ],
  [
    'a column added with a default',
    'alter table app.orders add column extra int default app.f()',
    audit,
    { setup: [harmful] },
  ],
  [
    'a type changed with USING',
    'alter table app.orders alter total type int using app.f()',
    audit,
    { setup: [harmful] },
  ],
  ['a check put on a table', 'alter table app.orders add check (app.f() = 1)', audit, { setup: [harmful] }],
  [
    'a check of a domain that is in use',
    'alter domain app.d add check (app.f() = 1)',
    audit,
    {
      setup: [
        harmful,
        'create domain app.d as int',
        'create table app.uses (d app.d)',
        'insert into app.uses values (1)',
      ],
    },
  ],
  ['an index on a function', 'create index on app.orders (app.tell(id))', leaked, { setup: [telling] }],
  ['an index with a condition', 'create index on app.orders (id) where app.tell(id) = 1', leaked, { setup: [telling] }],
  [
    'a reindex',
    'reindex table app.indexed',
    leaked,
    { setup: [telling, 'create table app.indexed as select 1 as id', 'create index on app.indexed (app.tell(id))'] },
  ],
  [
    'ANALYZE of an index on a function',
    'analyze app.indexed',
    leaked,
    { setup: [telling, 'create table app.indexed as select 1 as id', 'create index on app.indexed (app.tell(id))'] },
  ],
  [
    'a generated column',
    'alter table app.orders add column extra int generated always as (app.tell(id)) stored',
    leaked,
    { setup: [telling] },
  ],
  [
    'a partition attached to a default',
    [
      'create table app.whole (id int) partition by list (app.tell(id))',
      'create table app.p partition of app.whole default',
      'insert into app.whole values (1)',
    ],
    leaked,
    { setup: [telling], modes: ['simple', 'extended', 'named'] },
  ],
  [
    'a materialized view refreshed',
    'refresh materialized view app.m',
    leaked,
    { setup: [telling, 'create materialized view app.m as select app.tell(1)'] },
  ],
  ['EXPLAIN of a function that is folded', 'explain select app.tell(1)', leaked, { setup: [telling] }],
  [
    'EXPLAIN of a prepared statement that is folded',
    ['prepare p as select app.tell(1)', 'explain execute p'],
    leaked,
    { setup: [telling] },
  ],
  [
    'a view made over a folded function and described',
    ['create view app.v as select app.tell(1)', 'explain table app.v'],
    leaked,
    { setup: [telling] },
  ],
  [
    'a default of a function argument',
    ['create function app.h(n int default app.tell(1)) returns int language sql as $$ select n $$', 'select app.h()'],
    leaked,
    { setup: [telling], modes: ['simple', 'extended', 'named'] },
  ],
  [
    'a cast made in the session',
    [
      'create type app.box_t as (n int)',
      'create function app.c(app.box_t) returns text language sql as $$ select value from secret.keys limit 1 $$',
      'create cast (app.box_t as text) with function app.c(app.box_t)',
      'select row(1)::app.box_t::text',
    ],
    leaked,
    { modes: ['simple', 'extended', 'named'] },
  ],
  [
    'an operator made in the session',
    [
      'create function app.o(int, int) returns text language sql as $$ select value from secret.keys limit 1 $$',
      'create operator app.@@@ (leftarg = int, rightarg = int, function = app.o)',
      'select 1 operator(app.@@@) 2',
    ],
    leaked,
    { modes: ['simple', 'extended', 'named'] },
  ],
  [
    'an aggregate made in the session',
    [
      'create function app.s(text, int) returns text language sql as $$ select value from secret.keys limit 1 $$',
      'create aggregate app.a(int) (sfunc = app.s, stype = text)',
      'select app.a(id) from app.customers',
    ],
    leaked,
    { modes: ['simple', 'extended', 'named'] },
  ],
  [
    'a policy put on a table',
    [
      "create function app.r() returns boolean language plpgsql as $$ begin raise notice '%', (select value from secret.keys limit 1); return true; end $$",
      'alter table app.orders enable row level security',
      'alter table app.orders force row level security',
      'create policy p on app.orders using (app.r())',
      'alter table app.orders owner to low',
      'grant all on schema app, secret to low',
      'grant select on secret.keys to low',
      'set role low',
      'select count(*) from app.orders',
    ],
    leaked,
    { modes: ['simple', 'extended', 'named'] },
  ],
  [
    'a temporary table that hides another',
    [
      'create temp table audit (id int, what text)',
      'drop table pg_temp.audit',
      "update audit set what = 'x' where id = 1",
    ],
    audit,
  ],
  [
    'a schema put before another',
    [
      'create schema early',
      'create view early.orders as select id, what as note from app.audit',
      'set search_path = early, app',
      "update orders set note = 'x' where id = 1",
    ],
    audit,
  ],
]);
