import { frames } from '../../../postgres/frames.ts';
import type { Step } from '../../postgres/attack.ts';
import { showing } from '../attack.ts';

const { parse, bind, describe, execute, sync, query } = frames;

const prepared = (sql: string): Buffer[] => [parse(sql, 's'), describe('S', 's'), sync()];
const again = (): Buffer[] => [bind({ statement: 's' }), execute(), sync()];

/** A statement that was clean when it was prepared, and is no longer. */
const drifting = (name: string, sql: string, ...changes: string[]) =>
  [
    name,
    {
      frames: [...prepared(sql), ...again(), ...changes.map((change) => query(change)), ...again()],
      answers: 3 + changes.length,
    },
  ] as const;

const entries: readonly (readonly [name: string, step: Step])[] = [
  drifting(
    'another search path',
    'select email from suppliers',
    'create schema other',
    'create table other.suppliers as select ssn as email from app.customers',
    'set search_path = other, app',
  ),
  drifting(
    'a temporary view in front',
    'select email from suppliers',
    'create temp view suppliers as select email from app.customers',
  ),
  drifting(
    'a temporary table in front',
    'select email from suppliers',
    'create temp table suppliers as select id, email from app.customers',
  ),
  drifting(
    'a replaced view',
    'select x from app.v',
    'create or replace view app.v as select ssn as x from app.customers',
  ),
  drifting(
    'a replaced function',
    "select app.same('x')",
    "create or replace function app.same(text) returns text language sql immutable as 'select ssn from app.customers where id = 1'",
  ),
  drifting(
    'a function in front',
    "select shout('x')",
    "create function pg_temp.nothing() returns int language sql as 'select 1'",
    'create or replace function app.shout(text) returns text language plpgsql immutable as $$ begin return (select ssn from app.customers where id = 1); end $$',
  ),
  drifting(
    'swapped columns',
    'select city from app.customers',
    'alter table app.customers rename column city to c',
    'alter table app.customers rename column ssn to city',
  ),
  drifting(
    'a swapped table',
    'select email from app.suppliers',
    'alter table app.suppliers rename to s',
    'alter table app.customers rename to suppliers',
  ),
  drifting(
    'a swapped schema',
    'select email from app.suppliers',
    'create schema other',
    'create table other.suppliers as select email from app.customers',
    'alter schema app rename to old',
    'alter schema other rename to app',
  ),
  drifting(
    'a new child',
    'select what from app.audit',
    'create table app.heir () inherits (app.audit)',
    'insert into app.heir (id, what) select id, ssn from app.customers',
  ),
  drifting('copied values', 'select what from app.audit', 'insert into app.audit (what) select ssn from app.customers'),
  drifting(
    'a new generated column',
    'select * from app.people',
    "alter table app.people add g text generated always as (nickname || '!') stored",
  ),
  [
    'a star after a change',
    {
      frames: [
        parse('select * from app.audit', 's'),
        sync(),
        query('alter table app.audit add x text default app.email_of(1)'),
        parse('select * from app.audit', 't'),
        bind({ statement: 't' }),
        execute(),
        sync(),
      ],
      answers: 3,
    },
  ],
  [
    'a view swapped in the same pipeline',
    {
      frames: [
        parse('select x from app.v', 's'),
        sync(),
        parse('create or replace view app.v as select ssn as x from app.customers'),
        bind(),
        execute(),
        bind({ statement: 's' }),
        execute(),
        sync(),
      ],
      answers: 2,
    },
  ],
  [
    'a search path swapped in the same pipeline',
    {
      frames: [
        query('create schema other'),
        query('create view other.suppliers as select ssn as email from app.customers'),
        parse('set search_path = other, app'),
        bind(),
        execute(),
        parse('select email from suppliers'),
        bind(),
        execute(),
        sync(),
      ],
      answers: 3,
    },
  ],
  [
    'a rollback that uncovers',
    {
      frames: [
        query('create temp view suppliers as select email from app.customers'),
        query('begin'),
        query('drop view pg_temp.suppliers'),
        query('select email from suppliers'),
        query('rollback'),
        query('select email from suppliers'),
      ],
      answers: 6,
    },
  ],
  [
    'a setting of the transaction that ends',
    {
      frames: [
        query('create schema other'),
        query('create view other.suppliers as select ssn as email from app.customers'),
        query('set search_path = other, app'),
        query('begin'),
        query('set local search_path = app'),
        query('commit'),
        query('select email from suppliers'),
      ],
      answers: 7,
    },
  ],
  [
    'DISCARD of the temporary table in front',
    {
      frames: [
        query('create temp table customers (id int, email text)'),
        parse('select email from customers', 's'),
        sync(),
        query('discard temp'),
        ...again(),
      ],
      answers: 4,
    },
  ],
];

export const drifts = showing(
  'drift',
  entries.map(([name, step]) => [name, step, { setup: ['create view app.v as select name as x from app.suppliers'] }]),
);
