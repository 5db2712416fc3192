import { attacks, changed, leaked, locked, ran } from './attack.ts';

/** The server's files, processes and configuration. */
export const serverReach = attacks('admin', 'R28', [
  ['pg_read_file', "select pg_read_file('{dir}/canary')", leaked],
  ['pg_read_file in FROM', "select * from pg_read_file('{dir}/canary', 0, 100) as f", leaked],
  ['pg_read_binary_file', "select encode(pg_read_binary_file('{dir}/canary'), 'escape')", leaked],
  ['pg_read_file through pg_catalog', 'select pg_catalog."pg_read_file"(\'{dir}/canary\')', leaked],
  ['pg_read_file by a unicode name', 'select U&"pg\\005fread\\005ffile"(\'{dir}/canary\')', leaked],
  ['pg_ls_dir', "select pg_ls_dir('{dir}')", ran(/pg_ls_dir/)],
  ['pg_ls_logdir', 'select * from pg_ls_waldir()', ran(/pg_ls_waldir/)],
  ['pg_stat_file', "select (pg_stat_file('{dir}/canary')).size", ran(/pg_stat_file/)],
  ['lo_import', "select lo_import('{dir}/canary')", { sql: 'select exists (select from pg_largeobject_metadata)' }],
  [
    'lo_export',
    "select lo_export(4711, '{dir}/data/stolen')",
    { sql: "select (pg_stat_file('{dir}/data/stolen', true)).size is not null" },
    { setup: ["select lo_from_bytea(4711, 'x')"] },
  ],
  [
    'COPY TO a file',
    "copy app.customers to '{dir}/data/stolen'",
    { sql: "select (pg_stat_file('{dir}/data/stolen', true)).size is not null" },
  ],
  ['COPY FROM a file', "copy app.audit (id, what) from '{dir}/rows'", changed('app.audit')],
  [
    'COPY TO PROGRAM',
    "copy app.customers to program 'cat > {dir}/data/stolen'",
    { sql: "select (pg_stat_file('{dir}/data/stolen', true)).size is not null" },
  ],
  [
    'COPY FROM PROGRAM',
    "copy app.audit (what) from program 'touch {dir}/data/stolen'",
    { sql: "select (pg_stat_file('{dir}/data/stolen', true)).size is not null" },
  ],
  [
    'COPY with PROGRAM after a comment',
    "copy app.audit (what) from /* file */ program/**/'touch {dir}/data/stolen'",
    { sql: "select (pg_stat_file('{dir}/data/stolen', true)).size is not null" },
  ],
  [
    'COPY of a query to a program',
    "copy (select 1) to program 'touch {dir}/data/stolen'",
    { sql: "select (pg_stat_file('{dir}/data/stolen', true)).size is not null" },
  ],
  [
    'a foreign table over a program',
    [
      'create extension file_fdw',
      'create server f foreign data wrapper file_fdw',
      "create foreign table app.prog (line text) server f options (program 'touch {dir}/data/stolen; echo')",
      'select * from app.prog',
    ],
    { sql: "select (pg_stat_file('{dir}/data/stolen', true)).size is not null" },
  ],
  [
    'a foreign table over a file, made beforehand',
    'select * from app.passwords',
    leaked,
    {
      setup: [
        'create extension file_fdw',
        'create server f foreign data wrapper file_fdw',
        "create foreign table app.passwords (line text) server f options (filename '{dir}/canary')",
      ],
    },
  ],
  [
    'ALTER SYSTEM',
    "alter system set log_statement = 'none'",
    { sql: "select exists (select from pg_file_settings where name = 'log_statement' and setting = 'none')" },
  ],
  [
    'ALTER SYSTEM RESET',
    'alter system reset work_mem',
    { sql: "select not exists (select from pg_file_settings where name = 'work_mem')" },
    { setup: ["alter system set work_mem = '8MB'"] },
  ],
  ['LOAD', "load 'auto_explain'", ran(/^load /)],
  [
    'CREATE EXTENSION',
    'create extension hstore',
    { sql: "select exists (select from pg_extension where extname = 'hstore')" },
  ],
  [
    'CREATE ROLE',
    'create role intruder superuser',
    { sql: "select exists (select from pg_roles where rolname = 'intruder')" },
  ],
  [
    'CREATE USER',
    "create user intruder password 'x'",
    { sql: "select exists (select from pg_roles where rolname = 'intruder')" },
  ],
  ['ALTER ROLE', 'alter role low superuser', { sql: "select rolsuper from pg_roles where rolname = 'low'" }],
  [
    'ALTER ROLE … SET',
    'alter role low set search_path = secret',
    { sql: "select exists (select from pg_db_role_setting where setrole = 'low'::regrole)" },
  ],
  [
    'GRANT of a role',
    'grant pg_read_server_files to low',
    { sql: "select pg_has_role('low', 'pg_read_server_files', 'member')" },
  ],
  ['DROP ROLE', 'drop role low', { sql: "select not exists (select from pg_roles where rolname = 'low')" }],
  ['SET ROLE', ['begin', 'set local role low'], ran(/^set local role/)],
  ['SET SESSION AUTHORIZATION', ['begin', 'set local session authorization low'], ran(/session authorization/)],
  ['set_config of role', "select set_config('role', 'low', true)", ran(/set_config/)],
  [
    'CREATE of a C function',
    "create function app.shell(oid) returns int as '$libdir/plpgsql', 'plpgsql_validator' language c strict",
    ran(/^create function/),
  ],
  [
    'CREATE of an internal function under another name',
    [
      'create function app.peek(text) returns text language internal as $$pg_read_file_all$$',
      "select app.peek('{dir}/canary')",
    ],
    leaked,
  ],
  [
    'an internal function under another name, made beforehand',
    "select app.peek('{dir}/canary')",
    leaked,
    { setup: ['create function app.peek(text) returns text language internal as $$pg_read_file_all$$'] },
  ],
  [
    'pg_read_file inside a SQL function',
    "select app.innocent('{dir}/canary')",
    leaked,
    { setup: ['create function app.innocent(text) returns text language sql as $$ select pg_read_file($1) $$'] },
  ],
  [
    'pg_read_file inside a plpgsql function',
    "select app.innocent('{dir}/canary')",
    leaked,
    {
      setup: [
        'create function app.innocent(p text) returns text language plpgsql as $$ declare t text := pg_read_file(p); begin return t; end $$',
      ],
    },
  ],
  [
    'pg_read_file inside a view',
    'select * from app.innocent',
    leaked,
    { setup: ["create view app.innocent as select pg_read_file('{dir}/canary')"] },
  ],
  [
    'pg_read_file inside a SQL-standard body',
    "select app.innocent('{dir}/canary')",
    leaked,
    { setup: ['create function app.innocent(p text) returns text return pg_read_file(p)'] },
  ],
  [
    'pg_read_file in a DO block that raises',
    "do $$ begin raise notice '%', pg_read_file('{dir}/canary'); end $$",
    leaked,
  ],
  ['pg_read_file in a cast error', "select pg_read_file('{dir}/canary')::int", leaked],
  [
    'CREATE SUBSCRIPTION',
    "create subscription s connection 'host=127.0.0.1' publication p with (connect = false)",
    { sql: 'select exists (select from pg_subscription)' },
  ],
  ['a reload stacked after a select', 'select 1; select pg_reload_conf()', ran(/reload_conf/), { modes: ['simple'] }],
  ['pg_rotate_logfile', 'select pg_rotate_logfile()', ran(/rotate_logfile/)],
  ['pg_wal_replay_pause', 'select pg_wal_replay_pause() where false', ran(/wal_replay_pause/)],
  ['CHECKPOINT', 'checkpoint', ran(/^checkpoint/)],
  [
    'CREATE DATABASE',
    'create database stolen_db',
    { sql: "select exists (select from pg_database where datname = 'stolen_db')" },
  ],
  [
    'CREATE TABLESPACE',
    "create tablespace t location '{dir}/tablespace'",
    { sql: "select exists (select from pg_tablespace where spcname = 't')" },
  ],
  ['CREATE EXTENSION of a language', 'create extension bloom', ran(/^create extension/)],
  ['LOCK', ['begin', 'lock app.orders'], locked("l.mode = 'AccessExclusiveLock'")],
  ['LISTEN', 'listen alarm', ran(/^listen/)],
  ['NOTIFY', 'notify alarm', ran(/^notify/)],
  [
    'CALL',
    'call app.p()',
    ran(/^call/),
    { setup: ['create procedure app.p() language sql as $$ select pg_reload_conf() $$'] },
  ],
  [
    'an event trigger',
    [
      'create function app.on_ddl() returns event_trigger language plpgsql as $$ begin perform pg_reload_conf(); end $$',
      'create event trigger et on ddl_command_start execute function app.on_ddl()',
    ],
    { sql: 'select exists (select from pg_event_trigger)' },
  ],
  [
    'lo_export of a fresh object',
    ['begin', "select lo_from_bytea(4712, 'x')", "select lo_export(4712, '{dir}/data/stolen')", 'commit'],
    { sql: "select (pg_stat_file('{dir}/data/stolen', true)).size is not null" },
  ],
  ['pg_hba_file_rules', 'select * from pg_hba_file_rules', ran(/pg_hba_file_rules/)],
]);
