import { bound, clean, masking } from './errand.ts';

/** What clients do besides asking: transactions, cursors, prepared statements, tables of their own. */
export const sessions = clean('sessions', [
  ['begin', 'select id from app.customers where id = 1', 'commit'],
  ['begin isolation level repeatable read read only', 'select count(*) from app.customers', 'commit'],
  [
    'begin',
    "update app.customers set city = 'Oslo' where id = 1",
    'rollback',
    'select city from app.customers where id = 1',
  ],
  ['begin', 'savepoint a', "insert into app.audit (what) values ('x')", 'rollback to a', 'release a', 'commit'],
  ['begin', 'select 1/0', 'select 1', 'rollback', 'select 2'],
  ['begin', 'savepoint a', 'select 1/0', 'rollback to a', 'select id from app.customers where id = 2', 'commit'],
  [
    'begin',
    'declare k cursor for select id, name from app.customers order by id',
    'fetch 2 from k',
    'fetch all from k',
    'close k',
    'commit',
  ],
  [
    'begin',
    'declare k scroll cursor for select id from app.orders order by id',
    'fetch last from k',
    'move first in k',
    'fetch next from k',
    'commit',
  ],
  ['declare k cursor with hold for select id, city from app.customers order by id', 'fetch 3 from k', 'close k'],
  [
    'prepare p (int) as select id, name from app.customers where id = $1',
    'execute p(1)',
    'execute p(2)',
    'deallocate p',
  ],
  [
    'prepare p (text) as select id from app.customers where email = $1',
    "execute p('nobody@example.com')",
    'deallocate all',
  ],
  [
    'create temp table t (id int, label text)',
    "insert into t values (1, 'a'), (2, 'b')",
    'select * from t order by id',
    'drop table t',
  ],
  ['create temp table t as select id, name, city from app.customers', 'select * from t order by id'],
  ['create temp table t on commit drop as select 1 as x'],
  ['create temp view v as select id, city from app.customers', 'select * from v order by id'],
  ['select id, name into temp t from app.customers where active', 'select count(*) from t'],
  ["set application_name = 'app'", 'show application_name'],
  ["set statement_timeout = '5s'", 'show statement_timeout', 'reset statement_timeout'],
  ['set search_path = app, public', 'select id, name from customers order by id'],
  ["set time zone 'Europe/Paris'", 'select created_at from app.customers where id = 1', 'reset time zone'],
  ['set datestyle = iso, mdy', 'show datestyle'],
  ['show server_version_num', 'show transaction_isolation'],
  ["select set_config('app.user', '7', false)", "select current_setting('app.user')"],
  ['listen news', "notify news, 'hello'", 'unlisten news'],
  ["select nextval('app.ticket')", "select currval('app.ticket')"],
  ['select pg_advisory_lock(42)', 'select pg_advisory_unlock(42)'],
  ['begin', 'lock table app.counters in share mode', 'commit'],
  ['discard plans', 'discard temp', 'discard all'],
  [
    'begin',
    "set local statement_timeout = '5s'",
    'select id from app.customers where id = 1 for update',
    'update app.customers set score = 1 where id = 1',
    'commit',
  ],
  [bound('select id from app.customers where id = $1', '1'), bound('select id from app.customers where id = $1', '2')],
  ['select current_user, current_schema()', 'select version() is not null'],
  ["select pg_backend_pid() > 0, now() is not null, clock_timestamp() > '2020-01-01'"],
  ['select id from app.orders where id = 1', '', 'select id from app.orders where id = 2'],
]);

/** The same with masks to be seen. */
export const maskedSessions = masking('masks', [
  [
    'email',
    [
      'begin',
      'declare k cursor for select id, email from app.customers order by id',
      'fetch 2 from k',
      'fetch all from k',
      'commit',
    ],
  ],
  ['email', ['prepare p (int) as select id, email from app.customers where id = $1', 'execute p(1)', 'execute p(8)']],
  [
    'email',
    [
      'begin',
      'select id, email from app.customers where id = 1 for update',
      "update app.customers set email = 'n@example.com' where id = 1",
      'commit',
    ],
  ],
]);

/** Changes of schema that keep away from masked columns. */
export const definitions = clean('definitions', [
  [
    'create table app.invoices (id int primary key, order_id int references app.orders, amount numeric)',
    'insert into app.invoices values (1, 1, 5)',
    'select * from app.invoices',
    'drop table app.invoices',
  ],
  [
    'create table plain.items (id bigint generated always as identity primary key, label text unique not null)',
    "insert into plain.items (label) values ('a') returning *",
    'drop table plain.items',
  ],
  ['alter table app.suppliers add column rating int default 3', 'select id, rating from app.suppliers order by id'],
  [
    "alter table app.suppliers alter column city set default 'Rome'",
    "insert into app.suppliers (id, name) values (30, 'n') returning city",
  ],
  ['alter table app.audit rename column what to note', 'select note from app.audit order by id'],
  ['create index on app.orders (customer_id, placed_on)', 'drop index app.orders_customer_id_placed_on_idx'],
  [
    'create unique index concurrently customers_city on app.customers (city, id)',
    'drop index concurrently app.customers_city',
  ],
  [
    'alter table app.customers add column nick text',
    'update app.customers set nick = name',
    'select nick from app.customers order by id',
    'alter table app.customers drop column nick',
  ],
  [
    'create view app.v_active as select id, name from app.customers where active',
    'select * from app.v_active order by id',
    'drop view app.v_active',
  ],
  ['create sequence app.invoice_no start 100', "select nextval('app.invoice_no')", 'drop sequence app.invoice_no'],
  [
    "create type app.mood as enum ('low', 'high')",
    "select 'low'::app.mood",
    "alter type app.mood add value 'middle'",
    'drop type app.mood',
  ],
  [
    'create schema reports',
    'create table reports.daily as select city, count(*) from app.customers group by city',
    'select * from reports.daily order by city',
    'drop schema reports cascade',
  ],
  ["comment on table app.orders is 'what was bought'", "select obj_description('app.orders'::regclass)"],
  ['grant select on app.suppliers to low', 'revoke select on app.suppliers from low'],
  ['analyze app.orders', 'vacuum app.counters'],
  ['refresh materialized view app.m_cities', 'select * from app.m_cities order by city'],
  [
    'create table plain.log (at date, n int) partition by range (at)',
    "create table plain.log_2024 partition of plain.log for values from ('2024-01-01') to ('2025-01-01')",
    "insert into plain.log values ('2024-05-05', 1)",
    'select * from plain.log',
    'drop table plain.log',
  ],
  [
    'alter table plain.products add constraint positive check (price > 0)',
    'alter table plain.products drop constraint positive',
  ],
  ['begin', 'create table plain.t (x int)', 'rollback', "select to_regclass('plain.t')"],
]);

/** Code that is defined: refused under masks, unless an `allow` rule names it. */
export const code = clean('code', [
  [
    "create function app.twice(int) returns int language sql immutable as 'select $1 * 2'",
    'select app.twice(score) from app.customers order by id',
    'drop function app.twice',
  ],
]);
