import { describe, expect, test } from 'vitest';
import type { StatementChanges } from '../../../src/core/statement.ts';
import { pinned } from '../../../src/policy/sql/settings.ts';
import { analysisOf, type Asked, catalog, linesOf, relation } from './database.ts';

const changesOf = (text: string, asked: Asked = {}): readonly StatementChanges[] =>
  analysisOf(text, asked).statements.map(({ changes }) => changes);

describe('settings', () => {
  test.each([
    ['SET work_mem = 1', ['set setting ?.work_mem']],
    ['SET LOCAL "Work_Mem" = 1', ['set setting ?.work_mem']],
    ["SET TIME ZONE 'UTC'", ['set setting ?.timezone']],
    ["SET NAMES 'utf8'", ['set setting ?.client_encoding']],
    ["SET NAMES 'latin1'", ['set setting ?.client_encoding', 'set setting ?.client_encoding < pinned']],
    ['RESET client_encoding', ['set setting ?.client_encoding']],
    ['RESET ALL', ['set setting ?.all']],
    [
      'SET standard_conforming_strings = off',
      ['set setting ?.standard_conforming_strings', 'set setting ?.standard_conforming_strings < pinned'],
    ],
    ['SET standard_conforming_strings = on', ['set setting ?.standard_conforming_strings']],
    [
      'SET Session_Replication_Role TO replica',
      ['set setting ?.session_replication_role', 'set setting ?.session_replication_role < pinned'],
    ],
    ["SELECT set_config('work_mem', $1, false)", ['set setting ?.work_mem']],
    [
      "SELECT pg_catalog.set_config('client_encoding', $1, false)",
      ['set setting ?.client_encoding', 'set setting ?.client_encoding < pinned'],
    ],
    ["SELECT set_config($1, 'x', false)", ['set setting ?.? opaque uncertain < pinned']],
    ["SELECT set_config('a' || 'b', 'x', false)", ['set setting ?.? opaque uncertain < pinned']],
    [
      "SELECT set_config(setting_name => 'role', new_value => 'x', is_local => false)",
      ['set setting ?.? opaque uncertain < pinned'],
    ],
    ['SET ROLE admin', ['set-role role ?.admin']],
    ['RESET ROLE', ['set-role role ?.?']],
    ['SET SESSION AUTHORIZATION bob', ['set-role role ?.bob']],
    ["SELECT set_config('role', 'admin', false)", ['set-role role ?.admin']],
    ['SET TRANSACTION READ WRITE', ['set setting ?.transaction_read_only']],
    ['SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE', ['set setting ?.transaction_read_only']],
    ['BEGIN READ WRITE', ['set setting ?.transaction_read_only']],
    ['SET default_transaction_read_only = off', ['set setting ?.transaction_read_only']],
    ["SELECT set_config('transaction_read_only', $1, true)", ['set setting ?.transaction_read_only']],
    ['RESET default_transaction_read_only', ['set setting ?.transaction_read_only']],
    ['SET TRANSACTION READ ONLY', ['set setting ?.transaction_mode']],
    ['BEGIN READ ONLY', []],
    ['BEGIN ISOLATION LEVEL SERIALIZABLE', []],
    ['DISCARD ALL', ['set setting ?.all']],
    [
      'ALTER ROLE bob SET search_path = x',
      ['role role ?.bob', 'alter role ?.bob', 'server-admin system ?.search_path'],
    ],
  ])('%s', (text, lines) => {
    expect(linesOf(text)).toEqual(lines);
  });

  const told = "SELECT set_config(name, 'view', false) FROM pg_settings";

  test.each([
    `${told} WHERE name = 'work_mem'`,
    `${told} s WHERE s.name = 'work_mem' AND context = 'user'`,
    "SELECT pg_catalog.set_config(s.name, 'view', false) FROM pg_catalog.pg_settings AS s WHERE name = 'work_mem'",
  ])('a setting by a name that the condition holds to one: %s', (text) => {
    expect(linesOf(text).filter((line) => line.startsWith('set '))).toEqual(['set setting ?.work_mem']);
  });

  test('a setting that is pinned is so by a name from the condition too', () => {
    const lines = linesOf(`${told} WHERE name = 'session_replication_role'`);
    expect(lines).toContain('set setting ?.session_replication_role < pinned');
  });

  test.each([
    `${told} WHERE name = 'work_mem' OR true`,
    `${told} WHERE NOT name = 'work_mem'`,
    `${told} WHERE name <> 'work_mem'`,
    `${told} WHERE name LIKE 'work_mem'`,
    `${told} WHERE name = 'work_mem'::varchar`,
    `${told} WHERE name = $1`,
    `${told} WHERE setting = 'work_mem'`,
    `${told} AS s (setting, name) WHERE name = 'work_mem'`,
    `${told}, app.users WHERE name = 'work_mem'`,
    `${told} s JOIN app.users ON true WHERE s.name = 'work_mem'`,
    "WITH pg_settings AS (SELECT 'role' AS name) SELECT set_config(name, 'x', false) FROM pg_settings WHERE name = 'work_mem'",
    "SELECT set_config(name, 'x', false) FROM app.users WHERE name = 'work_mem'",
    "SELECT 1 FROM pg_settings WHERE name = 'work_mem' AND set_config(name, 'x', false) = ''",
    `${told} WHERE name = 'work_mem' UNION ${told}`,
    "SELECT (SELECT set_config(name, 'x', false) FROM app.users) FROM pg_settings WHERE name = 'work_mem'",
    "SELECT set_config((SELECT name FROM pg_settings LIMIT 1), 'x', false) FROM pg_settings WHERE name = 'work_mem'",
    `${told} WHERE name OPERATOR(app.=) 'work_mem'`,
  ])('a setting by a name that the condition leaves open: %s', (text) => {
    expect(linesOf(text)).toContain('set setting ?.? opaque uncertain < pinned');
  });

  test.each([
    { operators: [{ schema: 'app', name: '=', functions: [1] }] },
    { relations: [relation('pg_settings', ['name'])] },
  ])('a name held to one by somebody else’s table or operator is open', (more) => {
    const lines = linesOf(`${told} WHERE name = 'work_mem'`, { catalog: catalog(more) });
    expect(lines).toContain('set setting ?.? opaque uncertain < pinned');
  });

  test('UPDATE pg_settings sets something, and it cannot be told what', () => {
    expect(linesOf("UPDATE pg_settings SET setting = 'off' WHERE name = 'x'")).toContain(
      'set setting ?.? opaque uncertain < pinned',
    );
  });

  test('values that mean the same do not break a pinned setting', () => {
    expect(pinned('client_encoding', 'UTF8')).toBe(false);
    expect(pinned('Client_Encoding', 'Unicode')).toBe(false);
    expect(pinned('client_encoding', 'SQL_ASCII')).toBe(true);
    expect(pinned('client_encoding', null)).toBe(false);
    expect(pinned('standard_conforming_strings', 'off')).toBe(true);
    expect(pinned('search_path', 'anything')).toBe(false);
    expect(pinned('local_preload_libraries', '')).toBe(true);
  });
});

describe('what later statements must know', () => {
  test.each([
    ['SELECT 1', 'none'],
    ['INSERT INTO users VALUES (1)', 'none'],
    ['SET work_mem = 1', 'none'],
    ['BEGIN', 'none'],
    ['SAVEPOINT a', 'none'],
    ['ROLLBACK', 'transaction-end'],
    ['ROLLBACK TO a', 'transaction-end'],
    ['COMMIT', 'transaction-end'],
    ['CREATE TABLE t (id int)', 'resolution'],
    ['CREATE TEMP TABLE t (id int)', 'local-resolution'],
    ['SELECT 1 INTO t', 'resolution'],
    ['DROP TABLE users', 'resolution'],
    ['ALTER TABLE users RENAME TO x', 'resolution'],
    ['SET search_path = x', 'local-resolution'],
    ["SELECT set_config('search_path', 'x', true)", 'local-resolution'],
    ['SET ROLE x', 'local-resolution'],
    ['RESET ALL', 'local-resolution'],
    ['SELECT unknown_function()', 'resolution'],
    ["DO LANGUAGE plperl 'x'", 'resolution'],
    ['COPY users FROM STDIN', 'copy-in'],
  ])('%s: %s', (text, kind) => {
    expect(changesOf(text)).toEqual([[{ kind }]]);
  });

  test('DISCARD ALL forgets what was prepared', () => {
    expect(changesOf('DISCARD ALL')).toEqual([[{ kind: 'local-resolution' }, { kind: 'deallocate', name: null }]]);
    expect(changesOf('DEALLOCATE q')).toEqual([[{ kind: 'deallocate', name: 'q' }]]);
  });

  test('there is one entry for each statement', () => {
    expect(changesOf('BEGIN; DROP TABLE users; SELECT 1')).toEqual([
      [{ kind: 'none' }],
      [{ kind: 'resolution' }],
      [{ kind: 'none' }],
    ]);
  });
});

describe('prepared statements', () => {
  test('PREPARE is judged like what it prepares, and keeps its own text', () => {
    const text = 'SELECT 1; PREPARE "é" AS DELETE FROM orders; SELECT 2';
    expect(linesOf(text)).toEqual(['delete table app.orders(id,user_id,total) where=absent']);
    expect(changesOf(text)[1]).toEqual([{ kind: 'prepare', name: 'é', text: 'PREPARE "é" AS DELETE FROM orders' }]);
  });

  test('EXECUTE is judged by every text its name may stand for', () => {
    const prepared = { q: ['SELECT id FROM users', 'PREPARE q AS DELETE FROM orders'] };
    expect(linesOf('EXECUTE q', { prepared })).toEqual([
      'select table app.users(id) < EXECUTE q',
      'delete table app.orders(id,user_id,total) where=absent < EXECUTE q',
    ]);
  });

  test('EXECUTE sees what the same text prepared', () => {
    const lines = linesOf('PREPARE q AS SELECT id FROM users; EXECUTE q');
    expect(lines).toEqual(['select table app.users(id)', 'select table app.users(id) < EXECUTE q']);
  });

  test('EXECUTE of a name nobody prepared is unknown', () => {
    const unknown = 'unknown ? ?.q opaque uncertain < EXECUTE q';
    expect(linesOf('EXECUTE q')).toEqual([unknown]);
    expect(linesOf('CREATE TABLE t AS EXECUTE q')).toContain(unknown);
    expect(linesOf('EXPLAIN ANALYZE EXECUTE q')).toContain(unknown);
  });

  test('what EXECUTE is given is evaluated', () => {
    expect(linesOf('EXECUTE q(pg_sleep(1))', { prepared: { q: ['SELECT 1'] } })).toEqual([
      'lock system ?.pg_sleep < function pg_catalog.pg_sleep',
    ]);
  });

  test('a prepared text that executes itself ends', () => {
    expect(linesOf('EXECUTE q', { prepared: { q: ['EXECUTE q'] } })).toEqual([]);
  });
});
