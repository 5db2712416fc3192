import { describe, expect, it } from 'vitest';
import { shownOf } from './shop.ts';

/** Each with what it does to masked values. */
const REFUSED: readonly (readonly [string, string])[] = [
  ['select n.id from notes n join customers using (email)', 'are compared with what differs from row to row'],
  ['select * from notes natural join customers', 'are compared with what differs from row to row'],
  [
    'select g from customers join generate_series(1, 100) g on salary = g',
    'are compared with what differs from row to row',
  ],
  ['select w from customers, unnest($1) w where email = w', 'are compared with what differs from row to row'],
  [
    'select id from customers where salary in (select generate_series(1, 100))',
    'are compared with what differs from row to row',
  ],
  [
    'select id from customers where email in (select body from notes)',
    'are compared with what differs from row to row',
  ],
  [
    'select id from customers c where exists (select from notes n where n.body = c.email)',
    'are compared with what differs from row to row',
  ],
  [
    'select id from customers where email = any(array(select body from notes))',
    'are compared with what differs from row to row',
  ],
  [
    'select id from customers where email = (select body from notes limit 1)',
    'are compared with what differs from row to row',
  ],
  ['select id from customers where email = name', 'are compared with what differs from row to row'],
  [
    'select id from customers where (email, id) = ($1, 2) or (email, id) = (city, 2)',
    'are compared with what differs from row to row',
  ],
  ['select case email when name then 1 end from customers', 'are compared with what differs from row to row'],
  ['select nullif(email, name) from customers', 'are compared with what differs from row to row'],
  [
    'merge into customers c using notes n on c.email = n.email when matched then delete',
    'are compared with what differs from row to row',
  ],
  [
    'update customers set city = body from notes n where n.email = customers.email',
    'are compared with what differs from row to row',
  ],
  ["select id from customers where email like 'a%'", 'are matched against a pattern'],
  ["select id from customers where email ~ '^a'", 'are passed to the operator ~'],
  ["select email like 'a%' from customers", 'are matched against a pattern'],
  ["select id from customers where email < 'm'", 'decide a WHERE'],
  ["select id from customers where email between 'a' and 'b'", 'decide a WHERE'],
  ["select id from customers where left(email, 1) = 'a'", 'are compared in part'],
  ["select id from customers where email || 'x' = 'ax'", 'are compared in part'],
  ['select id from customers where salary % 2 = 1', 'are passed to the operator %'],
  ['select 1 / (length(email) - 5) from customers', 'are passed to the operator -'],
  ['select email::int from customers', 'are cast to int4'],
  ['select salary::int from customers', 'are cast to int4'],
  ['select ascii(left(email, 1)) from customers', 'are passed to the function ascii'],
  ['select repeat($1, length(email)) from customers', 'are passed to the function repeat'],
  ['select pg_sleep(length(email)) from customers', 'are passed to the function pg_sleep'],
  ['select generate_series(1, length(email)) from customers', 'are passed to the function generate_series'],
  ['select * from customers c, generate_series(1, length(c.email)) g', 'are passed to the function generate_series'],
  ['select id from customers order by email', 'decide an order'],
  ['select id, email from customers order by 2', 'decide an order'],
  ['select id, email as e from customers order by e', 'decide an order'],
  ['select id from customers order by lower(email)', 'decide an order'],
  ['select row_number() over (order by email) from customers', 'decide an order'],
  ['select rank() over w from customers window w as (order by email)', 'decide an order'],
  ['select string_agg(name, $1 order by email) from customers', 'decide an order'],
  [
    'select id from customers limit (select length(email) from customers where id = 1)',
    'decide how many rows there are',
  ],
  ['select left(email, 1), count(*) from customers group by 1', 'are grouped by'],
  ['select lower(email) from customers group by lower(email)', 'are grouped by'],
  ['select distinct lower(email) from customers', 'are told apart by DISTINCT'],
  ['select distinct on (left(email, 1)) id from customers', 'are told apart by DISTINCT'],
  ["select email, id from customers union select 'm', -1", 'are told apart by a set operation'],
  ['select email from customers intersect select mail from contacts', 'are told apart by a set operation'],
  [
    "select x, max(i) from (select email x, id i from customers union all select 'm', -1) u group by x",
    'are grouped by',
  ],
  [
    'select c.id from customers c full join orders o on c.email = o.contact_email',
    'decide an outer JOIN that keeps their own rows',
  ],
  [
    'select c.id from customers c left join orders o on c.email = o.contact_email',
    'decide an outer JOIN that keeps their own rows',
  ],
  [
    'select c.id from (select contact_email as email from orders) n right join customers c using (email)',
    'decide an outer JOIN that keeps their own rows',
  ],
  ["select count(*) filter (where email like 'a%') from customers", 'are matched against a pattern'],
  ['select count(left(email, 1)) from customers', 'are counted in part'],
  ["select case when email < 'm' then 1 else 2 end from customers", 'decide a CASE'],
  ["select email < 'm' and 1 / 0 = 1 from customers", 'decide what else is computed'],
  ["select nullif(left(email, 1), 'a') from customers", 'are compared in part'],
  ['select left(email, 1) is null from customers', 'are tested'],
  ["select id from customers having max(email) > 'm'", 'are passed to the operator >'],
  ["select 'x' = any(array[email]) from customers", 'are looked for inside another value'],
  ["select id from customers c where c::text like '%x%'", 'are matched against a pattern'],
  ["select replace(email, 'a', $1) from customers", 'are passed to the function replace'],
  ["select id from customers where email collate app.odd = 'a'", 'are compared in part'],
  ["select set_config('app.x', email, false) from customers", 'are passed to the function set_config'],
  ["select pg_notify('c', email) from customers", 'are passed to the function pg_notify'],
  ['select twice(email) from customers', 'are passed to the function app.twice'],
  ['select probe()', 'are matched against a pattern'],
  ['select grab()', 'are read by the function app.grab'],
  ['insert into notes (email) select email from customers', 'are written to the column email'],
  ['insert into notes select id, email, name from customers', 'are written to the column email'],
  ['insert into notes select * from customers', 'are written to the column body'],
  ['insert into customers (ssn) select left(email, 1) from customers', 'are written to the column ssn'],
  ['insert into customers (email) select ssn from customers', 'are written to the column email'],
  ['update customers set name = email', 'are written to the column name'],
  ['update customers set (name, city) = (city, email)', 'are written to the column city'],
  ['update customers set (name, city) = (select city, email from customers limit 1)', 'are written to the column city'],
  ['update notes set body = c.email from customers c where c.id = notes.id', 'are written to the column body'],
  ['update customers set ssn = left(ssn, 1)', 'are written to the column ssn'],
  [
    'merge into notes n using customers c on c.id = n.id when not matched then insert values (c.id, c.email)',
    'are written to the column email',
  ],
  ['create table t as select email from customers', 'would be kept in a new table'],
  ['select email into t from customers', 'would be kept in a new table'],
  ['create temp table t as select lower(email) from customers', 'would be kept in a new table'],
  ["copy customers to '/tmp/x'", 'would be written to the server’s files or programs'],
  ["copy (select email from customers) to program 'cat'", 'would be written to the server’s files or programs'],
  ['explain select email from customers', 'are measured by EXPLAIN'],
  ['explain select id from customers where email = $1', 'would show in what EXPLAIN estimates'],
  ['explain analyze select left(email, 1) from customers', 'are measured by EXPLAIN'],
  [
    'alter table customers rename column email to e',
    'are within reach of a statement that they cannot be followed through',
  ],
  ['alter table customers rename to c2', 'are within reach of a statement that they cannot be followed through'],
  ['alter table customers set schema public', 'are within reach of a statement that they cannot be followed through'],
  [
    "alter table customers add check (email like 'a%')",
    'are within reach of a statement that they cannot be followed through',
  ],
  [
    'create unique index on customers (left(email, 1))',
    'are within reach of a statement that they cannot be followed through',
  ],
  [
    'create index on customers (id) where email is null',
    'are within reach of a statement that they cannot be followed through',
  ],
  [
    'create index on customers (id) include (email)',
    'are within reach of a statement that they cannot be followed through',
  ],
  [
    "alter table customers add column x text check (email like 'a%')",
    'are within reach of a statement that they cannot be followed through',
  ],
  [
    'alter table customers add column x text generated always as (left(email, 1)) stored',
    'are within reach of a statement that they cannot be followed through',
  ],
  [
    'alter table customers alter email type text using left(email, 1)',
    'are within reach of a statement that they cannot be followed through',
  ],
  ['alter table customers add unique (email)', 'are within reach of a statement that they cannot be followed through'],
  ['create index on customers (email)', 'are within reach of a statement that they cannot be followed through'],
  ['create table c3 () inherits (customers)', 'are within reach of a statement that they cannot be followed through'],
  ['alter table customers no inherit notes', 'are within reach of a statement that they cannot be followed through'],
  ['alter schema app rename to app2', 'are within reach of a statement that they cannot be followed through'],
  [
    'alter table customers_2026 rename column email to e',
    'are within reach of a statement that they cannot be followed through',
  ],
  [
    "create policy p on customers using (email like 'a%')",
    'are within reach of a statement that they cannot be followed through',
  ],
  [
    'create trigger t before insert on customers for each row execute function grab()',
    'are within reach of a statement that they cannot be followed through',
  ],
  [
    'create rule r as on insert to customers do also select 1',
    'are within reach of a statement that they cannot be followed through',
  ],
  ["select 1 from pg_stats where most_common_vals::text = 'x'", 'are compared in part'],
  ['select * from pg_stats', 'come out in columns that are not named'],
  ['select * from pg_stat_activity', 'come out in columns that are not named'],
];

describe('what masked values are not let into', () => {
  it.for(REFUSED)('%s', ([sql, act]) => {
    expect(shownOf(sql)).toBe(`refused: ${act}`);
  });
});
