import { frames } from '../../postgres/frames.ts';
import { attacks, changed } from './attack.ts';

const orders = changed('app.orders');
const { parse, bind, execute, sync } = frames;

/** A function that deletes. */
function purging(name: string, args: string, ret = 'int'): string {
  const result = ret === 'int' ? '1' : 'null';
  return `create function app.${name}(${args}) returns ${ret} language plpgsql as $$ begin delete from app.orders; return ${result}; end $$`;
}

const D = 'create domain app.d as int check (app.purge() = 1)';

/** Code that nobody calls by name: casts, and the checks of types. */
export const implicitCode = attacks('read-only', 'R23', [
  [
    'a declared parameter nobody uses',
    [{ frames: [parse('select 1', '', [4711000]), bind({ values: ['1'] }), execute(), sync()] }],
    orders,
    {
      setup: [
        D,
        "set allow_system_table_mods = on; update pg_type set oid = 4711000 where typname = 'd' and typtype = 'd'; update pg_constraint set contypid = 4711000 where conname = 'd_check'",
      ],
    },
  ],
  [
    'a cast between built-in types in UNION',
    'select localtime union all select current_date',
    orders,
    { setup: [purging('c', 'time', 'date'), 'create cast (time as date) with function app.c(time) as implicit'] },
  ],
  [
    'a cast between built-in types in VALUES',
    'values (localtime), (current_date)',
    orders,
    { setup: [purging('c', 'time', 'date'), 'create cast (time as date) with function app.c(time) as implicit'] },
  ],
  [
    'a cast between built-in types in CASE',
    'select case when true then localtime else current_date end',
    orders,
    { setup: [purging('c', 'time', 'date'), 'create cast (time as date) with function app.c(time) as implicit'] },
  ],
  [
    'a cast between built-in types in COALESCE',
    'select coalesce(localtime, current_date)',
    orders,
    { setup: [purging('c', 'time', 'date'), 'create cast (time as date) with function app.c(time) as implicit'] },
  ],
  [
    'a cast between built-in types in EXECUTE',
    ['prepare p(date) as select 1', 'execute p(localtime)'],
    orders,
    { setup: [purging('c', 'time', 'date'), 'create cast (time as date) with function app.c(time) as implicit'] },
  ],
  [
    'a cast between built-in types in ALTER TABLE',
    'alter table app.cc alter c type date',
    orders,
    {
      setup: [
        purging('c', 'numeric', 'date'),
        'create cast (numeric as date) with function app.c(numeric) as assignment',
        'create table app.cc as select 1::numeric as c',
      ],
    },
  ],
  [
    'a cast between built-in types in LIMIT',
    "select 1 limit date '2000-01-01'",
    orders,
    { setup: [purging('c', 'date', 'bigint'), 'create cast (date as bigint) with function app.c(date) as implicit'] },
  ],
  [
    'a cast of a whole row',
    'select c::text from app.customers c',
    orders,
    {
      setup: [
        purging('rowc', 'app.customers', 'text'),
        'create cast (app.customers as text) with function app.rowc(app.customers)',
      ],
    },
  ],
  [
    'a cast of a whole row by its star',
    'select (c.*)::text from app.customers c',
    orders,
    {
      setup: [
        purging('rowc', 'app.customers', 'text'),
        'create cast (app.customers as text) with function app.rowc(app.customers)',
      ],
    },
  ],
  [
    'a cast of a whole row written to a column',
    'insert into app.audit select 9, c from app.customers c where c.id = 1',
    orders,
    {
      setup: [
        purging('rowc', 'app.customers', 'text'),
        'create cast (app.customers as text) with function app.rowc(app.customers) as assignment',
      ],
    },
  ],
  [
    'a cast of a whole row from a sub-select',
    'select s.x::text from (select c as x from app.customers c) s',
    orders,
    {
      setup: [
        purging('rowc', 'app.customers', 'text'),
        'create cast (app.customers as text) with function app.rowc(app.customers)',
      ],
    },
  ],
  [
    'a cast of a whole row of a view',
    'select v::text from app.v',
    orders,
    {
      setup: [
        'create view app.v as select 1 as n',
        purging('rowc', 'app.v', 'text'),
        'create cast (app.v as text) with function app.rowc(app.v)',
      ],
    },
  ],
  [
    'a domain default',
    'insert into app.dd default values',
    orders,
    { setup: ['create domain app.d as int default app.purge()', 'create table app.dd (d app.d)'] },
  ],
]);
