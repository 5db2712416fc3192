import { showing, telling } from '../attack.ts';
import { cellsOf } from '../canaries.ts';

const one = cellsOf('one');
const ssn = one.ssn(1) ?? '';

/** What the planner says it knows of masked values. */
export const plans = telling('plans', [
  [
    'the rows of EXPLAIN ANALYZE',
    `explain (analyze, timing off, costs off, summary off, buffers off) select from app.customers where ssn like '${ssn.slice(0, 3)}%'`,
  ],
  [
    'the rows that a filter removed',
    `explain (analyze, timing off, costs off, summary off, buffers off) select from app.customers where ssn < 'n'`,
  ],
  ['the estimate of a range', 'explain select from app.customers where salary < 40000000000'],
  ['the estimate of a common value', `explain select from app.customers where ssn = '${one.ssn(3)}'`],
  ['the estimate of an order', "explain select from app.customers where email < 'm'"],
  [
    'a plan that depends on the order of values',
    [
      'set enable_seqscan = off',
      "explain (costs off, analyze, timing off, summary off, buffers off) select id from app.customers where email > 'm' order by email",
    ],
  ],
  [
    'the pages that were read',
    "explain (analyze, timing off, costs off, summary off, format json) select from app.customers where ssn < 'n'",
  ],
  ['how wide a column is', 'explain select ssn from app.customers', { since: 15 }],
  [
    'statistics shown as numbers',
    "select n_distinct, null_frac, avg_width from pg_stats where attname in ('email', 'ssn', 'notes') and tablename = 'customers' order by attname",
  ],
  [
    'the correlation of statistics',
    "select correlation from pg_stats where attname = 'ssn' and tablename = 'customers'",
  ],
  ['the size of a table', 'select sum(pg_column_size(c)) from app.customers c'],
  ['a lossy aggregate', 'select pg_column_size(array_agg(notes)) from app.customers'],
]);

/** Explanations that hold values. */
export const explanations = showing('plans', [
  [
    'EXPLAIN of a constant',
    "do $$ declare r text; begin for r in execute format('explain select %L', (select ssn from app.customers where id = 1)) loop raise notice '%', r; end loop; for r in execute format('explain verbose select %L', (select ssn from app.customers where id = 1)) loop raise notice '%', r; end loop; end $$",
  ],
  ['EXPLAIN ANALYZE of a failing cast', 'explain analyze select ssn::int from app.customers'],
  [
    'EXPLAIN EXECUTE of a failing cast',
    ['prepare p as select ssn::int from app.customers', 'explain analyze execute p'],
  ],
  [
    'EXPLAIN folds a call',
    'explain verbose select app.fixed()',
    {
      setup: [
        'create function app.fixed() returns text language plpgsql immutable as $$ begin return (select ssn from app.customers where id = 1); end $$',
      ],
    },
  ],
]);
