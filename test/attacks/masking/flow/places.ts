import { showing } from '../attack.ts';

/** Places outside tables. */
export const places = showing('places', [
  [
    'set_config',
    ["select set_config('x.y', email, false) from app.customers where id = 1", "select current_setting('x.y')"],
  ],
  ['set_config shown at once', "select set_config('x.y', ssn, true) from app.customers"],
  [
    'set_config in a condition',
    ["select count(*) from app.customers where id = 1 and set_config('x.y', ssn, false) = ''", 'show x.y'],
  ],
  [
    'set_config read from pg_settings',
    [
      "select count(*) from app.customers where id = 1 and set_config('x.y', ssn, false) = ''",
      "select current_setting(n) from (values ('x.y')) t (n)",
    ],
  ],
  [
    'a reported parameter',
    "select count(*) from app.customers where id = 1 and set_config('application_name', ssn, false) = ''",
  ],
  [
    'application_name and the activity',
    [
      "select count(*) from app.customers where id = 1 and set_config('application_name', ssn, false) = ''",
      'select application_name from pg_stat_activity',
    ],
  ],
  [
    'UPDATE of pg_settings',
    [
      "update pg_settings set setting = (select ssn from app.customers where id = 1) where name = 'application_name'",
      'show application_name',
    ],
  ],
  ['pg_notify', ['listen c', "select pg_notify('c', email) from app.customers where id = 1"]],
  [
    'pg_notify with the channel',
    [
      "select pg_notify(ssn, '') from app.customers where id = 1",
      "do $$ begin execute format('listen %I', (select ssn from app.customers where id = 1)); end $$",
      'select pg_listening_channels()',
    ],
  ],
  ['a large object', ['select lo_from_bytea(4711, ssn::bytea) from app.customers where id = 1', 'select lo_get(4711)']],
  [
    'a large object by pages',
    [
      'select lo_from_bytea(4711, ssn::bytea) from app.customers where id = 1',
      'select data from pg_largeobject where loid = 4711',
    ],
  ],
  [
    'lo_put',
    [
      'select lo_create(4711)',
      'select lo_put(4711, 0, ssn::bytea) from app.customers where id = 1',
      "select convert_from(lo_get(4711), 'UTF8')",
    ],
  ],
  ['COPY TO', 'copy app.customers to stdout'],
  ['COPY of a column', 'copy app.customers (ssn) to stdout'],
  ['COPY of a query', 'copy (select email as x from app.customers) to stdout'],
  ['COPY in CSV', 'copy app.customers to stdout (format csv, header, force_quote *)'],
  ['COPY in binary', 'copy app.customers (id, email, salary, birth, photo) to stdout (format binary)'],
  ['COPY with another delimiter', "copy (select ssn, notes from app.customers) to stdout (delimiter '~', null 'NULL')"],
  ['COPY in another encoding', "copy (select ssn from app.customers) to stdout (encoding 'LATIN1')"],
  ['COPY of a partition', 'copy app.events_high to stdout'],
  ['COPY of a partitioned table as a query', 'copy (table app.events) to stdout'],
  ['COPY of a child', 'copy app.retired to stdout'],
  ['COPY of a materialized view', 'copy (table app.m_mails) to stdout'],
  ['COPY of RETURNING', 'copy (update app.customers set city = city returning ssn) to stdout'],
  ['COPY of a function', "copy (select * from app.in_city('Paris')) to stdout"],
  [
    'COPY to a file and back',
    [
      "copy (select ssn from app.customers where ssn is not null) to '{dir}/data/stolen'",
      "copy app.audit (what) from '{dir}/data/stolen'",
      'select what from app.audit',
    ],
  ],
  [
    'a file read',
    [
      "copy (select ssn from app.customers where ssn is not null) to '{dir}/data/stolen'",
      "select pg_read_file('{dir}/data/stolen')",
    ],
  ],
  [
    'COPY to a program',
    [
      "copy (select ssn from app.customers where ssn is not null) to program 'cat > {dir}/data/stolen'",
      "select pg_read_binary_file('{dir}/data/stolen')",
    ],
  ],
  [
    'lo_export',
    [
      'select lo_from_bytea(4711, ssn::bytea) from app.customers where id = 1',
      "select lo_export(4711, '{dir}/data/stolen')",
      "select pg_read_file('{dir}/data/stolen')",
    ],
  ],
  ['the file of the table itself', ['checkpoint', "select pg_read_binary_file(pg_relation_filepath('app.vault'))"]],
  ['the file of an index', ['checkpoint', "select pg_read_binary_file(pg_relation_filepath('app.contacts_reversed'))"]],
  ['PREPARE and EXECUTE', ['prepare p as select email from app.customers', 'execute p']],
  ['EXECUTE with a value', ['prepare p (int) as select ssn from app.customers where id = $1', 'execute p(1)']],
  ['a cursor', ['begin', 'declare k cursor for select email from app.customers', 'fetch all from k', 'rollback']],
  [
    'a cursor WITH HOLD',
    ['begin', 'declare k cursor with hold for select ssn from app.customers', 'commit', 'fetch 3 from k', 'close k'],
  ],
  [
    'a scrolling cursor',
    [
      'begin',
      'declare k scroll cursor for select ssn from app.customers',
      'fetch last from k',
      'fetch backward 2 from k',
      'rollback',
    ],
  ],
  [
    'a binary cursor',
    ['begin', 'declare k binary cursor for select ssn, salary from app.customers', 'fetch all from k', 'rollback'],
  ],
  [
    'a cursor of another name for the same',
    ['begin', 'declare "K" cursor for select notes from app.customers', 'fetch 1 from "K"', 'rollback'],
  ],
  [
    'WHERE CURRENT OF',
    [
      'begin',
      'declare k cursor for select id from app.customers',
      'fetch 1 from k',
      'update app.customers set city = city where current of k returning ssn',
      'rollback',
    ],
  ],
  [
    'a sequence',
    ["select setval('app.ticket', (salary)::bigint) from app.customers where id = 1", "select nextval('app.ticket')"],
  ],
  [
    'the last value of a sequence',
    [
      "select setval('app.ticket', (salary)::bigint) from app.customers where id = 1",
      'select last_value from app.ticket',
    ],
  ],
  [
    'an advisory lock',
    [
      'select pg_advisory_lock(salary::bigint) is null from app.customers where id = 1',
      "select (classid::bigint << 32) + objid::bigint from pg_locks where locktype = 'advisory'",
    ],
  ],
  ['statistics', "select most_common_vals, histogram_bounds from pg_stats where tablename = 'customers'"],
  [
    'statistics of a clean-looking column',
    "select attname, histogram_bounds::text from pg_stats where schemaname = 'app' and attname = 'ssn'",
  ],
  ['the catalog of statistics', 'select stavalues1, stavalues2 from pg_statistic'],
  ['statistics of expressions', "select * from pg_stats where tablename = 'contacts_reversed'"],
  [
    'extended statistics',
    [
      'create statistics app.s (mcv) on ssn, city from app.customers',
      'insert into app.customers (id, name, ssn, phone, city) select 100 * n + id, name, ssn, phone || n, city from app.customers, generate_series(1, 3) n where ssn is not null',
      'analyze app.customers',
      'select most_common_vals from pg_stats_ext',
    ],
  ],
  [
    'extended statistics on expressions',
    [
      'create statistics app.s on (lower(ssn)) from app.customers',
      'analyze app.customers',
      'select * from pg_stats_ext_exprs',
    ],
  ],
]);
