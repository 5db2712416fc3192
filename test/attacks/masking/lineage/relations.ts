import { showing } from '../attack.ts';

/** The column by way of what is built on its table. */
export const relations = showing('relations', [
  ['a view', 'select mail from app.v_customers'],
  ['the star of a view', 'select * from app.v_customers'],
  ['a view of a view', 'select address from app.v_mails'],
  ['a view that swaps names', 'select name from app.v_swapped'],
  ['a view of whole rows', 'select (person).email from app.v_rows'],
  ['the whole row of a view', 'select v from app.v_mails v'],
  ['a view as a document', 'select to_jsonb(v) from app.v_customers v'],
  ['an updatable view', 'select address from app.v_edit'],
  ['a materialized view', 'select mail from app.m_mails'],
  ['a column alias of a materialized view', 'select b from app.m_mails as t (a, b, d)'],
  ['a partition', 'select payload from app.events_low'],
  ['a partition with its columns in another order', 'select payload from app.events_high'],
  ['the partitioned table', 'select payload from app.events'],
  ['the whole row of a partition', 'select e from app.events_high e'],
  ['a child', 'select nickname from app.employees'],
  ['a child with its columns in another order', 'select nickname from app.retired'],
  ['the whole row of a child', 'select r::text from app.retired r'],
  ['the parent of a child', 'select nickname from app.people'],
  ['a child cast to its parent', 'select ((r::app.people)).nickname from app.retired r'],
  ['a generated column', 'select folded from app.contacts'],
  ['a row under row security', 'select code from app.vault'],
  ['a row under row security as another role', ['set role low', 'select code from app.vault', 'reset role']],
  ['the table as another role', ['set role low', 'select email from app.customers', 'reset role']],
  [
    'the table as another session user',
    ['set session authorization low', 'select ssn from app.customers', 'reset session authorization'],
  ],
  ['a function of SQL', 'select app.email_of(2)'],
  ['a function of SQL in FROM', 'select * from app.email_of(3)'],
  ['a function of rows', "select email from app.in_city('Paris')"],
  ['a function of rows in the list', "select (app.in_city('Paris')).email"],
  ['a function of rows as a value', "select app.in_city('Paris')"],
  ['a function of a table', 'select value from app.pairs()'],
  ['a function of a table under aliases', 'select x from app.pairs() as p (y, x)'],
  ['OUT parameters', 'select hidden from app.split(1)'],
  ['OUT parameters in the list', 'select (app.split(2)).*'],
  ['the default of a parameter', 'select app.mail_or()'],
  ['the default of a named parameter', 'select app.mail_or(5)'],
  ['an opaque function', 'select app.opaque_mail(1)'],
  ['an opaque function over clean rows', 'select app.opaque_mail(id) from app.counters'],
  ['an opaque set', 'select app.each_pin()'],
  ['dynamic SQL in a function', "select app.run('select ssn from app.customers where id = 1')"],
  [
    'a function in a view of the attack',
    ['create view app.v_new as select app.email_of(1) as city', 'select city from app.v_new'],
  ],
  ['a procedure', ['call app.copy_out(1)', 'select what from app.audit']],
  ['a rule that also answers', 'delete from app.doors where id = 1', { modes: ['simple'] }],
  ['a trigger that tells', 'update app.contacts set city = city'],
  ['a set-returning function of a whole row', 'select f.* from app.customers c, lateral app.split(c.id) f'],
  [
    'an index by its expression',
    ['set enable_seqscan = off', "select reverse(email) from app.contacts where reverse(email) > ''"],
  ],
  [
    'pg_get_viewdef of a view with a secret',
    [
      "do $$ begin execute format('create view app.v_const as select %L as x', (select ssn from app.customers where id = 1)); end $$",
      "select pg_get_viewdef('app.v_const')",
    ],
  ],
  [
    'a function of the row',
    'select app.mail(c) from app.customers c',
    { setup: ["create function app.mail(app.customers) returns text language sql as 'select $1.email'"] },
  ],
  [
    'a standard body',
    'select app.standard(1)',
    {
      setup: [
        'create function app.standard(int) returns text language sql return (select ssn from app.customers where id = $1)',
      ],
    },
  ],
  [
    'a standard body of statements',
    'select app.atomic(1)',
    {
      setup: [
        'create function app.atomic(int) returns text language sql begin atomic select ssn from app.customers where id = $1; end',
      ],
    },
  ],
  [
    'a body by the search path',
    'select app.loose(1)',
    {
      setup: [
        'set check_function_bodies = off',
        "create function app.loose(int) returns text language sql as 'select ssn from customers where id = $1'",
      ],
    },
  ],
  [
    'a body with its own search path',
    'select app.pathed()',
    {
      setup: [
        "create function app.pathed() returns text language sql set search_path = app as 'select ssn from customers limit 1'",
      ],
    },
  ],
  [
    'VARIADIC',
    "select app.glue('-', variadic array(select ssn from app.customers))",
    {
      setup: [
        "create function app.glue(text, variadic text[]) returns text language sql as 'select array_to_string($2, $1)'",
      ],
    },
  ],
  [
    'a polymorphic function',
    'select app.id(ssn) from app.customers',
    { setup: ["create function app.id(anyelement) returns anyelement language sql as 'select $1'"] },
  ],
  [
    'a refcursor',
    ['begin', "select app.open('k')", 'fetch all from k', 'rollback'],
    {
      setup: [
        'create function app.open(refcursor) returns refcursor language plpgsql as $$ begin open $1 for select ssn from app.customers; return $1; end $$',
      ],
    },
  ],
  [
    'an operator of rows',
    'select c @! 1 from app.customers c',
    {
      setup: [
        "create function app.op(app.customers, int) returns text language sql as 'select $1.email'",
        'create operator app.@! (leftarg = app.customers, rightarg = int, function = app.op)',
      ],
    },
  ],
  [
    'an aggregate with a final function',
    'select app.last(id) from app.counters',
    {
      setup: [
        "create function app.step(int, int) returns int language sql as 'select $2'",
        "create function app.fin(int) returns text language sql as 'select ssn from app.customers where id = 1'",
        'create aggregate app.last(int) (sfunc = app.step, stype = int, finalfunc = app.fin)',
      ],
    },
  ],
  [
    'a default that reads',
    ['insert into app.audit (id) values (77) returning what'],
    { setup: ['alter table app.audit alter what set default app.email_of(1)'] },
  ],
  [
    'a domain whose check tells',
    "select 'x'::app.noisy",
    {
      setup: [
        "create function app.shouts(text) returns boolean language plpgsql as $$ begin raise notice '%', app.email_of(1); return true; end $$",
        'create domain app.noisy as text check (app.shouts(value))',
      ],
    },
  ],
  ['a foreign name for the same rows', ['create view app.v_new as table app.customers', 'select * from app.v_new']],
]);
