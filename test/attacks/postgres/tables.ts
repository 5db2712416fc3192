import { attacks, changed, gone, leaked } from './attack.ts';

const audit = changed('app.audit');

/** Ways to tables that a rule names. */
export const namedTables = attacks('tables', 'R23', [
  ['its plain name', 'table secret.keys', leaked],
  ['a name in capitals', 'select * from SECRET.KEYS', leaked],
  ['the search path', ['set search_path = secret', 'table keys'], leaked],
  ['a rename, then the new name', ['alter table secret.keys rename to locks', 'table secret.locks'], leaked],
  ['a move, then the new name', ['alter table secret.keys set schema app', 'table app.keys'], leaked],
  ['a schema renamed, then the new name', ['alter schema secret rename to open', 'table open.keys'], leaked],
  ['a rename in a transaction', ['begin', 'alter schema secret rename to open', 'table open.keys', 'rollback'], leaked],
  [
    'a schema renamed in one Query',
    'alter schema secret rename to open; table open.keys',
    leaked,
    { modes: ['simple'] },
  ],
  ['a rename by DO', ["do $$ begin execute 'alter schema secret rename to open'; end $$", 'table open.keys'], leaked],
  ['a view made under a temporary name', ['create temp view keys as table secret.keys', 'table pg_temp.keys'], leaked],
  [
    'a view replaced after it was judged',
    [
      'create view app.v as select 1 as id, null::text as value',
      'table app.v',
      'create or replace view app.v as table secret.keys',
      'table app.v',
    ],
    leaked,
  ],
  [
    'a temporary view that hides a table',
    [
      'create temp table customers as select 1 as id',
      'drop table pg_temp.customers',
      'create temp view customers as table secret.keys',
      'table customers',
    ],
    leaked,
  ],
  [
    'a prepared statement judged under another search path',
    ['prepare p as select * from keys', 'execute p'],
    leaked,
    { startup: { options: '-c search_path=secret' } },
  ],
  [
    'a prepared statement that is planned again under another search path',
    [
      'create table app.keys as select 0 as id, null::text as value',
      'prepare p as select * from keys',
      'execute p',
      'set search_path = secret',
      'execute p',
    ],
    leaked,
    { modes: ['simple', 'extended'] },
  ],
  [
    'a prepared statement whose table was replaced',
    [
      'create view app.v as select 0 as id, null::text as value',
      'prepare p as select * from app.v',
      'execute p',
      'create or replace view app.v as select * from secret.keys',
      'execute p',
    ],
    leaked,
    { modes: ['simple', 'extended'] },
  ],
  [
    'a view dropped by a rollback',
    [
      'create view app.v as select * from secret.keys',
      'begin',
      'create or replace view app.v as select 0 as id, null::text as value',
      'table app.v',
      'rollback',
      'table app.v',
    ],
    leaked,
  ],
  [
    'a view that comes back after ROLLBACK TO',
    [
      'begin',
      'savepoint s',
      'alter table secret.keys rename to locks',
      'create table secret.keys as select 0 as id',
      'rollback to s',
      'table secret.keys',
      'commit',
    ],
    leaked,
  ],
  ['a write to the audit', "update app.audit set what = 'x' where id = 1", audit],
  ['a delete from the audit', 'delete from app.audit where id = 1', audit],
  ['an unqualified delete from the audit', 'delete from audit where id = 1', audit],
  ['a delete with ONLY', 'delete from only audit as a where a.id = 1', audit],
  ['a truncate of the audit among others', 'truncate app.orders, app.audit', audit],
  ['a drop of the audit', 'drop table app.audit', gone('app.audit')],
  ['a drop of its schema', 'drop schema app cascade', gone('app.audit')],
  [
    'a merge into the audit',
    "merge into audit using (select 1) s on true when matched then update set what = 'x'",
    audit,
  ],
  [
    'a COPY into the audit',
    { sql: 'copy audit (id, what) from stdin', copy: '9\tforged\n' },
    audit,
    { modes: ['simple', 'extended', 'named'] },
  ],
  [
    'a COPY into the audit after another one',
    [
      { sql: 'copy app.orders (id, customer) from stdin', copy: '900\t1\n' },
      { sql: 'copy app.audit from stdin', copy: '9\tforged\n' },
    ],
    audit,
    { modes: ['simple', 'extended', 'named'] },
  ],
  ['an insert by a CTE', 'with i as (insert into app.audit values (9) returning 1) select * from i', audit],
  ['an upsert', "insert into app.audit values (1, 'x') on conflict (id) do update set what = excluded.what", audit],
  [
    'a trigger that writes to it',
    "update app.orders set note = 'x' where id = 1",
    audit,
    {
      setup: [
        "create function app.t() returns trigger language plpgsql as $$ begin insert into app.audit values (9, 'x'); return null; end $$",
        'create trigger t after update on app.orders for each row execute function app.t()',
      ],
    },
  ],
  [
    'a trigger function in SQL called by a constraint trigger',
    'insert into app.orders values (99, 1)',
    audit,
    {
      setup: [
        'create function app.t() returns trigger language plpgsql as $$ begin delete from audit; return null; end $$',
        'create constraint trigger t after insert on app.orders deferrable initially deferred for each row execute function app.t()',
      ],
    },
  ],
  [
    'a function that writes to it by the search path',
    'select app.t()',
    audit,
    {
      setup: [
        "create function app.t() returns void language sql set search_path = app as $$ update audit set what = 'x' $$",
      ],
    },
  ],
  [
    'a function that calls a function',
    'select app.outer_f()',
    audit,
    {
      setup: [
        "create function app.inner_f() returns void language sql as $$ update app.audit set what = 'x' $$",
        'create function app.outer_f() returns void language plpgsql as $$ begin perform app.inner_f(); end $$',
      ],
    },
  ],
  [
    'an overloaded function',
    "select app.f('x'::text)",
    audit,
    {
      setup: [
        'create function app.f(int) returns int language sql as $$ select 1 $$',
        'create function app.f(text) returns void language sql as $$ update app.audit set what = $1 $$',
      ],
    },
  ],
  [
    'a function with defaults',
    'select app.f()',
    audit,
    {
      setup: [
        "create function app.g() returns int language sql as $$ update app.audit set what = 'x'; select 1 $$",
        'create function app.f(n int default app.g()) returns int language sql as $$ select n $$',
      ],
    },
  ],
  [
    'a default behind an internal function',
    'select app.f()',
    audit,
    {
      setup: [
        "create function app.g() returns text language sql as $$ update app.audit set what = 'x'; select 'g' $$",
        'create function app.f(t text default app.g()) returns int language internal as $$textlen$$',
      ],
    },
  ],
  [
    'a function with a SQL-standard body',
    'select app.f()',
    audit,
    { setup: ["create function app.f() returns int begin atomic update app.audit set what = 'x'; select 1; end"] },
  ],
  [
    'a function that shadows a built-in one',
    "select lower('A')",
    audit,
    {
      setup: [
        "create function app.lower(text) returns text language sql as $$ update app.audit set what = 'x'; select $1 $$",
        'alter role guarded in database app set search_path = app, pg_catalog',
      ],
    },
  ],
  [
    'an operator that shadows a built-in one',
    'select 1 + 1',
    audit,
    {
      setup: [
        "create function app.plus(int, int) returns int language sql as $$ update app.audit set what = 'x'; select 2 $$",
        'create operator app.+ (leftarg = int, rightarg = int, function = app.plus)',
        'alter role guarded in database app set search_path = app, pg_catalog',
      ],
    },
  ],
  [
    'a function of a column type',
    "insert into app.typed values ('(1)')",
    audit,
    {
      setup: [
        "create function app.check_it(int) returns boolean language plpgsql as $$ begin update app.audit set what = 'x'; return true; end $$",
        'create domain app.watched as int check (app.check_it(value))',
        'create type app.pair as (n app.watched)',
        'create table app.typed (p app.pair)',
      ],
    },
  ],
  [
    'an index expression',
    'insert into app.indexed values (1)',
    leaked,
    {
      setup: [
        "create function app.key_of(int) returns int language plpgsql immutable as $$ begin raise notice '%', (select value from secret.keys limit 1); return 1; end $$",
        'create table app.indexed (id int)',
        'create index on app.indexed (app.key_of(id))',
      ],
    },
  ],
  [
    'a default that writes to it',
    'insert into app.defaulted default values',
    audit,
    {
      setup: [
        "create function app.g() returns int language plpgsql as $$ begin update app.audit set what = 'x'; return 1; end $$",
        'create table app.defaulted (n int default app.g())',
      ],
    },
  ],
  [
    'an array of a domain',
    "select '{1}'::app.watched[]",
    audit,
    {
      setup: [
        "create function app.check_it(int) returns boolean language plpgsql as $$ begin update app.audit set what = 'x'; return true; end $$",
        'create domain app.watched as int check (app.check_it(value))',
      ],
    },
  ],
  [
    'a domain as a parameter type',
    { sql: 'select $1::app.watched', values: ['1'] },
    audit,
    {
      setup: [
        "create function app.check_it(int) returns boolean language plpgsql as $$ begin update app.audit set what = 'x'; return true; end $$",
        'create domain app.watched as int check (app.check_it(value))',
      ],
    },
  ],
  [
    'json_populate_record into a domain',
    'select json_populate_record(null::app.pair, \'{"n": 1}\')',
    audit,
    {
      setup: [
        "create function app.check_it(int) returns boolean language plpgsql as $$ begin update app.audit set what = 'x'; return true; end $$",
        'create domain app.watched as int check (app.check_it(value))',
        'create type app.pair as (n app.watched)',
      ],
    },
  ],
  [
    'a range type with a function of its own',
    "select '[1,5]'::app.span",
    leaked,
    {
      setup: [
        "create function app.cmp(int, int) returns int language plpgsql immutable as $$ begin raise notice '%', (select value from secret.keys limit 1); return case when $1 < $2 then -1 when $1 = $2 then 0 else 1 end; end $$",
        'create operator class app.odd for type int using btree as operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 app.cmp(int, int)',
        'create type app.span as range (subtype = int, subtype_opclass = app.odd)',
      ],
    },
  ],
  [
    'ALTER TABLE on it',
    'alter table app.audit add column x int',
    { sql: "select exists (select from pg_attribute where attrelid = 'app.audit'::regclass and attname = 'x')" },
  ],
  [
    'a rule put on it',
    'create rule r as on insert to app.audit do instead nothing',
    { sql: "select exists (select from pg_rewrite where ev_class = 'app.audit'::regclass)" },
  ],
  [
    'a partition swapped in',
    "insert into app.whole values (9, 'x')",
    audit,
    {
      setup: [
        'create table app.whole (id int not null, what text) partition by range (id)',
        'alter table app.whole attach partition app.audit for values from (0) to (100)',
      ],
    },
  ],
  [
    'a parent updated',
    "update app.parent set what = 'x' where id = 1",
    audit,
    { setup: ['create table app.parent (id int not null, what text)', 'alter table app.audit inherit app.parent'] },
  ],
  [
    'an updatable view over it',
    "update app.v set what = 'x' where id = 1",
    audit,
    { setup: ['create view app.v as select * from app.audit'] },
  ],
  [
    'a cascade into it',
    'delete from app.customers where id = 1',
    audit,
    { setup: ['alter table app.audit add foreign key (id) references app.customers on delete cascade'] },
  ],
  [
    'CREATE OR REPLACE of a view over it',
    ['create view app.v as select id from app.audit', 'insert into app.v values (9)'],
    audit,
  ],
  [
    'a held portal that writes',
    ['begin', 'declare c cursor with hold for select app.t()', 'commit'],
    audit,
    { setup: ["create function app.t() returns void language sql as $$ update app.audit set what = 'x' $$"] },
  ],
  [
    'a temp function',
    [
      "create function pg_temp.f() returns void language sql as $$ update app.audit set what = 'x' $$",
      'select pg_temp.f()',
    ],
    audit,
  ],
  ['an alias that looks like another table', 'select orders.value from secret.keys as orders', leaked],
  ['a CTE that does not hide a qualified name', 'with keys as (select 1) select * from secret.keys', leaked],
  [
    'a CTE out of its reach',
    'select * from (with keys as (select 1 as id) select * from keys) a, keys k',
    leaked,
    { setup: ['alter role guarded in database app set search_path = secret, app'] },
  ],
  [
    'a recursive CTE of the same name',
    'with keys as (select * from keys) select * from keys',
    leaked,
    { setup: ['alter role guarded in database app set search_path = secret, app'] },
  ],
]);
