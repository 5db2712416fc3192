import { expect, it } from 'vitest';
import { catalog, linesOf, relation, routine } from './database.ts';

it('renaming a schema changes everything that lies in it, under both names', () => {
  const shop = catalog({
    relations: [relation('keys', ['id'], { schema: 'audit' }), relation('users')],
    functions: [routine('purge', 'sql', 'SELECT 1', { schema: 'audit' })],
  });
  const lines = linesOf('ALTER SCHEMA audit RENAME TO open', { catalog: shop });
  expect(lines).toContain('alter table audit.keys(id)');
  expect(lines).toContain('alter table open.keys(*)');
  expect(lines).toContain('alter function audit.purge');
  expect(lines).toContain('alter function open.purge');
  expect(lines.filter((line) => line.includes('users'))).toEqual([]);
});

it('a foreign table is more than a table: what stands behind it may do anything', () => {
  const shop = catalog({ relations: [relation('far', ['id'], { kind: 'foreign-table' })] });
  for (const text of ['SELECT * FROM far', 'INSERT INTO far VALUES (1)', 'EXPLAIN SELECT * FROM far']) {
    expect(
      linesOf(text, { catalog: shop }).some((line) => line.startsWith('unknown foreign-table app.far opaque')),
    ).toBe(true);
  }
  expect(linesOf('COMMENT ON FOREIGN TABLE far IS NULL', { catalog: shop }).join()).not.toContain('opaque');
});

it('taking a transaction number is more than reading', () => {
  expect(linesOf('SELECT txid_current()').join()).toContain('maintenance');
  expect(linesOf('SELECT pg_current_xact_id()').join()).toContain('maintenance');
  expect(linesOf('SELECT txid_current_if_assigned(), pg_current_xact_id_if_assigned()')).toEqual([]);
});

it('defaults of arguments run, whatever the function is written in', () => {
  const purge = routine('purge', 'sql', 'DELETE FROM app.users');
  const length = routine('length_of', 'internal', 'textlen', {
    symbol: 'textlen',
    definition:
      'CREATE OR REPLACE FUNCTION app.length_of(t text DEFAULT app.purge())\n RETURNS int LANGUAGE internal AS $$textlen$$',
  });
  const shop = catalog({ relations: [relation('users')], functions: [purge, length] });
  expect(linesOf('SELECT app.length_of()', { catalog: shop }).join('\n')).toContain('delete table app.users');
});

it('the server’s own objects are known for what they are, so replacing them is a matter of the server', () => {
  for (const text of [
    "CREATE OR REPLACE FUNCTION pg_catalog.lpad(text, int) RETURNS text LANGUAGE sql AS 'SELECT $1'",
    "CREATE FUNCTION lpad(text, int) RETURNS text LANGUAGE sql AS 'SELECT $1'",
    'CREATE OR REPLACE VIEW information_schema.tables AS SELECT 1 AS a',
    'ALTER FUNCTION pg_catalog.lpad(text, int) SET search_path = audit',
  ]) {
    expect(
      linesOf(text).some((line) => /^server-admin system .* opaque/.test(line)),
      text,
    ).toBe(true);
  }
  const own = linesOf("CREATE FUNCTION app.lpad(text, int) RETURNS text LANGUAGE sql AS 'SELECT $1'");
  expect(own.join()).not.toContain('server-admin');
});
