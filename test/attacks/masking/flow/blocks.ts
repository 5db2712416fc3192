import { showing } from '../attack.ts';

/** Blocks of code that say the value, or leave it where no mask is. */
export const blocks = showing('laundering', [
  ['DO with a notice', ["do $$ begin raise notice '%', (select email from app.customers where id = 1); end $$"]],
  [
    'DO that writes',
    ['do $$ begin insert into app.audit (what) select ssn from app.customers; end $$', 'select what from app.audit'],
  ],
  [
    'DO with dynamic SQL',
    [
      "do $$ begin execute 'insert into app.audit (what) select s' || 'sn from app.custo' || 'mers'; end $$",
      'select what from app.audit',
    ],
  ],
  [
    'DO with an error',
    ["do $$ declare v text; begin select email into v from app.customers where id = 1; raise exception '%', v; end $$"],
  ],
  [
    'DO with an error of its own code',
    [
      "do $$ begin raise exception using message = (select ssn from app.customers where id = 1), errcode = 'P0042'; end $$",
    ],
  ],
  [
    'DO with the detail of an error',
    [
      "do $$ begin raise exception 'x' using detail = (select ssn from app.customers where id = 1), hint = 'y', column = 'z'; end $$",
    ],
  ],
  [
    'DO with the table of an error',
    ["do $$ begin raise exception 'x' using table = (select ssn from app.customers where id = 1); end $$"],
  ],
  [
    'DO that makes a table by that name',
    [
      "do $$ begin execute format('create table app.%I ()', (select ssn from app.customers where id = 1)); end $$",
      "select relname from pg_class where relnamespace = 'app'::regnamespace",
    ],
  ],
  [
    'DO that makes a column by that name',
    [
      "do $$ begin execute format('create table app.t (%I int)', (select ssn from app.customers where id = 1)); end $$",
      'select * from app.t',
    ],
  ],
  [
    'DO that makes a role by that name',
    [
      "do $$ begin execute format('create role intruder; comment on role intruder is %L', (select ssn from app.customers where id = 1)); end $$",
      "select shobj_description(oid, 'pg_authid') from pg_roles where rolname = 'intruder'",
    ],
  ],
  [
    'DO that makes an enum',
    [
      "do $$ begin execute format('create type app.leak as enum (%L)', (select ssn from app.customers where id = 1)); end $$",
      'select enumlabel from pg_enum',
    ],
  ],
  [
    'DO that comments',
    [
      "do $$ begin execute format('comment on table app.counters is %L', (select ssn from app.customers where id = 1)); end $$",
      "select obj_description('app.counters'::regclass)",
    ],
  ],
  [
    'DO that sets a default',
    [
      "do $$ begin execute format('alter table app.counters add x text default %L', (select ssn from app.customers where id = 1)); end $$",
      'select x from app.counters',
    ],
  ],
  [
    'DO that labels an error position',
    ["do $$ begin execute 'select ' || (select ssn from app.customers where id = 1); end $$"],
  ],
]);
