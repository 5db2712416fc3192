import { attacks, changed, locked, ran } from './attack.ts';

const orders = changed('app.orders');

/** Functions that do more than compute, under a policy that lets nothing be changed. */
export const functionEffects = attacks('read-only', 'R28', [
  ['nextval', "select nextval('app.counter')", { sql: 'select is_called from app.counter' }],
  [
    'nextval by type cast',
    "select nextval('app.counter'::regclass::oid::regclass)",
    { sql: 'select is_called from app.counter' },
  ],
  ['setval', "select setval('app.counter', 77)", { sql: 'select last_value = 77 from app.counter' }],
  ['a large object made', 'select lo_create(4711)', { sql: 'select exists (select from pg_largeobject_metadata)' }],
  [
    'a large object filled',
    "select lo_from_bytea(4711, '\\x00')",
    { sql: 'select exists (select from pg_largeobject_metadata)' },
  ],
  [
    'a large object written',
    "select lo_put(4711, 0, '\\xff')",
    { sql: "select lo_get(4711) = '\\xff'" },
    { setup: ["select lo_from_bytea(4711, '\\x00')"] },
  ],
  [
    'a large object opened and written',
    ['begin', "select lowrite(lo_open(4711, 131072), '\\xff')", 'commit'],
    { sql: "select lo_get(4711) = '\\xff'" },
    { setup: ["select lo_from_bytea(4711, '\\x00')"] },
  ],
  [
    'a large object cut',
    ['begin', 'select lo_truncate(lo_open(4711, 131072), 0)', 'commit'],
    { sql: "select lo_get(4711) = ''" },
    { setup: ["select lo_from_bytea(4711, '\\x00')"] },
  ],
  [
    'a large object removed',
    'select lo_unlink(4711)',
    { sql: 'select not exists (select from pg_largeobject_metadata)' },
    { setup: ['select lo_create(4711)'] },
  ],
  ['an advisory lock', 'select pg_advisory_lock(42)', locked("l.locktype = 'advisory'")],
  ['a tried advisory lock', 'select pg_try_advisory_lock_shared(42, 43)', locked("l.locktype = 'advisory'")],
  [
    'an advisory lock of a transaction',
    ['begin', 'select pg_advisory_xact_lock(42)'],
    locked("l.locktype = 'advisory'"),
  ],
  ['FOR UPDATE', ['begin', 'select * from app.orders for update'], locked("l.mode = 'RowShareLock'")],
  [
    'FOR SHARE below a sub-select',
    ['begin', 'select * from (select * from app.orders for share) o'],
    locked("l.mode = 'RowShareLock'"),
  ],
  [
    'FOR KEY SHARE in a CTE',
    ['begin', 'with o as (select * from app.orders for key share skip locked) select * from o'],
    locked("l.mode = 'RowShareLock'"),
  ],
  [
    'FOR NO KEY UPDATE in a cursor',
    ['begin', 'declare c cursor for select * from app.orders for no key update', 'fetch 1 from c'],
    locked("l.mode = 'RowShareLock'"),
  ],
  ['LOCK TABLE', ['begin', 'lock table app.orders in access exclusive mode'], locked("l.mode = 'AccessExclusiveLock'")],
  ['pg_notify', "select pg_notify('alarm', 'x')", ran(/pg_notify/)],
  ['NOTIFY', "notify alarm, 'x'", ran(/^notify/)],
  ['LISTEN', 'listen alarm', ran(/^listen/)],
  ['pg_sleep', 'select pg_sleep(0.01)', ran(/pg_sleep/)],
  ['pg_sleep_for in a join', "select * from app.customers c, pg_sleep_for('1 ms')", ran(/pg_sleep_for/)],
  ['pg_logical_emit_message', "select pg_logical_emit_message(false, 'x', 'y')", ran(/emit_message/)],
  [
    'pg_current_xact_id',
    ['begin', 'select pg_current_xact_id()'],
    { sql: "select exists (select from pg_stat_activity where usename = 'guarded' and backend_xid is not null)" },
  ],
  [
    'txid_current',
    ['begin', 'select txid_current()'],
    { sql: "select exists (select from pg_stat_activity where usename = 'guarded' and backend_xid is not null)" },
  ],
  ['pg_export_snapshot', ['begin', 'select pg_export_snapshot()'], ran(/export_snapshot/)],
  [
    'pg_terminate_backend',
    'select pg_terminate_backend(pid) from pg_stat_activity where pid = 0',
    ran(/terminate_backend/),
  ],
  ['pg_cancel_backend', 'select pg_cancel_backend(0)', ran(/cancel_backend/)],
  ['pg_reload_conf', 'select pg_reload_conf()', ran(/reload_conf/)],
  ['pg_switch_wal', 'select pg_switch_wal()', ran(/switch_wal/)],
  ['pg_create_restore_point', "select pg_create_restore_point('x')", ran(/restore_point/)],
  ['pg_stat_reset', 'select pg_stat_reset()', ran(/stat_reset/)],
  ['pg_stat_reset_shared', "select pg_stat_reset_shared('bgwriter')", ran(/stat_reset_shared/)],
  [
    'a replication slot',
    "select pg_create_physical_replication_slot('hoard', true)",
    { sql: "select exists (select from pg_replication_slots where slot_name = 'hoard')" },
  ],
  [
    'a logical replication slot',
    "select pg_create_logical_replication_slot('hoard', 'pgoutput')",
    { sql: "select exists (select from pg_replication_slots where slot_name = 'hoard')" },
  ],
  [
    'a replication origin',
    "select pg_replication_origin_create('hoard')",
    { sql: "select exists (select from pg_replication_origin where roname = 'hoard')" },
  ],
  ['pg_import_system_collations', "select pg_import_system_collations('app')", ran(/import_system_collations/)],
  [
    'gin_clean_pending_list',
    "select gin_clean_pending_list('app.gin'::regclass)",
    ran(/gin_clean/),
    { setup: ['create index gin on app.customers using gin (data)'] },
  ],
  [
    'brin_summarize_new_values',
    "select brin_summarize_new_values('app.brin'::regclass)",
    ran(/brin_summarize/),
    { setup: ['create index brin on app.customers using brin (id)'] },
  ],
  ['pg_log_backend_memory_contexts', 'select pg_log_backend_memory_contexts(pg_backend_pid())', ran(/memory_contexts/)],
  ['query_to_xml of a purge', "select query_to_xml('select app.purge()', true, false, '')", orders],
  [
    'query_to_xml with a built text',
    "select query_to_xml('select app.' || chr(112) || 'urge()', true, false, '')",
    orders,
  ],
  [
    'query_to_xml with a parameter',
    { sql: "select query_to_xml($1, true, false, '')", values: ['select app.purge()'] },
    orders,
  ],
  ['query_to_xmlschema', "select query_to_xmlschema('select app.purge()', true, false, '')", ran(/query_to_xmlschema/)],
  [
    'cursor_to_xml',
    [
      'begin',
      'declare c cursor for select app.purge() as n',
      "select cursor_to_xml('c', 1, true, false, '')",
      'commit',
    ],
    orders,
  ],
  ['ts_stat', "select * from ts_stat('select app.purge()::text::tsvector')", orders],
  [
    'ts_rewrite with a query',
    "select ts_rewrite('a'::tsquery, 'select app.purge()::text::tsquery, ''b''::tsquery')",
    orders,
  ],
  [
    'dblink_exec',
    "select dblink_exec('host={socket} port={port} dbname=app user=administrator', 'delete from app.orders')",
    orders,
    { setup: ['create extension dblink'] },
  ],
  [
    'dblink',
    "select * from dblink('host={socket} port={port} dbname=app user=administrator', 'delete from app.orders returning id') as t(id int)",
    orders,
    { setup: ['create extension dblink'] },
  ],
  [
    'dblink_connect and dblink_send_query',
    [
      "select dblink_connect('c', 'host={socket} port={port} dbname=app user=administrator')",
      "select dblink_send_query('c', 'delete from app.orders')",
      "select dblink_get_result('c')",
    ],
    { ...orders },
    { setup: ['create extension dblink'], modes: ['simple', 'extended', 'named'] },
  ],
  [
    'crosstab',
    "select * from crosstab('select app.purge()::text, 1, 1') as t(a text, b int)",
    orders,
    { setup: ['create extension tablefunc'] },
  ],
  [
    'connectby',
    "select * from connectby('(select app.purge() as a, 1 as b) x', 'a', 'b', '1', 0) as t(a int, b int, l int)",
    orders,
    { setup: ['create extension tablefunc'] },
  ],
  [
    'a refcursor that purges',
    ['begin', "select app.opened('c')", 'fetch all from c', 'commit'],
    orders,
    {
      setup: [
        'create function app.opened(refcursor) returns refcursor language plpgsql as $$ begin open $1 for select app.purge(); return $1; end $$',
      ],
    },
  ],
  [
    'a write to a foreign table',
    "insert into app.far values (9, 'forged')",
    changed('app.audit'),
    {
      setup: [
        'create extension postgres_fdw',
        "create server near foreign data wrapper postgres_fdw options (host '{socket}', port '{port}', dbname 'app')",
        "create user mapping for public server near options (user 'administrator', password_required 'false')",
        "create foreign table app.far (id int, what text) server near options (schema_name 'app', table_name 'audit')",
      ],
    },
  ],
  [
    'a view over a foreign table with a purge pushed down',
    'select * from app.far',
    orders,
    {
      setup: [
        'create extension postgres_fdw',
        "create server near foreign data wrapper postgres_fdw options (host '{socket}', port '{port}', dbname 'app')",
        "create user mapping for public server near options (user 'administrator', password_required 'false')",
        'create view app.trap as select app.purge() as id',
        "create foreign table app.far (id int) server near options (schema_name 'app', table_name 'trap')",
      ],
    },
  ],
]);
