import { telling } from '../attack.ts';
import { cellsOf } from '../canaries.ts';

const one = cellsOf('one');
const ssn = one.ssn(1) ?? '';
const guess = `ssn like '${ssn.slice(0, 3)}%'`;

/** Statements that write tell by their tag, their failure or what they leave. */
export const writeOracles = telling('writes', [
  ['the tag of an UPDATE', `update app.customers set city = city where ${guess}`],
  ['the tag of a DELETE', `delete from app.orders where contact_email < 'm'`],
  ['the tag of an INSERT', `insert into app.audit (what) select 'x' from app.customers where ${guess}`],
  [
    'the tag of a MERGE',
    `merge into app.counters n using app.customers c on c.id = n.id and c.ssn < 'n' when matched then update set n = 1`,
  ],
  [
    'the branch of a MERGE',
    [
      "merge into app.counters n using app.customers c on c.id = n.id when matched and c.ssn < 'n' then update set n = 100 when matched then update set n = 200",
      'table app.counters',
    ],
  ],
  ['the tag of CREATE TABLE AS', `create temp table t as select 1 from app.customers where ${guess}`],
  ['the tag of SELECT INTO', `select 1 as x into temp t from app.customers where ${guess}`],
  ['the tag of COPY', `copy (select 1 from app.customers where ${guess}) to stdout`],
  ['COPY of an order', 'copy (select id from app.customers order by ssn) to stdout'],
  [
    'the tag of FETCH',
    ['begin', `declare k cursor for select 1 from app.customers where ${guess}`, 'fetch all from k', 'rollback'],
  ],
  [
    'the tag of MOVE',
    ['begin', `declare k cursor for select 1 from app.customers where ${guess}`, 'move all in k', 'rollback'],
  ],
  [
    'what an UPDATE leaves',
    [`update app.customers set score = 99 where ${guess}`, 'select id, score from app.customers order by id'],
  ],
  [
    'what an UPDATE computes',
    [
      'update app.customers set score = length(ssn) where ssn is not null',
      'select id, score from app.customers order by id',
    ],
  ],
  [
    'what CASE in an UPDATE leaves',
    [
      `update app.counters n set n = case when ssn < 'n' then 1 else 2 end from app.customers c where c.id = n.id`,
      'select id, n from app.counters order by id',
    ],
  ],
  [
    'what a MERGE inserts',
    [
      `merge into app.counters n using app.customers c on c.id = n.id when not matched and c.ssn < 'n' then insert values (c.id, 0)`,
      'select id from app.counters order by id',
    ],
  ],
  [
    'what a DELETE leaves',
    ["delete from app.orders where contact_email < 'm'", 'select id from app.orders order by id'],
  ],
  [
    'ON CONFLICT DO UPDATE WHERE',
    `insert into app.customers (id, name, phone, city) values (1, 'a', 'b', 'c') on conflict (id) do update set score = 1 where customers.ssn < 'x'`,
  ],
  [
    'ON CONFLICT SET',
    [
      "insert into app.customers (id, name, phone, city) values (1, 'a', 'b', 'c') on conflict (id) do update set score = length(customers.ssn)",
      'select score from app.customers where id = 1',
    ],
  ],
  ['RETURNING a condition', `update app.customers set city = city where id = 1 returning ${guess}`],
  ['DELETE USING a range', "delete from app.counters n using app.customers c where c.id = n.id and c.ssn < 'n'"],
  [
    'a violated check',
    [
      'alter table app.customers add constraint guess check (not (' + guess + ')) not valid',
      'update app.customers set city = city where id = 1',
    ],
  ],
  ['a check that is validated', `alter table app.customers add constraint guess check (not (${guess}))`],
  ['a unique index on a prefix', 'create unique index on app.contacts ((ascii(email) % 4))'],
  ['a partial unique index', `create unique index guess on app.customers (active) where ${guess} or id = 2`],
  ['an expression index that fails', `create index on app.customers ((1 / (case when ${guess} then 0 else 1 end)))`],
  [
    'a changed type that fails',
    `alter table app.customers alter column score type int using 1 / (case when ${guess} then 0 else 1 end)`,
  ],
  [
    'a new column that fails',
    `alter table app.customers add column g int generated always as (1 / (case when ${guess} then 0 else 1 end)) stored`,
  ],
  [
    'an exclusion constraint',
    `alter table app.customers add constraint x exclude using btree (substr(ssn, 1, 1) with =)`,
  ],
  [
    'a partition that takes it',
    [
      "create table app.low (like app.contacts including generated, check (email < 'd'))",
      'insert into app.low (id, email) select id, email from app.contacts where id = 1',
    ],
  ],
  [
    'a row security policy',
    [
      `create policy p on app.customers using (${guess})`,
      'alter table app.customers enable row level security',
      'set role low',
      'select id from app.customers',
      'reset role',
    ],
  ],
  [
    'a rule with a condition',
    [
      `create rule r as on update to app.counters where exists (select from app.customers where ${guess}) do instead nothing`,
      'update app.counters set n = 0',
    ],
  ],
  [
    'a trigger with a condition',
    [
      "create function app.t() returns trigger language plpgsql as $$ begin raise notice 'yes'; return new; end $$",
      `create trigger t before update on app.customers for each row when (old.${guess}) execute function app.t()`,
      'update app.customers set city = city',
    ],
  ],
  [
    'a view with check option',
    [
      "create view app.v as select * from app.customers where ssn < 'd' with check option",
      'update app.v set city = city',
    ],
  ],
  [
    'a column made NOT NULL after an UPDATE',
    [
      `update app.suppliers s set city = case when ssn < 'n' then null else s.city end from app.customers c where c.id = s.id`,
      'alter table app.suppliers alter column city set not null',
    ],
  ],
  [
    'a foreign key',
    [
      'create table app.guesses (x text primary key)',
      `insert into app.guesses values ('${one.contact(1)}'), ('${one.contact(2)}'), ('${one.contact(3)}'), ('${one.contact(4)}')`,
      'alter table app.contacts add foreign key (email) references app.guesses',
    ],
  ],
  [
    'DO with a condition',
    [`do $$ begin if exists (select from app.customers where ${guess}) then raise exception 'yes'; end if; end $$`],
  ],
  [
    'DO with its own error code',
    [
      `do $$ begin raise exception using errcode = (select case when ${guess} then 'P0043' else 'P0044' end from app.customers where id = 1); end $$`,
    ],
  ],
  [
    'a savepoint that fails',
    [
      'begin',
      'savepoint s',
      `select 1 / (case when ${guess} then 0 else 1 end) from app.customers where id = 1`,
      'rollback to s',
      'commit',
    ],
  ],
  [
    'PREPARE and EXECUTE',
    [`prepare p (text) as select count(*) from app.customers where ssn like $1`, `execute p('${ssn.slice(0, 3)}%')`],
  ],
]);
