import { describe, expect, test } from 'vitest';
import { runsCode } from '../../../src/policy/sql/builtins/extensions.ts';
import { IMPURE } from '../../../src/policy/sql/builtins/impure.ts';
import { PURE, PURE_INFORMATION_SCHEMA, PURE_TYPES } from '../../../src/policy/sql/builtins/pure.ts';
import { catalog, linesOf } from './database.ts';

const NONE = { catalog: catalog() };

test('no function is both pure and not', () => {
  expect(IMPURE.filter((name) => PURE.has(name) || PURE_TYPES.has(name) || PURE_INFORMATION_SCHEMA.has(name))).toEqual(
    [],
  );
  expect(['set_config', 'ts_rewrite', 'pg_input_is_valid'].filter((name) => PURE.has(name))).toEqual([]);
});

describe('functions that take code, or that the server keeps to itself, are not pure', () => {
  test.each([
    'domain_in',
    'array_in',
    'record_in',
    'range_in',
    'currtid2',
    'fmgr_sql_validator',
    'fmgr_c_validator',
    'plpgsql_call_handler',
    'plpgsql_inline_handler',
    'plpgsql_validator',
    'RI_FKey_cascade_del',
    'dsnowball_init',
    'pg_event_trigger_table_rewrite_oid',
    'amvalidate',
    'dblink',
    'crosstab',
  ])('%s', (name) => {
    expect(linesOf(`SELECT "${name}"(1)`, NONE)).toEqual([`call function ?.${name} opaque uncertain`]);
  });
});

describe('functions that only compute have no effect', () => {
  test.each([
    "SELECT lower('x'), now(), count(*), max(1), random(), gen_random_uuid()",
    'SELECT coalesce(1, 2), greatest(1, 2), nullif(1, 2), current_user, extract(year from now())',
    "SELECT to_tsvector('x') @@ to_tsquery('x'), xpath('/a', '<a/>'), xmlelement(name a, 1)",
    "SELECT json_agg(1), jsonb_build_object('a', 1), row_to_json(row(1)), '{}'::jsonb -> 'a'",
    "SELECT pg_get_viewdef(1), pg_relation_size(1), has_table_privilege('x', 'select'), current_setting('x')",
    "SELECT generate_series(1, 2), unnest(array[1]), array_agg(1), string_agg('a', ',')",
    'SELECT row_number() OVER (PARTITION BY 1 ORDER BY 2), lag(1) OVER w FROM (SELECT 1) x WINDOW w AS (ORDER BY 1)',
    "SELECT 'pg_class'::regclass, '1'::int, 'x' COLLATE \"C\", (ARRAY[1])[1], ('a', 1), currval('s'), lastval()",
    "SELECT json_value('{}', '$'), json_object('a': 1), json_array(1), JSON('{}'), json_arrayagg(1)",
    "SELECT * FROM generate_series(1, 2) WITH ORDINALITY, json_table('{}', '$' COLUMNS (a int PATH '$.a')) j",
    "SELECT * FROM xmltable('/x' PASSING '<x/>' COLUMNS a int PATH 'a'), ROWS FROM (unnest(array[1]), now()) r",
    "SELECT 1 WHERE 'a' LIKE 'b' AND 'a' SIMILAR TO 'b' AND (1, 2) OVERLAPS (3, 4) IS NULL",
    "SELECT now() AT TIME ZONE 'UTC', trim('x'), substring('abc' from 1 for 2), overlay('a' placing 'b' from 1)",
  ])('%s', (text) => {
    expect(linesOf(text, NONE)).toEqual([]);
  });
});

describe('functions with effects', () => {
  test.each([
    ["pg_read_file('/etc/passwd')", 'server-file system ?./etc/passwd < function pg_catalog.pg_read_file'],
    ['pg_ls_waldir()', 'server-file system ?.pg_ls_waldir < function pg_catalog.pg_ls_waldir'],
    ["lo_import('/x')", 'insert large-object ?.? < function pg_catalog.lo_import'],
    ["lo_export(1, '/x')", 'server-file system ?./x < function pg_catalog.lo_export'],
    ['lo_get(1)', 'select large-object ?.? < function pg_catalog.lo_get'],
    ["lo_put(1, 0, 'x')", 'update large-object ?.? < function pg_catalog.lo_put'],
    ['lo_unlink(1)', 'delete large-object ?.? < function pg_catalog.lo_unlink'],
    [
      'pg_terminate_backend(1)',
      'server-admin system ?.pg_terminate_backend < function pg_catalog.pg_terminate_backend',
    ],
    ['pg_reload_conf()', 'server-admin system ?.pg_reload_conf < function pg_catalog.pg_reload_conf'],
    [
      "pg_logical_emit_message(true, 'a', 'b')",
      'server-admin system ?.pg_logical_emit_message < function pg_catalog.pg_logical_emit_message',
    ],
    ['pg_try_advisory_lock(1)', 'lock system ?.pg_try_advisory_lock < function pg_catalog.pg_try_advisory_lock'],
    ["pg_notify('c', 'x')", 'notify channel ?.c < function pg_catalog.pg_notify'],
    ["query_to_xml('DROP TABLE t', true, true, '')", 'dynamic function pg_catalog.query_to_xml opaque'],
    ["table_to_xml('t', true, true, '')", 'dynamic function pg_catalog.table_to_xml opaque'],
    ["ts_stat('SELECT 1')", 'dynamic function pg_catalog.ts_stat opaque'],
    ["ts_rewrite('a'::tsquery, 'SELECT 1')", 'dynamic function pg_catalog.ts_rewrite opaque'],
    ["nextval('app.s')", 'insert sequence app.s'],
    [`nextval('"App"."S"')`, 'insert sequence App.S'],
    ["nextval('app.s'::regclass)", 'insert sequence app.s'],
    ['nextval($1)', 'insert sequence ?.? uncertain'],
    ["setval('app.s', 1)", 'update sequence app.s'],
  ])('%s', (call, line) => {
    expect(linesOf(`SELECT ${call}`, NONE)).toContain(line);
    expect(linesOf(`SELECT * FROM ${call}`, NONE)).toContain(line);
    expect(linesOf(`SELECT * FROM ROWS FROM (pg_catalog.${call}, now()) x`, NONE)).toContain(line);
    expect(linesOf(`SELECT 1 ORDER BY (SELECT ${call})`, NONE)).toContain(line);
  });

  test('ts_rewrite of three queries computes', () => {
    expect(linesOf("SELECT ts_rewrite('a'::tsquery, 'b'::tsquery, 'c'::tsquery)", NONE)).toEqual([]);
  });
});

describe('system tables that are more than tables', () => {
  test('views of the server’s files read them', () => {
    expect(linesOf('SELECT * FROM pg_hba_file_rules', NONE)).toContain(
      'server-file system ?.pg_hba_file_rules < view pg_catalog.pg_hba_file_rules',
    );
  });

  test('writing to the server’s own tables is its administration', () => {
    expect(linesOf('UPDATE pg_catalog.pg_proc SET prosrc = 1', NONE)).toContain(
      'server-admin system ?.pg_proc opaque < view pg_catalog.pg_proc',
    );
  });
});

test('on a server newer than what was reviewed, an attribute may be a function nobody knows', () => {
  const text = 'SELECT (x).newer FROM (SELECT 1) x';
  expect(linesOf(text, NONE)).toEqual([]);
  const newer = catalog({ settings: { server_version_num: '190000' } });
  expect(linesOf(text, { catalog: newer })).toEqual(['call function ?.newer opaque uncertain']);
});

test('C functions are pure only in extensions that compute, and not all of them', () => {
  expect(runsCode('pg_trgm', 'similarity')).toBe(false);
  expect(runsCode('pg_trgm', 'set_limit')).toBe(true);
  expect(runsCode('dblink', 'dblink')).toBe(true);
  expect(runsCode('my_extension', 'f')).toBe(true);
});
