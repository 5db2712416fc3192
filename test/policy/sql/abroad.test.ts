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
