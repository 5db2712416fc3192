import { attacks, changed } from './attack.ts';

const orders = changed('app.orders');
const D = 'create domain app.d as int check (app.purge() = 1)';
const P = (body: string, declare = '') => [
  `create function app.x() returns text language plpgsql as $$ ${declare} begin ${body}; return null; end $$`,
];

/** Every place in a body where an expression may stand. */
export const plpgsqlBodies = attacks('read-only', 'R29', [
  ['USING of EXECUTE', 'select app.x()', orders, { setup: P("execute 'select $1' using app.purge()") }],
  [
    'USING of RETURN QUERY EXECUTE',
    'select * from app.x()',
    orders,
    {
      setup: [
        "create function app.x() returns setof int language plpgsql as $$ begin return query execute 'select $1' using app.purge(); end $$",
      ],
    },
  ],
  [
    'USING of FOR IN EXECUTE',
    'select app.x()',
    orders,
    { setup: P("for r in execute 'select $1' using app.purge() loop null; end loop", 'declare r record;') },
  ],
  [
    'USING of OPEN FOR EXECUTE',
    'select app.x()',
    orders,
    { setup: P("open c for execute 'select $1' using app.purge(); fetch c into i", 'declare c refcursor; i int;') },
  ],
  [
    'arguments of OPEN',
    'select app.x()',
    orders,
    { setup: P('open c(app.purge()); fetch c into i', 'declare c cursor (k int) for select k; i int;') },
  ],
  [
    'arguments of FOR over a cursor',
    'select app.x()',
    orders,
    { setup: P('for r in c(app.purge()) loop null; end loop', 'declare c cursor (k int) for select k; i int;') },
  ],
  [
    'query of a cursor',
    'select app.x()',
    orders,
    { setup: P('for r in c loop null; end loop', 'declare c cursor for select app.purge();') },
  ],
  [
    'count of FETCH',
    'select app.x()',
    orders,
    { setup: P('open c; fetch relative app.purge() from c into i', 'declare c scroll cursor for select 1; i int;') },
  ],
  [
    'count of MOVE',
    'select app.x()',
    orders,
    { setup: P('open c; move absolute app.purge() from c', 'declare c scroll cursor for select 1; i int;') },
  ],
  ['step of FOR', 'select app.x()', orders, { setup: P('for i in 1..2 by app.purge() loop null; end loop') }],
  ['bounds of FOR', 'select app.x()', orders, { setup: P('for i in reverse 2..app.purge() loop null; end loop') }],
  [
    'FOREACH',
    'select app.x()',
    orders,
    { setup: P('foreach i in array array[app.purge()] loop null; end loop', 'declare i int;') },
  ],
  ['RAISE argument', 'select app.x()', orders, { setup: P("raise notice '%', app.purge()") }],
  ['RAISE USING', 'select app.x()', orders, { setup: P('raise notice using message = app.purge()') }],
  ['ASSERT', 'select app.x()', orders, { setup: P('assert app.purge() = 1') }],
  ['EXIT WHEN', 'select app.x()', orders, { setup: P('loop exit when app.purge() = 1; end loop') }],
  ['CASE operand', 'select app.x()', orders, { setup: P('case app.purge() when 1 then null; else null; end case') }],
  ['CASE when', 'select app.x()', orders, { setup: P('case 1 when app.purge() then null; else null; end case') }],
  ['searched CASE', 'select app.x()', orders, { setup: P('case when app.purge() = 1 then null; else null; end case') }],
  ['ELSIF', 'select app.x()', orders, { setup: P('if false then null; elsif app.purge() = 1 then null; end if') }],
  ['WHILE', 'select app.x()', orders, { setup: P('while app.purge() = 2 loop null; end loop') }],
  ['subscript of an assignment', 'select app.x()', orders, { setup: P('a[app.purge()] := 1', 'declare a int[];') }],
  [
    'slice of an assignment',
    'select app.x()',
    orders,
    { setup: P('a[1:app.purge()] := array[1]', 'declare a int[];') },
  ],
  [
    'a field assigned',
    'select app.x()',
    orders,
    {
      setup: P('r.n := app.purge()', 'declare r record;').map((s) =>
        s.replace('r.n :=', 'r := row(1); select 1 as n into r; r.n :='),
      ),
    },
  ],
  ['a default of a variable', 'select app.x()', orders, { setup: P('null', 'declare i int := app.purge();') }],
  [
    'a default of a record',
    'select app.x()',
    orders,
    {
      setup: P('null', 'declare r app.customers := app.rr();')
        .concat([
          'create function app.rr() returns app.customers language plpgsql as $$ begin delete from app.orders; return null; end $$',
        ])
        .reverse(),
    },
  ],
  [
    'a default in an inner block',
    'select app.x()',
    orders,
    { setup: P('declare i int default app.purge(); begin null; end') },
  ],
  ['a constant', 'select app.x()', orders, { setup: P('null', 'declare i constant int not null = app.purge();') }],
  ['a domain variable', 'select app.x()', orders, { setup: [D, ...P('i := 1', 'declare i app.d;')] }],
  [
    'a domain argument',
    'select app.y(1)',
    orders,
    { setup: [D, "create function app.y(app.d) returns int language plpgsql as 'begin return 1; end'"] },
  ],
  [
    'a domain result',
    'select app.y(1)',
    orders,
    { setup: [D, "create function app.y(int) returns app.d language plpgsql as 'begin return 1; end'"] },
  ],
  [
    'an exception handler',
    'select app.x()',
    orders,
    { setup: P('begin perform 1/0; exception when others then perform app.purge(); end') },
  ],
  ['GET DIAGNOSTICS into an element', 'select app.x()', orders, { setup: P('perform 1; return app.purge()') }],
  [
    'RETURN NEXT',
    'select * from app.x()',
    orders,
    {
      setup: ['create function app.x() returns setof int language plpgsql as $$ begin return next app.purge(); end $$'],
    },
  ],
  ['INTO with a call', 'select app.x()', orders, { setup: P('select app.purge() into strict i', 'declare i int;') }],
  [
    'CALL inside',
    'select app.x()',
    orders,
    {
      setup: [
        "create procedure app.pp(inout i int) language plpgsql as 'begin delete from app.orders; end'",
        ...P('call app.pp(i)', 'declare i int;'),
      ],
    },
  ],
  [
    'an OUT default',
    'select app.y()',
    orders,
    {
      setup: ["create function app.y(a int default app.purge()) returns int language plpgsql as 'begin return 1; end'"],
    },
  ],
  [
    'an alias of an argument',
    'select app.y(1)',
    orders,
    {
      setup: [
        "create function app.y(a int) returns int language plpgsql as 'declare b alias for a; begin b := app.purge(); return 1; end'",
      ],
    },
  ],
]);
