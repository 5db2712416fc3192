import { showing } from '../attack.ts';

/** The value by way of what comes with extensions. */
export const extensions = showing('extensions', [
  [
    'dblink',
    [
      "select * from dblink(format('host=%s port=%s user=administrator dbname=%s', '{socket}', '{port}', current_database()), 'select email from app.customers') as t (x text)",
    ],
    { setup: ['create extension dblink'], modes: ['simple'] },
  ],
  [
    'a foreign table',
    [
      "create server loop foreign data wrapper postgres_fdw options (host '{socket}', port '{port}', dbname 'one')",
      "create user mapping for guarded server loop options (user 'administrator', password_required 'false')",
      "create foreign table app.mirror (id int, email text) server loop options (schema_name 'app', table_name 'customers')",
      'select email from app.mirror',
    ],
    { setup: ['create extension postgres_fdw'] },
  ],
  [
    'a foreign file',
    [
      "copy (select ssn from app.customers where ssn is not null) to '{dir}/data/stolen'",
      'create server files foreign data wrapper file_fdw',
      "create foreign table app.stolen (x text) server files options (filename '{dir}/data/stolen')",
      'select x from app.stolen',
    ],
    { setup: ['create extension file_fdw'] },
  ],
  [
    'crosstab',
    "select * from crosstab('select id, 1, ssn from app.customers order by 1') as t (id int, x text)",
    { setup: ['create extension tablefunc'] },
  ],
  ['ts_stat', "select word from ts_stat('select to_tsvector(''simple'', notes) from app.customers')"],
  [
    'pageinspect',
    ['checkpoint', "select t_data from heap_page_items(get_raw_page('app.vault', 0))"],
    { setup: ['create extension pageinspect'] },
  ],
  [
    'pageinspect of an index',
    "select data from bt_page_items('app.customers_email_key', 1)",
    { setup: ['create extension pageinspect'] },
  ],
  ['hstore of a row', "select hstore(c) -> 'email' from app.customers c", { setup: ['create extension hstore'] }],
  [
    'pg_stat_statements',
    [
      "do $$ begin execute format('select 1 as %I', (select ssn from app.customers where id = 1)); end $$",
      'select query from pg_stat_statements',
    ],
    {
      setup: [
        'create extension pg_stat_statements',
        "alter system set pg_stat_statements.track = 'all'",
        'select pg_reload_conf()',
      ],
    },
  ],
  [
    'pgcrypto',
    'select armor(ssn::bytea) from app.customers where ssn is not null',
    { setup: ['create extension pgcrypto'] },
  ],
  ['unaccent', 'select unaccent(ssn) from app.customers', { setup: ['create extension unaccent'] }],
  ['citext', 'select email::citext from app.customers', { setup: ['create extension citext'] }],
  ['ltree', 'select ssn::ltree from app.customers', { setup: ['create extension ltree'] }],
]);
