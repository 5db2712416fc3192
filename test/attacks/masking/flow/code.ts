import { showing } from '../attack.ts';

/** Code that the attack leaves behind, or makes for itself, and that hands the value on. */
export const launderers = showing('laundering', [
  [
    'a function',
    ["create function app.f() returns setof text language sql as 'select ssn from app.customers'", 'select app.f()'],
  ],
  [
    'a function in PL/pgSQL',
    [
      'create function app.f() returns text language plpgsql as $$ begin return (select ssn from app.customers where id = 1); end $$',
      'select app.f()',
    ],
  ],
  [
    'a replaced function',
    [
      "create or replace function app.same(text) returns text language sql immutable as 'select ssn from app.customers where id = 1'",
      "select app.same('x')",
    ],
  ],
  [
    'a replaced helper',
    [
      "create or replace function app.label(text, int) returns text language sql as 'select ssn from app.customers where id = $2'",
      'select app.label(name, id) from app.suppliers',
    ],
  ],
  [
    'a temporary function',
    [
      "create function pg_temp.f() returns text language sql as 'select ssn from app.customers limit 1'",
      'select pg_temp.f()',
    ],
  ],
  [
    'a function that hides one of the system',
    [
      "create function app.lower(text) returns text language sql as 'select ssn from app.customers limit 1'",
      'set search_path = app, pg_catalog',
      "select lower('x'::text)",
    ],
  ],
  [
    'a definer',
    [
      "create function app.f() returns text language sql security definer as 'select ssn from app.customers limit 1'",
      'set role low',
      'select app.f()',
      'reset role',
    ],
  ],
  [
    'a rule',
    [
      'create rule r as on insert to app.counters do also insert into app.audit (what) select ssn from app.customers',
      'insert into app.counters values (9)',
      'select what from app.audit',
    ],
  ],
  [
    'a rule instead',
    [
      'create table app.empty (x text)',
      'create rule "_RETURN" as on select to app.empty do instead select ssn as x from app.customers',
      'select x from app.empty',
    ],
    { until: 15 },
  ],
  [
    'a trigger',
    [
      'create function app.t() returns trigger language plpgsql as $$ begin new.what := (select ssn from app.customers where id = 1); return new; end $$',
      'create trigger t before insert on app.audit for each row execute function app.t()',
      "insert into app.audit (what) values ('x') returning what",
    ],
  ],
  [
    'a trigger with a transition table',
    [
      'create function app.t() returns trigger language plpgsql as $$ begin insert into app.audit (what) select email from n; return null; end $$',
      'create trigger t after update on app.customers referencing new table as n for each statement execute function app.t()',
      'update app.customers set city = city',
      'select what from app.audit',
    ],
  ],
  [
    'an event trigger',
    [
      'create function app.e() returns event_trigger language plpgsql as $$ begin insert into app.audit (what) select ssn from app.customers; end $$',
      'create event trigger e on ddl_command_end execute function app.e()',
      'create table app.anything ()',
      'select what from app.audit',
    ],
  ],
  [
    'a default',
    [
      'alter table app.audit alter what set default app.email_of(2)',
      'insert into app.audit default values',
      'select what from app.audit',
    ],
  ],
  [
    'a default of a new column',
    ['alter table app.suppliers add column x text default app.email_of(2)', 'select x from app.suppliers'],
  ],
  [
    'a check that tells',
    [
      "create function app.c(text) returns boolean language plpgsql as $$ begin raise notice '%', app.email_of(3); return true; end $$",
      'alter table app.suppliers add check (app.c(name))',
    ],
  ],
  [
    'a policy that tells',
    [
      "create function app.c(text) returns boolean language plpgsql as $$ begin raise notice '%', app.email_of(3); return true; end $$",
      'create policy p on app.suppliers using (app.c(name))',
      'alter table app.suppliers enable row level security',
      'set role low',
      'select id from app.suppliers',
      'reset role',
    ],
  ],
  [
    'an expression index that tells',
    [
      "create function app.c(int) returns int language plpgsql immutable as $$ begin raise notice '%', app.email_of(3); return 1; end $$",
      'create index on app.counters (app.c(id))',
    ],
  ],
  [
    'a cheap function that sees rows before the others',
    [
      "create function app.peek(text) returns boolean language plpgsql cost 0.0001 as $$ begin raise notice '%', $1; return true; end $$",
      'select count(*) from app.customers where app.peek(email)',
    ],
  ],
  [
    'an operator that tells',
    [
      "create function app.peek(text, text) returns boolean language plpgsql as $$ begin raise notice '%', $1; return true; end $$",
      'create operator app.=== (leftarg = text, rightarg = text, function = app.peek)',
      "select count(*) from app.customers where email === 'x'",
    ],
  ],
  [
    'an operator by the name of equality',
    [
      "create function app.peek(text, text) returns boolean language plpgsql as $$ begin raise notice '%', $1; return true; end $$",
      'create operator app.= (leftarg = text, rightarg = text, function = app.peek)',
      'set search_path = app, pg_catalog',
      "select count(*) from app.customers where email = 'x'",
    ],
  ],
  [
    'a cast that tells',
    [
      "create function app.peek(text) returns int language plpgsql as $$ begin raise notice '%', $1; return 1; end $$",
      'create cast (text as int) with function app.peek(text) as assignment',
      'select count(*) from app.customers where ssn::int = 1',
    ],
  ],
  [
    'an aggregate that tells',
    [
      "create function app.peek(text, text) returns text language plpgsql as $$ begin raise notice '%', $2; return ''; end $$",
      "create aggregate app.quiet(text) (sfunc = app.peek, stype = text, initcond = '')",
      'select app.quiet(email) from app.customers',
    ],
  ],
  [
    'a collation-like function in ORDER BY',
    [
      "create function app.peek(text) returns int language plpgsql as $$ begin raise notice '%', $1; return 1; end $$",
      'select id from app.customers order by app.peek(email)',
    ],
  ],
  [
    'a procedure',
    [
      'create procedure app.p(inout v text) language plpgsql as $$ begin select ssn into v from app.customers where id = 1; end $$',
      'call app.p(null)',
    ],
  ],
]);
