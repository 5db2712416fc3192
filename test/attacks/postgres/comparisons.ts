import { attacks, leaked } from './attack.ts';

const telling = "raise notice '%', (select value from secret.keys limit 1)";

function watching(name: string, args: string, ret: 'int' | 'boolean', volatility = ''): string {
  const result = ret === 'int' ? '0' : 'true';
  return `create function app.${name}(${args}) returns ${ret} language plpgsql ${volatility} as $$ begin ${telling}; return ${result}; end $$`;
}

/** Operators of a type that has none of its own; `then` is what comparing does besides. */
const comparing = (t: string, then: string) => [
  `create function app.eq(${t}, ${t}) returns boolean language sql immutable as 'select $1::text = $2::text'`,
  `create function app.lt(${t}, ${t}) returns boolean language sql immutable as 'select $1::text < $2::text'`,
  `create operator app.=== (leftarg = ${t}, rightarg = ${t}, function = app.eq)`,
  `create operator app.<<< (leftarg = ${t}, rightarg = ${t}, function = app.lt)`,
  `create function app.cmp(${t}, ${t}) returns int language plpgsql immutable as $$ begin ${then}; return case when $1::text < $2::text then -1 when $1::text = $2::text then 0 else 1 end; end $$`,
];
const operatorClass = (t: string, def = 'default') =>
  `create operator class app.oc ${def} for type ${t} using btree as operator 1 app.<<<, operator 3 app.===, function 1 app.cmp(${t}, ${t})`;
/** Functions of operator classes, index expressions, statistics and trigger conditions. */
export const comparisons = attacks('tables', 'R23', [
  [
    'an operator class on a built-in type',
    'select data::json from app.customers order by 1',
    leaked,
    { setup: [...comparing('json', telling), operatorClass('json')] },
  ],
  [
    'an operator class on a built-in type under DISTINCT',
    "select distinct j from (values ('1'::json), ('2')) v(j)",
    leaked,
    { setup: [...comparing('json', telling), operatorClass('json')] },
  ],
  [
    'an operator class of an index',
    'insert into app.k values (2)',
    leaked,
    {
      setup: [
        ...comparing('int', telling),
        operatorClass('int', ''),
        'create table app.k (n int)',
        'insert into app.k values (1)',
        'create index on app.k (n app.oc)',
      ],
    },
  ],
  [
    'an operator class of an index that is made',
    'create index on app.k (n app.oc)',
    leaked,
    {
      setup: [
        ...comparing('int', telling),
        operatorClass('int', ''),
        'create table app.k (n int)',
        'insert into app.k values (1), (2)',
      ],
    },
  ],
  [
    'an operator class of an own type',
    'select distinct x from app.boxes',
    leaked,
    {
      setup: [
        'create type app.box_t as (n int)',
        ...comparing('app.box_t', telling),
        operatorClass('app.box_t'),
        'create table app.boxes (x app.box_t)',
        "insert into app.boxes values ('(1)'), ('(2)')",
      ],
    },
  ],
  [
    'an operator class of a partition key',
    'insert into app.whole values (2)',
    leaked,
    {
      setup: [
        ...comparing('int', telling),
        operatorClass('int', ''),
        'create table app.whole (n int) partition by range (n app.oc)',
        'create table app.part partition of app.whole for values from (1) to (9)',
        'create table app.part2 partition of app.whole for values from (91) to (92)',
      ],
    },
  ],
  [
    'an operator class of a range',
    'select app.r(1,2) = app.r(1,3)',
    leaked,
    {
      setup: [
        ...comparing('int', telling),
        operatorClass('int', ''),
        'create type app.r as range (subtype = int, subtype_opclass = app.oc)',
      ],
    },
  ],
  [
    'an operator behind an operator class',
    "select distinct j from (values ('1'::json), ('2'), ('2')) v(j)",
    leaked,
    {
      setup: [
        ...comparing('json', 'null'),
        'create or replace function app.eq(json, json) returns boolean language plpgsql immutable as $$ begin ' +
          telling +
          '; return $1::text = $2::text; end $$',
        operatorClass('json'),
      ],
    },
  ],
  [
    'a statistics object',
    'analyze app.orders',
    leaked,
    {
      setup: [
        watching('s', 'int', 'int', 'immutable'),
        'create statistics app.st on (app.s(id)), note from app.orders',
      ],
    },
  ],
  [
    'ANALYZE of everything',
    'analyze',
    leaked,
    {
      setup: [
        watching('s', 'int', 'int', 'immutable'),
        'create table app.indexed as select 1 as id',
        'create index on app.indexed (app.s(id))',
      ],
    },
  ],
  [
    'a trigger condition',
    'insert into app.orders values (98, 2)',
    leaked,
    {
      setup: [
        watching('w', 'int', 'boolean'),
        "create function app.t() returns trigger language plpgsql as 'begin return new; end'",
        'create trigger t before insert on app.orders for each row when (app.w(new.id)) execute function app.t()',
      ],
    },
  ],
  [
    'a trigger condition on orders',
    'insert into app.orders values (99, 1)',
    leaked,
    {
      setup: [
        watching('w', 'int', 'boolean'),
        "create function app.t() returns trigger language plpgsql as 'begin return new; end'",
        'create trigger t before insert on app.orders for each row when (app.w(new.id)) execute function app.t()',
      ],
    },
  ],
  [
    'a truncate that cascades to a trigger',
    'truncate app.customers cascade',
    leaked,
    {
      setup: [
        'create function app.t() returns trigger language plpgsql as $$ begin ' + telling + '; return null; end $$',
        'alter table app.orders drop constraint orders_customer_fkey',
        'alter table app.orders add foreign key (customer) references app.customers',
        'create trigger t before truncate on app.orders for each statement execute function app.t()',
      ],
    },
  ],
]);
