import { attacks, changed, leaked, ran } from './attack.ts';

const keys = changed('secret.keys');

/** Ways to a table that a scope leaves out. */
export const outOfScope = attacks('scoped', 'R20', [
  ['its plain name', 'select * from secret.keys', leaked],
  ['TABLE', 'table secret.keys', leaked],
  ['a quoted name', 'select * from "secret"."keys"', leaked],
  ['a unicode name', String.raw`select * from U&"\0073ecret".U&"key\+000073"`, leaked],
  ['the database in the name', 'select * from app.secret.keys', leaked],
  ['a sub-select', 'select (select value from secret.keys limit 1)', leaked],
  ['a CTE', 'with k as (select * from secret.keys) select * from k', leaked],
  ['a CTE that hides the name it uses', 'with keys as (select * from secret.keys) select * from keys', leaked],
  ['a join', 'select k.value from app.customers c join secret.keys k using (id)', leaked],
  [
    'a lateral join',
    'select v from app.customers c, lateral (select value as v from secret.keys k where k.id = c.id) l',
    leaked,
  ],
  ['a union', 'select name from app.customers union all select value from secret.keys', leaked],
  [
    'RETURNING of a sub-select',
    'update app.customers set name = name where id = 1 returning (select value from secret.keys limit 1)',
    leaked,
  ],
  ['INSERT … SELECT', ['insert into app.audit select id + 10, value from secret.keys', 'table app.audit'], leaked],
  ['CREATE TABLE AS', ['create table app.loot as table secret.keys', 'table app.loot'], leaked],
  [
    'CREATE TABLE LIKE',
    'create table app.loot (like secret.keys)',
    { sql: "select to_regclass('app.loot') is not null" },
  ],
  ['SELECT INTO', ['select * into app.loot from secret.keys', 'table app.loot'], leaked],
  [
    'INHERITS',
    ['create table secret_child () inherits (secret.keys)'],
    { sql: "select exists (select from pg_inherits where inhparent = 'secret.keys'::regclass)" },
  ],
  ['a view made in the session', ['create view app.loot as select * from secret.keys', 'table app.loot'], leaked],
  [
    'a view made beforehand',
    'table app.innocent',
    leaked,
    { setup: ['create view app.innocent as select * from secret.keys'] },
  ],
  [
    'a view of a view',
    'table app.innocent',
    leaked,
    {
      setup: [
        'create view app.inner_view as select * from secret.keys',
        'create view app.innocent as select value from app.inner_view',
      ],
    },
  ],
  [
    'a materialized view made in the session',
    ['create materialized view app.loot as select * from secret.keys', 'table app.loot'],
    leaked,
  ],
  [
    'a SQL function made beforehand',
    'select app.innocent()',
    leaked,
    {
      setup: [
        'create function app.innocent() returns setof text language sql stable as $$ select value from secret.keys $$',
      ],
    },
  ],
  [
    'a SQL-standard function made beforehand',
    'select app.innocent()',
    leaked,
    { setup: ['create function app.innocent() returns text stable return (select value from secret.keys limit 1)'] },
  ],
  [
    'a plpgsql function made beforehand',
    'select app.innocent()',
    leaked,
    {
      setup: [
        'create function app.innocent() returns text language plpgsql stable as $$ begin return (select value from secret.keys limit 1); end $$',
      ],
    },
  ],
  [
    'a plpgsql function with a loop',
    'select app.innocent()',
    leaked,
    {
      setup: [
        'create function app.innocent() returns text language plpgsql as $$ declare r record; begin for r in select * from secret.keys loop return r.value; end loop; end $$',
      ],
    },
  ],
  [
    'a plpgsql function with a cursor',
    'select app.innocent()',
    leaked,
    {
      setup: [
        'create function app.innocent() returns text language plpgsql as $$ declare c cursor for select value from secret.keys; v text; begin open c; fetch c into v; return v; end $$',
      ],
    },
  ],
  [
    'a plpgsql function with dynamic SQL',
    'select app.innocent()',
    leaked,
    {
      setup: [
        "create function app.innocent() returns text language plpgsql as $$ declare v text; begin execute 'select value from sec' || 'ret.keys' into v; return v; end $$",
      ],
    },
  ],
  [
    'a function with its own search path',
    'select app.innocent()',
    leaked,
    {
      setup: [
        'create function app.innocent() returns setof text language sql set search_path = secret as $$ select value from keys $$',
      ],
    },
  ],
  [
    'a function that is pure by its label',
    'select app.innocent(1)',
    leaked,
    {
      setup: [
        'create function app.innocent(int) returns text language plpgsql immutable as $$ begin return (select value from secret.keys where id = $1); end $$',
      ],
    },
  ],
  [
    'a function called as a column',
    'select c.innocent from app.customers c',
    leaked,
    {
      setup: [
        'create function app.innocent(app.customers) returns text language sql as $$ select value from secret.keys limit 1 $$',
      ],
    },
  ],
  [
    'an operator',
    'select 1 operator(app.@@@@) 1',
    leaked,
    {
      setup: [
        'create function app.innocent(int, int) returns text language sql as $$ select value from secret.keys limit 1 $$',
        'create operator app.@@@@ (leftarg = int, rightarg = int, function = app.innocent)',
      ],
    },
  ],
  [
    'an operator by the search path',
    'select 1 @@@@ 1',
    leaked,
    {
      setup: [
        'create function app.innocent(int, int) returns text language sql as $$ select value from secret.keys limit 1 $$',
        'create operator app.@@@@ (leftarg = int, rightarg = int, function = app.innocent)',
      ],
    },
  ],
  [
    'an operator that shadows a built-in one',
    'select app.mood(1) = app.mood(1)',
    leaked,
    {
      setup: [
        'create type app.mood_t as (n int)',
        'create function app.mood(int) returns app.mood_t language sql as $$ select row($1)::app.mood_t $$',
        'create function app.innocent(app.mood_t, app.mood_t) returns text language sql as $$ select value from secret.keys limit 1 $$',
        'create operator app.= (leftarg = app.mood_t, rightarg = app.mood_t, function = app.innocent)',
      ],
    },
  ],
  [
    'a cast',
    'select row(1)::app.box_t::text',
    leaked,
    {
      setup: [
        'create type app.box_t as (n int)',
        'create function app.innocent(app.box_t) returns text language sql as $$ select value from secret.keys limit 1 $$',
        'create cast (app.box_t as text) with function app.innocent(app.box_t)',
      ],
    },
  ],
  [
    'an implicit cast',
    'insert into app.audit select 9, row(1)::app.box_t; table app.audit',
    leaked,
    {
      modes: ['simple'],
      setup: [
        'create type app.box_t as (n int)',
        'create function app.innocent(app.box_t) returns text language sql as $$ select value from secret.keys limit 1 $$',
        'create cast (app.box_t as text) with function app.innocent(app.box_t) as assignment',
      ],
    },
  ],
  [
    'an aggregate',
    'select app.innocent(id) from app.customers',
    leaked,
    {
      setup: [
        'create function app.step(text, int) returns text language sql as $$ select value from secret.keys limit 1 $$',
        'create aggregate app.innocent(int) (sfunc = app.step, stype = text)',
      ],
    },
  ],
  [
    'a column default',
    ['insert into app.trap (id) values (1)', 'table app.trap'],
    leaked,
    {
      setup: [
        'create function app.innocent() returns text language sql as $$ select value from secret.keys limit 1 $$',
        'create table app.trap (id int, v text default app.innocent())',
      ],
    },
  ],
  [
    'a check of a domain',
    "select 'x'::app.checked",
    ran(/checked/),
    {
      setup: [
        'create function app.innocent(text) returns boolean language plpgsql as $$ begin perform * from secret.keys; return true; end $$',
        'create domain app.checked as text check (app.innocent(value))',
      ],
    },
  ],
  [
    'a check of a table',
    "insert into app.trap values ('x')",
    { sql: 'select exists (select from app.trap)' },
    {
      setup: [
        'create function app.innocent(text) returns boolean language plpgsql as $$ begin perform * from secret.keys; return true; end $$',
        'create table app.trap (v text check (app.innocent(v)))',
      ],
    },
  ],
  [
    'a generated column',
    ['insert into app.trap values (1)', 'table app.trap'],
    leaked,
    {
      setup: [
        'create function app.innocent(int) returns text language plpgsql immutable as $$ begin return (select value from secret.keys limit 1); end $$',
        'create table app.trap (id int, v text generated always as (app.innocent(id)) stored)',
      ],
    },
  ],
  [
    'a trigger',
    ['insert into app.trap values (1)', 'table app.trap'],
    leaked,
    {
      setup: [
        'create table app.trap (id int, v text)',
        'create function app.on_trap() returns trigger language plpgsql as $$ begin select value into new.v from secret.keys limit 1; return new; end $$',
        'create trigger t before insert on app.trap for each row execute function app.on_trap()',
      ],
    },
  ],
  [
    'a trigger that writes out of scope',
    "update app.orders set note = 'x' where id = 1",
    keys,
    {
      setup: [
        "create function app.on_orders() returns trigger language plpgsql as $$ begin update secret.keys set value = 'x'; return null; end $$",
        'create trigger t after update on app.orders for each statement execute function app.on_orders()',
      ],
    },
  ],
  [
    'an INSTEAD OF trigger under COPY',
    { sql: 'copy app.v from stdin', copy: '7\tx\n' },
    keys,
    {
      modes: ['simple', 'extended', 'named'],
      setup: [
        'create view app.v as select id, what from app.audit',
        'create function app.on_v() returns trigger language plpgsql as $$ begin insert into secret.keys values (new.id, new.what); return new; end $$',
        'create trigger t instead of insert on app.v for each row execute function app.on_v()',
      ],
    },
  ],
  [
    'a rule',
    "insert into app.v values (7, 'x')",
    keys,
    {
      setup: [
        'create view app.v as select id, what from app.audit',
        'create rule r as on insert to app.v do instead insert into secret.keys values (new.id, new.what)',
      ],
    },
  ],
  [
    'an ALSO rule on a table',
    "update app.orders set note = 'x' where id = 1",
    keys,
    { setup: ["create rule r as on update to app.orders do also update secret.keys set value = 'x'"] },
  ],
  [
    'an updatable view',
    "update app.v set value = 'x' where id = 1",
    keys,
    { setup: ['create view app.v as select * from secret.keys'] },
  ],
  [
    'a cascade',
    'delete from app.customers where id = 1',
    keys,
    {
      setup: ['alter table secret.keys add constraint fk foreign key (id) references app.customers on delete cascade'],
    },
  ],
  [
    'a cascade of a cascade',
    'delete from app.customers where id = 1',
    keys,
    {
      setup: [
        'create table app.middle (id int primary key references app.customers on delete cascade)',
        'insert into app.middle values (1), (2)',
        'alter table secret.keys add constraint fk foreign key (id) references app.middle on delete cascade',
      ],
    },
  ],
  [
    'ON DELETE SET NULL',
    'delete from app.customers where id = 1',
    keys,
    {
      setup: [
        'alter table secret.keys drop constraint keys_pkey',
        'alter table secret.keys alter id drop not null',
        'alter table secret.keys add constraint fk foreign key (id) references app.customers on delete set null',
      ],
    },
  ],
  [
    'row security',
    'select * from app.guarded_rows',
    ran(/guarded_rows/),
    {
      setup: [
        'create table app.guarded_rows (id int)',
        'alter table app.guarded_rows enable row level security',
        'create function app.innocent() returns boolean language plpgsql as $$ begin perform * from secret.keys; return true; end $$',
        'create policy p on app.guarded_rows using (app.innocent())',
      ],
    },
  ],
  [
    'inheritance',
    'select * from app.parent',
    leaked,
    {
      setup: [
        'create table app.parent (id int, value text)',
        'create table secret.child () inherits (app.parent)',
        "insert into secret.child values (1, 'CANARY-9f31c6')",
      ],
    },
  ],
  [
    'a partition',
    'select * from app.whole',
    leaked,
    {
      setup: [
        'create table app.whole (id int, value text) partition by list (id)',
        'create table secret.part partition of app.whole default',
        "insert into secret.part values (1, 'CANARY-9f31c6')",
      ],
    },
  ],
]);
