import { showing } from '../attack.ts';

/** What statements that write give back. */
export const returning = showing('returning', [
  ['UPDATE RETURNING', 'update app.customers set city = city where id = 1 returning email'],
  ['UPDATE RETURNING the star', 'update app.customers set city = city where id = 1 returning *'],
  ['UPDATE RETURNING a whole row', 'update app.customers set city = city where id = 1 returning customers'],
  ['UPDATE RETURNING an expression', 'update app.customers set city = city where id = 1 returning upper(notes)'],
  ['UPDATE FROM', 'update app.counters n set n = 1 from app.customers c where c.id = n.id returning c.email'],
  [
    'UPDATE RETURNING a sub-select',
    'update app.counters set n = 1 where id = 1 returning (select ssn from app.customers where id = 1)',
  ],
  ['DELETE RETURNING', 'delete from app.orders where id = 1 returning contact_email'],
  ['DELETE USING', 'delete from app.counters n using app.customers c where c.id = n.id returning c.ssn'],
  ['INSERT RETURNING what was selected', 'insert into app.audit (what) select ssn from app.customers returning what'],
  [
    'INSERT RETURNING a sub-select',
    "insert into app.audit (what) values ('x') returning (select email from app.customers where id = 1)",
  ],
  [
    'INSERT of a value from a sub-select',
    'insert into app.audit (what) values ((select email from app.customers where id = 1)) returning what',
  ],
  [
    'ON CONFLICT RETURNING',
    "insert into app.customers (id, name, phone, city) values (1, 'x', 'y', 'z') on conflict (id) do update set city = excluded.city returning email",
  ],
  [
    'ON CONFLICT copies',
    "insert into app.customers (id, name, phone, city) values (1, 'x', 'y', 'z') on conflict (id) do update set city = customers.ssn returning city",
  ],
  ['old and new', 'update app.customers set ssn = null where id = 1 returning old.ssn, new.ssn', { since: 18 }],
  ['old of a delete', 'delete from app.orders where id = 1 returning old.contact_email', { since: 18 }],
  [
    'old and new under other names',
    'update app.customers set notes = null where id = 1 returning with (old as o, new as n) o.notes',
    { since: 18 },
  ],
  ['the whole old row', 'update app.customers set city = city where id = 1 returning old', { since: 18 }],
  ['the star of old', 'update app.customers set city = city where id = 1 returning old.*', { since: 18 }],
  [
    'MERGE RETURNING',
    'merge into app.counters n using app.customers c on c.id = n.id when matched then update set n = 1 returning c.email',
    { since: 18 },
  ],
  [
    'MERGE RETURNING the action beside',
    'merge into app.counters n using app.customers c on c.id = n.id when matched then delete returning merge_action(), c.ssn',
    { since: 18 },
  ],
  [
    'MERGE copies',
    [
      'merge into app.audit a using app.customers c on a.id = c.id + 100 when not matched then insert (id, what) values (c.id + 100, c.ssn)',
      'select what from app.audit',
    ],
  ],
  [
    'a CTE that updates',
    'with u as (update app.customers set city = city where id = 1 returning notes as n) select n from u',
  ],
  ['a CTE that deletes', 'with d as (delete from app.orders returning *) select contact_email from d'],
  [
    'a CTE that inserts',
    'with i as (insert into app.audit (what) select ssn from app.customers returning what) select what from i',
  ],
  ['a view that is written to', 'update app.v_edit set town = town where key = 1 returning address'],
  ['UPDATE of a partition', 'update app.events set at = at where id = 5 returning payload'],
  ['UPDATE of a child', 'update app.retired set since = since returning nickname'],
  ['DELETE RETURNING the children', 'delete from app.people returning nickname'],
  ['UPDATE SET from itself', 'update app.customers set name = ssn where id = 1 returning name'],
  [
    'UPDATE SET a list',
    'update app.customers set (name, city) = (select c.ssn, c.notes from app.customers c where c.id = 2) where id = 1 returning name',
  ],
  ['UPDATE SET a row', 'update app.customers set (name) = row(ssn) where id = 1 returning name'],
]);
