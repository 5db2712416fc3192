import { type Entry, showing } from '../attack.ts';

const copied = (name: string, ...steps: string[]): Entry => [name, steps];

/** The value is first put where no mask is, and read there. */
export const writes = showing('flow', [
  copied(
    'INSERT … SELECT',
    'insert into app.audit (what) select email from app.customers',
    'select what from app.audit',
  ),
  copied(
    'INSERT … TABLE',
    'create table app.c2 (like app.customers)',
    'insert into app.c2 table app.customers',
    'select * from app.c2',
  ),
  copied(
    'INSERT of a sub-select',
    'insert into app.audit (what) values ((select ssn from app.customers where id = 1))',
    'table app.audit',
  ),
  copied(
    'INSERT of many',
    'insert into app.suppliers (id, name, email) select id + 100, name, email from app.customers',
    'select email from app.suppliers',
  ),
  copied(
    'CREATE TABLE AS',
    'create table app.copy as select id, email as x from app.customers',
    'select x from app.copy',
  ),
  copied('CREATE TABLE AS TABLE', 'create table app.copy as table app.customers', 'select ssn from app.copy'),
  copied(
    'CREATE TABLE AS EXECUTE',
    'prepare p as select ssn from app.customers',
    'create table app.copy as execute p',
    'select * from app.copy',
  ),
  copied('SELECT INTO', 'select ssn as x into app.copy from app.customers', 'select x from app.copy'),
  copied('SELECT INTO a temporary table', 'select ssn into temp t from app.customers', 'select * from t'),
  copied('a temporary table', 'create temp table t as select notes n from app.customers', 'select n from t'),
  copied(
    'an unlogged table',
    'create unlogged table app.u as select notes n from app.customers',
    'select n from app.u',
  ),
  copied(
    'a materialized view',
    'create materialized view app.m as select ssn as x from app.customers',
    'select x from app.m',
  ),
  copied(
    'a materialized view filled later',
    'create materialized view app.m as select ssn as x from app.customers with no data',
    'refresh materialized view app.m',
    'select x from app.m',
  ),
  copied('a view', 'create view app.v as select ssn as city from app.customers', 'select city from app.v'),
  copied(
    'a replaced view',
    'create view app.v as select name as x from app.customers',
    'create or replace view app.v as select ssn as x from app.customers',
    'select x from app.v',
  ),
  copied(
    'a recursive view',
    'create recursive view app.r (n, v) as select 1, ssn from app.customers union all select n + 1, v from r where n < 2',
    'select v from app.r',
  ),
  copied(
    'UPDATE SET another column',
    'update app.customers set name = ssn where ssn is not null',
    'select name from app.customers',
  ),
  copied(
    'UPDATE SET of another table',
    'update app.suppliers s set city = c.email from app.customers c where c.id = s.id',
    'select city from app.suppliers',
  ),
  copied(
    'UPDATE SET an expression',
    "update app.customers set city = city || ':' || notes",
    'select city from app.customers',
  ),
  copied(
    'UPDATE SET two at a time',
    'update app.customers set (name, city) = (coalesce(ssn, name), city)',
    'select name from app.customers',
  ),
  copied('swapped columns', 'update app.customers set (city, notes) = (notes, city)', 'select city from app.customers'),
  copied('UPDATE of a view', 'update app.v_edit set town = address where key = 1', 'select city from app.customers'),
  copied(
    'MERGE',
    'merge into app.suppliers s using app.customers c on c.id = s.id when matched then update set notes = c.email',
    'select notes from app.suppliers',
  ),
  copied(
    'ON CONFLICT DO UPDATE',
    "insert into app.customers (id, name, phone, city) values (1, 'a', 'b', 'c') on conflict (id) do update set name = customers.ssn",
    'select name from app.customers',
  ),
  copied(
    'a CTE that writes',
    'with w as (select ssn from app.customers) insert into app.audit (what) select ssn from w',
    'select what from app.audit',
  ),
  copied(
    'a column of documents',
    'create table app.docs (d jsonb)',
    'insert into app.docs select to_jsonb(c) from app.customers c',
    'select d from app.docs',
  ),
  copied(
    'a row type',
    'create table app.holder (c app.customers)',
    'insert into app.holder select c from app.customers c',
    'select (c).email from app.holder',
  ),
  copied('a renamed table', 'alter table app.customers rename to guests', 'select email from app.guests'),
  copied('a renamed column', 'alter table app.customers rename column email to e', 'select e from app.customers'),
  copied(
    'another schema',
    'create schema elsewhere',
    'alter table app.customers set schema elsewhere',
    'select email from elsewhere.customers',
  ),
  copied('a renamed schema', 'alter schema app rename to ppa', 'select email from ppa.customers'),
  copied(
    'swapped tables',
    'alter table app.suppliers rename to s',
    'alter table app.customers rename to suppliers',
    'select email from app.suppliers',
  ),
  copied(
    'swapped names of columns',
    'alter table app.customers rename column email to x',
    'alter table app.customers rename column city to email',
    'alter table app.customers rename column x to city',
    'select city from app.customers',
  ),
  copied(
    'a changed type',
    "alter table app.customers alter column ssn type text using ssn || ''",
    'select ssn from app.customers',
  ),
  copied(
    'another column changed with it',
    "alter table app.customers alter column score drop default, alter column score type text using coalesce(ssn, '')",
    'select score from app.customers',
  ),
  copied(
    'a new generated column',
    'alter table app.customers add column g text generated always as (lower(ssn)) stored',
    'select g from app.customers',
  ),
  [
    'a virtual generated column',
    [
      'alter table app.customers add column g text generated always as (lower(ssn)) virtual',
      'select g from app.customers',
    ],
    { since: 18 },
  ],
  copied(
    'inheritance',
    'create table app.heir () inherits (app.customers)',
    'insert into app.heir select * from app.customers',
    'select email from app.heir',
  ),
  copied(
    'a parent',
    'create table app.parent (nickname text)',
    'alter table app.people inherit app.parent',
    'select nickname from app.parent',
  ),
  copied(
    'a partitioned parent',
    'create table app.whole (id int, what text) partition by range (id)',
    'create table app.part (id int, what text)',
    'insert into app.part select id, ssn from app.customers',
    'alter table app.whole attach partition app.part for values from (0) to (99)',
    'select what from app.whole',
  ),
  copied(
    'a detached partition',
    'alter table app.events detach partition app.events_low',
    'select payload from app.events_low',
  ),
  copied('a partition left alone', 'alter table app.events_low rename to lows', 'select payload from app.lows'),
  copied('a child left alone', 'alter table app.retired no inherit app.people', 'select nickname from app.retired'),
  copied(
    'a table like it',
    'create table app.alike (like app.customers including all)',
    'insert into app.alike select * from app.customers',
    'select email from app.alike',
  ),
]);
