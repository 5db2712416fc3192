create schema app;
create schema other;
comment on schema app is 'where the application lives';
create role clients_reader nologin;
create role clients_writer nologin;
create type app.mood as enum ('sad', 'ok', 'happy', 'O''Brien');
create type app.pair as (a int, b text);
create type app.span as range (subtype = float8, subtype_diff = float8mi);
create domain app.positive as int check (value > 0);
comment on domain app.positive is 'above zero';
create collation app.plain (locale = 'C');
create sequence app.numbers start 10 increment 5 cache 1;
create sequence app.small as smallint;
create function app.twice(int) returns int language sql immutable as 'select $1 * 2';
create function app.tell(what text, loud boolean default false) returns text language plpgsql as $$
begin
  raise notice 'told: %', what;
  if loud then raise warning 'LOUD %', what using detail = 'the detail', hint = 'the hint'; end if;
  return upper(what);
end $$;
create function app.many(n int) returns table (i int, t text) language sql stable rows 5 cost 7
  as $$ select g, 'row ' || g from generate_series(1, n) g $$;
create function app.modern(a int, b int) returns int language sql immutable parallel safe return a + b;
create procedure app.note(what text) language plpgsql as $$ begin insert into app.log (what) values (note.what); end $$;
create table app.log (at timestamptz not null default timestamptz '2024-01-01 00:00:00+00', what text);
create aggregate app.total (int) (sfunc = int4pl, stype = int, initcond = '0');
create operator app.=== (leftarg = int, rightarg = int, procedure = int4eq, commutator = operator(app.===));
create operator class app.int_class for type int using btree as operator 1 <, operator 2 <=, operator 3 =,
  operator 4 >=, operator 5 >, function 1 btint4cmp(int, int);
create operator family app.int_family using hash;
create table app.customers (
  id bigint generated always as identity primary key,
  name text not null collate "C",
  email text unique,
  mood app.mood default 'ok',
  born date check (born > '1900-01-01'),
  balance numeric(12, 2) not null default 0,
  tags text[] default '{}',
  extra jsonb,
  photo bytea,
  doubled int generated always as (length(name) * 2) stored
);
comment on table app.customers is 'people';
comment on column app.customers.email is 'how to reach them';
create table app.orders (
  id serial primary key,
  customer bigint not null references app.customers (id) on delete cascade on update cascade deferrable,
  amount app.positive,
  during int4range,
  at timestamp(3) without time zone default '2024-02-03 04:05:06.789',
  constraint no_overlap exclude using gist (during with &&)
);
create index orders_amount on app.orders (amount desc nulls last) include (customer) where amount > 10;
create index orders_expression on app.orders ((amount * 2), lower(during));
create unique index customers_lower on app.customers (lower(email));
alter table app.customers cluster on customers_lower;
create table app.events (id int, day date not null, what text) partition by range (day);
create table app.events_2023 partition of app.events for values from ('2023-01-01') to ('2024-01-01');
create table app.events_2024 partition of app.events for values from ('2024-01-01') to ('2025-01-01')
  partition by list (what);
create table app.events_2024_a partition of app.events_2024 for values in ('a', 'b');
create table app.events_rest partition of app.events default;
create index on app.events (day);
create table app.parent (p int);
create table app.child (c int) inherits (app.parent);
create unlogged table app.fleeting (x int) with (fillfactor = 70, autovacuum_enabled = off);
create table other.things ("Odd Name" text, "select" int, "ünïcode" text, "with ""quote""" text);
create view app.happy as select id, name, mood from app.customers where mood = 'happy';
create view app.checked with (security_barrier) as select * from app.parent where p > 0 with local check option;
create materialized view app.totals as select customer, sum(amount::int) as amount from app.orders group by customer;
create index totals_customer on app.totals (customer);
create recursive view app.counting (n) as values (1) union all select n + 1 from counting where n < 3;
create function app.touch() returns trigger language plpgsql as $$ begin new.name := trim(new.name); return new; end $$;
create trigger trim_name before insert or update of name on app.customers for each row execute function app.touch();
create trigger after_all after delete on app.parent referencing old table as gone for each statement
  execute function app.touch();
alter table app.parent disable trigger after_all;
create rule log_thing as on insert to other.things do also insert into app.log (what) values ('thing');
alter table app.customers enable row level security;
create policy own on app.customers for select to clients_reader using (name = current_user);
create policy wide on app.customers as restrictive for all to public using (true) with check (balance >= 0);
create statistics app.correlated (dependencies, ndistinct) on name, mood from app.customers;
create text search dictionary app.dict (template = simple, stopwords = english);
create text search configuration app.conf (copy = simple);
create text search parser app.prs (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end,
  lextypes = prsd_lextype);
create text search template app.tmpl (lexize = dsimple_lexize);
create foreign data wrapper nowhere;
create server far type 'none' version '1' foreign data wrapper nowhere options (host 'example.invalid');
create user mapping for clients_reader server far options (user 'x');
create foreign table app.distant (a int, b text options (width '3')) server far options (name 'y');
create publication pub for table app.customers (id, name), app.orders where (id > 5);
create publication everything for all tables with (publish = 'insert, update');
create subscription sub connection 'host=127.0.0.1 port=1' publication pub with (connect = false, slot_name = none);
create function app.rank(app.mood) returns int language sql immutable
  as $$ select case $1 when 'sad' then 1 when 'ok' then 2 else 3 end $$;
create cast (app.mood as int) with function app.rank(app.mood) as assignment;
create conversion app.conv for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
create function app.watch() returns event_trigger language plpgsql as $$ begin null; end $$;
create event trigger watching on ddl_command_end when tag in ('CREATE SEQUENCE') execute function app.watch();
comment on event trigger watching is 'watches';
comment on function app.many(int) is 'many rows';
comment on operator app.=== (int, int) is 'same';
comment on constraint no_overlap on app.orders is 'one at a time';
grant usage on schema app to clients_reader;
grant select on all tables in schema app to clients_reader;
grant insert (name, email), update (email) on app.customers to clients_writer with grant option;
grant execute on function app.twice(int) to clients_writer;
grant usage on sequence app.numbers to clients_writer;
grant clients_reader to clients_writer;
alter default privileges in schema app grant select on tables to clients_reader;
alter default privileges for role clients_writer revoke execute on functions from public;
alter role clients_writer set work_mem = '5MB';
alter role clients_writer in database rich set search_path = app, public;
alter database rich set statement_timeout = '10min';
insert into app.customers (name, email, mood, born, balance, tags, extra, photo)
select 'name ' || g, 'p' || g || '@example.com', (enum_range(null::app.mood))[1 + g % 4], date '1980-01-01' + g,
  g * 1.25, array['t' || g, 'a,"b'], jsonb_build_object('n', g, 'null', null), decode(lpad(to_hex(g), 8, '0'), 'hex')
from generate_series(1, 50) g;
insert into app.customers (name, email, extra) values
  (E'tab\there\nand \\ backslash', null, null), ('ünïcödé 日本語 🐘', 'ü@example.com', '"x"');
insert into app.orders (customer, amount, during) select g % 50 + 1, g, int4range(g * 10, g * 10 + 5)
from generate_series(1, 100) g;
insert into app.events select g, date '2023-06-01' + g * 5, chr(97 + g % 3) from generate_series(1, 200) g
where not (date '2023-06-01' + g * 5 >= '2024-01-01' and date '2023-06-01' + g * 5 < '2025-01-01' and g % 3 = 2);
insert into app.parent values (1), (-1);
insert into app.child values (2, 3);
insert into other.things values (1, 2, 'ü', E'quote " and \' apostrophe');
insert into app.fleeting select generate_series(1, 10);
refresh materialized view app.totals;
select lo_from_bytea(4711, 'a large object');
comment on large object 4711 is 'large';
select setval('app.numbers', 35);
analyze;
