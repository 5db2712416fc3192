import { showing, telling } from '../attack.ts';
import { cellsOf } from '../canaries.ts';

const one = cellsOf('one');

/** Code that is handed the value without being called by name, and puts it where it can be read. */
const code = showing('carrying', [
  [
    'a function called like a column of the row',
    [
      `create function app.leak(app.customers) returns text language sql as
        'insert into app.audit (what) values (($1).email) returning what'`,
      'select c.leak from app.customers c',
      'select what from app.audit',
    ],
  ],
  [
    'a function called like a field of a row in parentheses',
    [
      `create function app.leak(app.customers) returns text language sql as
        'insert into app.audit (what) values (($1).email) returning what'`,
      'select (c).leak from app.customers c',
      'select what from app.audit',
    ],
  ],
  [
    'a trigger instead of an update of a view',
    [
      'create view app.loot as select id, name, email from app.customers',
      `create function app.take() returns trigger language plpgsql as
        $$ begin insert into app.audit (what) values (old.email); return new; end $$`,
      'create trigger take instead of update on app.loot for each row execute function app.take()',
      "update app.loot set name = 'x'",
      'select what from app.audit',
    ],
  ],
  [
    'a trigger instead of an insert into a view',
    [
      'create view app.loot as select id, email from app.customers',
      `create function app.take() returns trigger language plpgsql as
        $$ begin insert into app.audit (what) values (new.email); return new; end $$`,
      'create trigger take instead of insert on app.loot for each row execute function app.take()',
      'insert into app.loot select id, email from app.customers',
      'select what from app.audit',
    ],
  ],
  [
    'a rule instead of a delete from a view',
    [
      'create view app.loot as select id, email from app.customers',
      'create rule take as on delete to app.loot do instead insert into app.audit (what) values (old.email)',
      'delete from app.loot',
      'select what from app.audit',
    ],
  ],
  [
    'a trigger that was there, with another function',
    [
      `create or replace function app.touch() returns trigger language plpgsql as
        $$ begin insert into app.audit (what) values (old.email); return new; end $$`,
      "update app.customers set city = 'x'",
      'select what from app.audit',
    ],
    {
      setup: [
        'create function app.touch() returns trigger language plpgsql as $$ begin return new; end $$',
        'create trigger touch before update on app.customers for each row execute function app.touch()',
        'alter function app.touch() owner to guarded',
      ],
    },
  ],
  [
    'a trigger that was there, and moves the value within the row',
    [
      `create or replace function app.touch() returns trigger language plpgsql as
        $$ begin new.city := old.email; return new; end $$`,
      "update app.customers set city = 'x' returning city",
    ],
    {
      setup: [
        'create function app.touch() returns trigger language plpgsql as $$ begin return new; end $$',
        'create trigger touch before update on app.customers for each row execute function app.touch()',
        'alter function app.touch() owner to guarded',
      ],
    },
  ],
  [
    'a temporary table in the place of the one that a trigger keeps its log in',
    ['create temp table journal (what text)', "update app.customers set city = 'x'", 'select what from journal'],
    {
      setup: [
        'create table app.journal (what text)',
        'create function app.touch() returns trigger language plpgsql as $$ begin insert into journal values (old.email); return new; end $$',
        'create trigger touch before update on app.customers for each row execute function app.touch()',
      ],
    },
  ],
]);

const salary = one.salary(1);

/** What spells a value out at once: it is compared with all that it may be. */
const counting = telling('counting', [
  [
    'a function asked for each number',
    [
      `create function app.paid(numeric) returns setof int language sql as
        'select id from app.customers where salary = $1'`,
      `select g from (values (${salary}), (0)) v(g) where exists (select app.paid(g))`,
    ],
  ],
  [
    'numbers among the values themselves',
    `select u.g from app.customers c join (
      select salary as s, null::numeric as g from app.customers union all select g, g from (values (${salary}), (0)) v(g)
    ) u on u.s = c.salary where u.g is not null`,
  ],
  [
    'numbers in the place of a value',
    `select v.g from app.customers c, app.customers d, (values (${salary}), (0)) v(g)
      where c.salary = case when d.id = 0 then d.salary else v.g end`,
  ],
  [
    'numbers in the place of NULL',
    `select v.g from app.customers c, app.customers d, (values (${salary})) v(g)
      where c.salary = coalesce(nullif(d.salary, d.salary), v.g)`,
  ],
  [
    'a function of the server’s called like a field of the value',
    `select (case when salary = ${salary} then 'a' else salary::text end).int4 from app.customers where id = 1`,
  ],
  [
    'a constraint of the domain that the column is of',
    `alter domain app.login add constraint probe check (value <> '${one.login(1)}')`,
  ],
  [
    'a constraint of the domain for all that begins alike',
    `alter domain app.login add constraint probe check (value not like '${one.login(1).slice(0, 1)}%')`,
  ],
]);

export const carried = [...code, ...counting];
