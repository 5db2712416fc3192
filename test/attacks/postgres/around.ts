import { attacks, changed, leaked, ran } from './attack.ts';

const keys = changed('secret.keys');

/** Ways around a scope that lead through the server's own functions, settings and statements. */
export const aroundTheScope = attacks('scoped', 'R20', [
  ['table_to_xml', "select table_to_xml('secret.keys', true, false, '')", leaked],
  ['schema_to_xml', "select schema_to_xml('secret', true, false, '')", leaked],
  ['database_to_xml', "select database_to_xml(true, false, '')", leaked],
  ['query_to_xml', "select query_to_xml('table secret.keys', true, false, '')", leaked],
  [
    'query_to_xml by OID',
    "select query_to_xml(format('table %s', oid::regclass), true, false, '') from pg_class where relname = 'keys'",
    leaked,
  ],
  [
    'ts_stat',
    "select word from ts_stat('select to_tsvector(''simple'', value) from secret.keys')",
    { received: 'canary' },
  ],
  [
    'a page read raw',
    "select encode(get_raw_page('secret.keys', 0), 'escape')",
    leaked,
    { setup: ['create extension pageinspect'] },
  ],
  [
    'the file of the table',
    "select encode(pg_read_binary_file(pg_relation_filepath('secret.keys'::regclass)), 'escape')",
    leaked,
    { setup: ['checkpoint'] },
  ],
  [
    'statistics in pg_stats',
    "select most_common_vals::text from pg_stats where tablename = 'keys'",
    leaked,
    { setup: ["update secret.keys set value = 'CANARY-9f31c6'", 'analyze secret.keys'] },
  ],
  [
    'statistics in pg_statistic',
    'select stavalues1::text, stavalues2::text from pg_statistic',
    leaked,
    { setup: ['analyze secret.keys'] },
  ],
  ['COPY TO STDOUT', 'copy secret.keys to stdout', leaked, { modes: ['simple', 'extended', 'named'] }],
  ['COPY of a query', 'copy (select value from secret.keys) to stdout', ran(/^copy/)],
  ['LOCK', ['begin', 'lock secret.keys'], ran(/^lock/)],
  ['a cursor', ['begin', 'declare c cursor for table secret.keys', 'fetch all c'], leaked],
  [
    'a cursor WITH HOLD',
    ['begin', 'declare c cursor with hold for table secret.keys', 'commit', 'fetch all c'],
    leaked,
  ],
  ['EXECUTE', ['prepare k as table secret.keys', 'execute k'], leaked],
  [
    'a foreign key that tells by its error',
    ['create table app.probe (id int references secret.keys)'],
    { sql: "select to_regclass('app.probe') is not null" },
  ],
  ['ALTER … SET SCHEMA, then a new name', ['alter table secret.keys set schema app', 'table app.keys'], leaked],
  [
    'ALTER SCHEMA … RENAME, then a new name',
    ['alter schema app rename to was_app', 'alter schema secret rename to app', 'table app.keys'],
    leaked,
  ],
  [
    'ALTER SCHEMA … RENAME in one Query',
    'alter schema app rename to was_app; alter schema secret rename to app; table app.keys',
    leaked,
    { modes: ['simple'] },
  ],
  ['SET search_path', ['set search_path = secret', 'table keys'], leaked],
  ['SET search_path in one Query', 'set search_path = secret; table keys', leaked, { modes: ['simple'] }],
  ['SET SCHEMA', ["set schema 'secret'", 'table keys'], leaked],
  ['SET LOCAL search_path', ['begin', 'set local search_path = secret', 'table keys', 'commit'], leaked],
  ['set_config of search_path', ["select set_config('search_path', 'secret', false)", 'table keys'], leaked],
  [
    'set_config and a read in one SELECT',
    ["select set_config('search_path', 'secret', false)", 'select * from keys'],
    leaked,
  ],
  [
    'UPDATE pg_settings',
    ["update pg_settings set setting = 'secret' where name = 'search_path'", 'table keys'],
    leaked,
  ],
  [
    'RESET search_path to one given at startup',
    ['reset search_path', 'table keys'],
    leaked,
    { startup: { search_path: 'secret' } },
  ],
  ['search_path at startup', 'table keys', leaked, { startup: { search_path: 'secret' } }],
  ['options at startup', 'table keys', leaked, { startup: { options: '-c search_path=secret' } }],
  [
    'ALTER ROLE … SET search_path',
    ['alter role guarded in database app set search_path = secret'],
    {
      sql: "select exists (select from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase where d.datname = 'app')",
    },
  ],
  [
    'a role whose search path points elsewhere',
    'table keys',
    leaked,
    { setup: ['alter role guarded in database app set search_path = secret'] },
  ],
  [
    'search_path rolled back',
    [
      'begin',
      'set search_path = secret',
      'savepoint s',
      'set search_path = app',
      'rollback to s',
      'table keys',
      'commit',
    ],
    leaked,
  ],
  [
    'search_path back after a rollback',
    ['set search_path = secret', 'begin', 'set search_path = app', 'rollback', 'table keys'],
    leaked,
  ],
  [
    'search_path set by a function',
    ['select app.turn()', 'table keys'],
    leaked,
    {
      setup: [
        "create function app.turn() returns void language plpgsql as $$ begin perform set_config('search_path', 'secret', false); end $$",
      ],
    },
  ],
  ['search_path set by DO', ['do $$ begin set search_path = secret; end $$', 'table keys'], leaked],
  ['EXPLAIN that shows values', 'explain (analyze, verbose) select * from secret.keys', ran(/^explain/)],
  ['a cast error that shows the value', 'select value::int from secret.keys', leaked],
  ['whole rows', 'select keys from secret.keys as keys', leaked],
  ['row_to_json', 'select row_to_json(k) from secret.keys k', leaked],
  ['a NOTICE in DO', "do $$ begin raise notice '%', (select value from secret.keys limit 1); end $$", leaked],
  [
    'MERGE from it',
    'merge into app.audit a using secret.keys k on false when not matched then insert values (k.id + 20, k.value)',
    changed('app.audit'),
  ],
  ['UPDATE FROM it', 'update app.audit set what = k.value from secret.keys k where k.id = 1', changed('app.audit')],
  ['DELETE USING it', 'delete from app.audit a using secret.keys k where k.id = a.id', changed('app.audit')],
  ['a write to it', "update secret.keys set value = 'x' where id = 1", keys],
  [
    'a TRUNCATE that cascades to it',
    'truncate app.customers cascade',
    keys,
    { setup: ['alter table secret.keys add constraint fk foreign key (id) references app.customers'] },
  ],
  [
    'a publication of it',
    'create publication p for table secret.keys',
    { sql: 'select exists (select from pg_publication)' },
  ],
  [
    'COMMENT on it',
    "comment on table secret.keys is 'x'",
    { sql: "select obj_description('secret.keys'::regclass) is not null" },
  ],
  ['a role’s passwords', 'select rolpassword from pg_authid', ran(/pg_authid/)],
  ['a role’s passwords by pg_shadow', 'select passwd from pg_shadow', ran(/pg_shadow/)],
]);
