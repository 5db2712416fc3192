import { attacks, changed, leaked } from './attack.ts';

const audit = changed('app.audit');
const harmful = "language sql volatile as $$ update app.audit set what = 'x'; select $1 $$";

/** The server's own catalog, changed by hand: a superuser may. */
export const changedSystem = attacks('tables', 'R29', [
  [
    'a rename in pg_class',
    ["update pg_class set relname = 'open' where oid = 'secret.keys'::regclass", 'table secret.open'],
    leaked,
  ],
  [
    'a rename in pg_namespace',
    ["update pg_namespace set nspname = 'open' where nspname = 'secret'", 'table open.keys'],
    leaked,
  ],
  [
    'a rename in pg_class by a CTE',
    [
      "with u as (update pg_catalog.pg_class set relname = 'open' where relname = 'keys' returning 1) select * from u",
      'table secret.open',
    ],
    leaked,
  ],
  [
    'a rename in pg_class by MERGE',
    [
      "merge into pg_class c using (values ('keys')) v(n) on c.relname = v.n when matched then update set relname = 'open'",
      'table secret.open',
    ],
    leaked,
  ],
  [
    'a body in pg_proc',
    [
      "update pg_proc set prosrc = $$ update app.audit set what = 'x'; select 1 $$ where proname = 'f'",
      'select app.f()',
    ],
    audit,
    {
      setup: ['create function app.f() returns int language sql as $$ select 1 $$'],
    },
  ],
  [
    'a built-in function replaced',
    [
      "create or replace function pg_catalog.lpad(text, int) returns text language sql as $$ update app.audit set what = 'x'; select $1 $$",
      "select lpad('a', 1)",
    ],
    audit,
  ],
  [
    'a built-in function replaced, whose body means something else later',
    [
      'create table app.keys as select 0 as id, null::text as value',
      'create or replace function pg_catalog.lpad(text, int) returns text language sql as $$ select value from keys limit 1 $$',
      'set search_path = secret',
      "select lpad('a', 1)",
    ],
    leaked,
  ],
  [
    'a built-in function replaced through the search path',
    [
      'create table app.keys as select 0 as id, null::text as value',
      'set search_path = pg_catalog, app',
      'create or replace function lpad(text, int) returns text language sql as $$ select value from keys limit 1 $$',
      'set search_path = secret',
      "select lpad('a', 1)",
    ],
    leaked,
  ],
  [
    'a built-in view replaced by one whose code means something else later',
    [
      'create table app.keys as select 0 as id, null::text as value',
      'create function app.f() returns text language sql as $$ select value from keys limit 1 $$',
      'create or replace view information_schema.information_schema_catalog_name as select app.f()::information_schema.sql_identifier as catalog_name',
      'set search_path = secret',
      'select * from information_schema.information_schema_catalog_name',
    ],
    leaked,
  ],
  [
    'an overload among the built-in functions',
    [`create function pg_catalog.initcap(int) returns int ${harmful}`, 'select initcap(1)'],
    audit,
  ],
  [
    'an overload among the built-in functions, made beforehand',
    'select initcap(1)',
    audit,
    { setup: [`create function pg_catalog.initcap(int) returns int ${harmful}`] },
  ],
  [
    'a built-in view replaced',
    [
      'create function app.f() returns text language sql as $$ select $x$ok$x$ $$',
      'create or replace view information_schema.information_schema_catalog_name as select app.f()::information_schema.sql_identifier as catalog_name',
      'create or replace function app.f() returns text language sql as $$ select value from secret.keys limit 1 $$',
      'select * from information_schema.information_schema_catalog_name',
    ],
    leaked,
  ],
  [
    'a rule on a built-in view',
    [
      "create rule r as on insert to information_schema.information_schema_catalog_name do instead update app.audit set what = 'x'",
      "insert into information_schema.information_schema_catalog_name values ('x')",
    ],
    audit,
  ],
]);
