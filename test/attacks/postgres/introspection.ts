import { type Errand, errands, everyPolicy } from './errand.ts';

/** What object-relational mappers, drivers and tools ask the catalog. */
const catalog = errands(everyPolicy, [
  [
    'a tool lists schemas',
    "select nspname from pg_catalog.pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' order by 1",
  ],
  [
    'a tool lists tables',
    "select schemaname, tablename, hasindexes from pg_catalog.pg_tables where schemaname = 'app' order by 1, 2",
  ],
  ['a tool lists views', "select table_schema, table_name from information_schema.views where table_schema = 'app'"],
  [
    'a mapper lists tables',
    "select table_schema, table_name, table_type from information_schema.tables where table_schema = 'app' order by 1, 2",
  ],
  [
    'a mapper lists columns',
    "select column_name, data_type, is_nullable, column_default, character_maximum_length, numeric_precision, udt_name, ordinal_position from information_schema.columns where table_schema = 'app' and table_name = 'customers' order by ordinal_position",
  ],
  [
    'a mapper lists keys',
    `select tc.constraint_name, kcu.column_name, tc.constraint_type from information_schema.table_constraints tc
    join information_schema.key_column_usage kcu on kcu.constraint_name = tc.constraint_name and kcu.table_schema = tc.table_schema
    where tc.table_schema = 'app' order by 1, 2`,
  ],
  [
    'a mapper lists references',
    `select tc.constraint_name, kcu.column_name, ccu.table_name, ccu.column_name, rc.update_rule, rc.delete_rule
    from information_schema.table_constraints tc
    join information_schema.key_column_usage kcu using (constraint_schema, constraint_name)
    join information_schema.constraint_column_usage ccu using (constraint_schema, constraint_name)
    join information_schema.referential_constraints rc using (constraint_schema, constraint_name)
    where tc.constraint_type = 'FOREIGN KEY' and tc.table_schema = 'app'`,
  ],
  [
    'a mapper reads check constraints',
    `select conname, pg_get_constraintdef(oid, true), contype from pg_constraint where connamespace = 'app'::regnamespace order by 1`,
  ],
  [
    'a mapper reads indexes',
    `select i.relname, ix.indisunique, ix.indisprimary, pg_get_indexdef(ix.indexrelid), array(
      select pg_get_indexdef(ix.indexrelid, k + 1, true) from generate_subscripts(ix.indkey, 1) as k order by k)
    from pg_class t join pg_index ix on t.oid = ix.indrelid join pg_class i on i.oid = ix.indexrelid
    join pg_namespace n on n.oid = t.relnamespace where n.nspname = 'app' order by 1`,
  ],
  [
    'a mapper reads enums',
    'select t.typname, e.enumlabel from pg_type t join pg_enum e on e.enumtypid = t.oid order by t.typname, e.enumsortorder',
  ],
  [
    'a mapper reads sequences',
    "select sequence_schema, sequence_name, start_value, increment from information_schema.sequences where sequence_schema = 'app'",
  ],
  [
    'a mapper reads column details',
    `select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid), col_description(a.attrelid, a.attnum), a.attidentity, a.attgenerated
    from pg_attribute a left join pg_attrdef d on a.attrelid = d.adrelid and a.attnum = d.adnum
    where a.attrelid = 'app.customers'::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`,
  ],
  [
    'a mapper reads a table by name as parameters',
    {
      sql: `select c.oid, c.relkind from pg_catalog.pg_class c left join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'v', 'm', 'f', 'p')`,
      values: ['app', 'customers'],
    },
  ],
  [
    'a mapper asks if a table exists',
    {
      sql: 'select exists (select 1 from information_schema.tables where table_schema = $1 and table_name = $2)',
      values: ['app', 'customers'],
    },
  ],
  [
    'a mapper asks if a table exists by regclass',
    "select to_regclass('app.customers') is not null, to_regtype('int4'), to_regproc('now')",
  ],
  [
    'a mapper reads a primary key',
    `select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey) where i.indrelid = '"app"."customers"'::regclass and i.indisprimary`,
  ],
  [
    'a mapper reads foreign keys with positions',
    `select con.conname, con.conkey, con.confkey, con.confdeltype, fc.relname, array(select attname from pg_attribute where attrelid = con.conrelid and attnum = any(con.conkey))
    from pg_constraint con join pg_class c on c.oid = con.conrelid join pg_class fc on fc.oid = con.confrelid where con.contype = 'f' and c.relname = 'orders'`,
  ],
  [
    'a driver reads types',
    `select t.oid, t.typname, t.typarray, t.typelem, t.typtype, t.typbasetype, t.typdelim, t.typinput::oid::regprocedure::text from pg_type t where t.typname in ('int4', 'text', 'jsonb') order by 1`,
  ],
  [
    'a driver reads composite types',
    `select ns.nspname, t.typname, t.oid, a.attname, a.atttypid from pg_type t join pg_namespace ns on t.typnamespace = ns.oid
    join pg_class c on c.oid = t.typrelid join pg_attribute a on a.attrelid = c.oid
    where t.typtype = 'c' and c.relkind = 'c' order by t.oid, a.attnum`,
  ],
  [
    'a driver reads range types',
    'select t.oid, t.typname, r.rngsubtype, r.rngcollation from pg_type t join pg_range r on r.rngtypid = t.oid order by t.oid',
  ],
  [
    'a driver reads table metadata',
    `select null as table_cat, n.nspname as table_schem, c.relname as table_name,
      case n.nspname ~ '^pg_' or n.nspname = 'information_schema' when true then 'SYSTEM TABLE' else case c.relkind when 'r' then 'TABLE' when 'v' then 'VIEW' when 'i' then 'INDEX' when 'S' then 'SEQUENCE' else null end end as table_type,
      d.description as remarks
    from pg_catalog.pg_namespace n, pg_catalog.pg_class c
    left join pg_catalog.pg_description d on c.oid = d.objoid and d.objsubid = 0 and d.classoid = 'pg_class'::regclass
    where c.relnamespace = n.oid and n.nspname like 'app' and c.relname like '%' order by table_type, table_schem, table_name`,
  ],
  [
    'a driver reads column metadata',
    `select * from (select n.nspname, c.relname, a.attname, a.atttypid, a.attnotnull or (t.typtype = 'd' and t.typnotnull) as attnotnull, a.atttypmod, a.attlen, t.typtypmod,
      row_number() over (partition by a.attrelid order by a.attnum) as attnum, nullif(a.attidentity, '') as attidentity, pg_catalog.pg_get_expr(def.adbin, def.adrelid) as adsrc, dsc.description, t.typbasetype, t.typtype
    from pg_catalog.pg_namespace n join pg_catalog.pg_class c on (c.relnamespace = n.oid) join pg_catalog.pg_attribute a on (a.attrelid = c.oid)
    join pg_catalog.pg_type t on (a.atttypid = t.oid) left join pg_catalog.pg_attrdef def on (a.attrelid = def.adrelid and a.attnum = def.adnum)
    left join pg_catalog.pg_description dsc on (c.oid = dsc.objoid and a.attnum = dsc.objsubid)
    where c.relkind in ('r', 'p', 'v', 'f', 'm') and a.attnum > 0 and not a.attisdropped and n.nspname like 'app') c where true order by nspname, c.relname, attnum`,
  ],
  [
    'a driver reads primary keys',
    `select result.table_cat, result.table_name, result.column_name, result.key_seq, result.pk_name from
      (select null as table_cat, ct.relname as table_name, a.attname as column_name, (information_schema._pg_expandarray(i.indkey)).n as key_seq, ci.relname as pk_name,
        information_schema._pg_expandarray(i.indkey) as keys, a.attnum as a_attnum
       from pg_catalog.pg_class ct join pg_catalog.pg_attribute a on (ct.oid = a.attrelid) join pg_catalog.pg_namespace n on (ct.relnamespace = n.oid)
       join pg_catalog.pg_index i on (a.attrelid = i.indrelid) join pg_catalog.pg_class ci on (ci.oid = i.indexrelid) where n.nspname = 'app' and i.indisprimary) result
    where result.a_attnum = (result.keys).x order by result.table_name, result.pk_name, result.key_seq`,
  ],
  [
    'a driver reads index statistics',
    `select ci.relname, am.amname, i.indisunique, i.indoption, ci.reltuples, ci.relpages, pg_catalog.pg_get_expr(i.indpred, i.indrelid)
    from pg_catalog.pg_class ct join pg_catalog.pg_index i on ct.oid = i.indrelid join pg_catalog.pg_class ci on ci.oid = i.indexrelid join pg_catalog.pg_am am on ci.relam = am.oid
    where ct.relname = 'orders'`,
  ],
  ['a driver asks its own name', "select current_setting('application_name'), current_schema()"],
  ['a driver asks if the server recovers', 'select pg_is_in_recovery()'],
  ['a driver reads extensions', 'select extname, extversion from pg_extension order by 1'],
  ['a driver reads collations', "select collname, collprovider from pg_collation where collname = 'C'"],
  [
    'a driver reads encodings',
    'select pg_encoding_to_char(encoding), datcollate from pg_database where datname = current_database()',
  ],
  [
    'a tool reads functions',
    `select n.nspname, p.proname, pg_get_function_result(p.oid), pg_get_function_arguments(p.oid), p.prokind, l.lanname
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang where n.nspname = 'app' order by 1, 2`,
  ],
  [
    'a tool reads routines',
    "select routine_name, routine_type, data_type from information_schema.routines where routine_schema = 'app'",
  ],
  [
    'a tool reads triggers',
    "select tgname, pg_get_triggerdef(oid, true) from pg_trigger where not tgisinternal and tgrelid = 'app.orders'::regclass",
  ],
  ['a tool reads rules', "select schemaname, tablename, rulename from pg_rules where schemaname = 'app'"],
  ['a tool reads policies', "select * from pg_policies where schemaname = 'app'"],
  [
    'a tool reads privileges',
    "select grantee, privilege_type from information_schema.role_table_grants where table_schema = 'app' and table_name = 'customers' order by 1, 2",
  ],
  [
    'a tool asks for privileges',
    "select has_table_privilege('app.customers', 'select'), has_schema_privilege('app', 'usage'), has_database_privilege(current_database(), 'connect')",
  ],
  ['a tool reads roles', "select rolname, rolsuper, rolcanlogin from pg_roles where rolname !~ '^pg_' order by 1"],
  ['a tool reads inheritance', 'select inhrelid::regclass, inhparent::regclass from pg_inherits order by 1'],
  [
    'a tool reads comments',
    "select obj_description('app.customers'::regclass, 'pg_class'), shobj_description(oid, 'pg_database') from pg_database where datname = current_database()",
  ],
  [
    'a tool reads sizes',
    "select relname, relpages, pg_catalog.pg_relation_size(oid) from pg_class where relnamespace = 'app'::regnamespace and relkind = 'r' order by 1",
  ],
  [
    'a tool reads dependencies',
    "select classid::regclass, deptype from pg_depend where refobjid = 'app.customers'::regclass order by 1, 2",
  ],
  [
    'a tool reads operators',
    "select oprname, oprleft::regtype, oprright::regtype from pg_operator where oprname = '@@' order by 2, 3",
  ],
  [
    'a tool reads table counters',
    "select schemaname, relname from pg_stat_user_tables where schemaname = 'app' order by 2",
  ],
  ['a tool reads locks', 'select count(*) > 0 from pg_locks'],
  [
    'a tool reads partitions',
    `select c.relname, pg_get_expr(c.relpartbound, c.oid), pg_get_partkeydef(c.oid) from pg_class c where c.relispartition`,
  ],
  [
    'a tool reads aggregates and casts',
    "select aggfnoid::regproc, aggtransfn::regproc from pg_aggregate where aggfnoid::regproc::text = 'array_agg' order by 1, 2",
  ],
  ['a tool reads text search', 'select cfgname from pg_ts_config order by 1'],
  ['a tool reads the time zones', "select count(*) > 100 from pg_timezone_names where name like '%/%'"],
  ['a tool reads views', "select schemaname, viewname from pg_views where schemaname = 'app'"],
  [
    'a tool reads the view of a table',
    "select pg_get_viewdef(c.oid, true) from pg_class c where c.relkind = 'v' and c.relnamespace = 'app'::regnamespace",
  ],
  ['a tool reads domains', "select domain_name, data_type from information_schema.domains where domain_schema = 'app'"],
  [
    'a migration tool asks for its table',
    "select tablename from pg_tables where schemaname = current_schema() and tablename = 'schema_migrations'",
  ],
]);

/** They show values of every schema, and what other sessions run. */
const telling = errands(
  everyPolicy.filter((name) => name !== 'scoped'),
  [
    [
      'a mapper reads sequence details',
      "select schemaname, sequencename, data_type, start_value, min_value, cache_size from pg_sequences where schemaname = 'app'",
    ],
    ['a tool reads activity', 'select count(*) > 0 from pg_stat_activity where datname = current_database()'],
  ],
);

/** Read-only access shows. */
const writable = errands(
  everyPolicy.filter((name) => name !== 'read-only'),
  [['a driver asks if the server is writable', 'show transaction_read_only']],
);

export const introspection: readonly Errand[] = [...catalog, ...telling, ...writable];
