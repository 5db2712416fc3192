import { describe, expect, test } from 'vitest';
import { catalog, linesOf, relation, routine } from './database.ts';

const app = relation('t', ['id', 'secret']);
const other = relation('t', ['id'], { schema: 'other' });
const temporary = relation('t', ['id'], { schema: 'pg_temp_3', temporary: true });

describe('a name means what the search path finds first', () => {
  test.each([
    [['pg_catalog', 'app', 'other'], [app, other], ['select table app.t(id,secret)']],
    [['pg_catalog', 'other', 'app'], [app, other], ['select table other.t(id)']],
    [['pg_temp_3', 'pg_catalog', 'app'], [app, temporary], ['select table pg_temp_3.t(id)']],
    [['pg_temp_3', 'pg_catalog', 'app'], [app], ['select table app.t(id,secret)']],
    [
      ['pg_catalog', 'information_schema', 'app'],
      [app],
      ['select table information_schema.t(*) uncertain', 'select table app.t(id,secret) uncertain'],
    ],
  ])('%j', (searchPath, relations, lines) => {
    const one = catalog({ searchPath, relations, temporarySchema: 'pg_temp_3' });
    expect(linesOf('SELECT * FROM t', { catalog: one })).toEqual(lines);
  });

  test('a table called like one of the system’s is told beside it', () => {
    const one = catalog({ relations: [relation('pg_class', ['id'])] });
    expect(linesOf('SELECT * FROM pg_class', { catalog: one })).toEqual([
      'select table pg_catalog.pg_class(*) uncertain',
      'select table app.pg_class(id) uncertain',
    ]);
  });

  test('a name that is nowhere yet stands for the places it would be looked for, and no others', () => {
    const one = catalog({ searchPath: ['pg_temp_3', 'pg_catalog', 'app'], relations: [other] });
    expect(linesOf('DROP TABLE IF EXISTS t', { catalog: one })).toEqual([
      'drop table pg_temp_3.t(*)',
      'drop table app.t(*)',
    ]);
    const lines = linesOf('DROP TABLE IF EXISTS t', { catalog: one, current: false });
    expect(lines).toContain('drop table ?.t(*) uncertain');
  });

  test('pg_temp is this session’s own schema', () => {
    const one = catalog({ relations: [temporary], temporarySchema: 'pg_temp_3' });
    expect(linesOf('DROP TABLE pg_temp.t', { catalog: one })).toEqual(['drop table pg_temp_3.t(id)']);
  });
});

describe('when names may have changed, one stands for every table of that name', () => {
  const one = catalog({ relations: [app, other] });
  const everywhere = [
    'select table app.t(*) uncertain',
    'select table other.t(*) uncertain',
    'select table ?.t(*) uncertain',
  ];

  test('because the catalog is not current', () => {
    expect(linesOf('SELECT * FROM t', { catalog: one, current: false })).toEqual(everywhere);
  });

  test.each([
    'SET search_path = other',
    "SELECT set_config('search_path', 'other', false)",
    'SET ROLE other',
    'CREATE TEMP TABLE t (id int)',
    'ROLLBACK',
    'SELECT opaque()',
    'DISCARD ALL',
  ])('because of a statement before it in the text: %s', (before) => {
    const lines = linesOf(`${before}; SELECT * FROM t`, { catalog: one });
    expect(lines.slice(-3)).toEqual(everywhere);
  });

  test('but not because of one after it', () => {
    expect(linesOf('SELECT id FROM t; SET search_path = other', { catalog: one })[0]).toBe('select table app.t(id)');
  });

  test('a qualified name stays what it says', () => {
    expect(linesOf('SELECT id FROM app.t', { catalog: one, current: false })).toEqual(['select table app.t(id)']);
  });

  test('functions of any schema are candidates', () => {
    const hidden = routine('f', 'sql', 'DELETE FROM other.t', { schema: 'other' });
    const functions = [hidden];
    expect(linesOf('SELECT f()', { catalog: { ...one, functions } })).toEqual(['call function ?.f opaque uncertain']);
    expect(linesOf('SELECT f()', { catalog: { ...one, functions }, current: false })).toContain(
      'call function other.f',
    );
  });

  test('code called by the statement that changes names is held for changed, too', () => {
    const reads = routine('reads', 'sql', 'SELECT id FROM t');
    const lines = linesOf("SELECT set_config('search_path', 'other', false), reads()", {
      catalog: { ...one, functions: [reads] },
    });
    expect(lines).toContain('select table other.t(id) uncertain < function app.reads');
  });
});

describe('after existing code got other names in the same text, its use is unknown', () => {
  const unknown = 'unknown ? ?.? opaque uncertain < names changed in the same text';

  test.each([
    'ALTER FUNCTION f() RENAME TO g; SELECT g()',
    'ALTER TABLE t RENAME TO u; INSERT INTO u VALUES (1)',
    'ALTER TABLE t SET SCHEMA other; SELECT * FROM other.t',
    'ALTER TABLE t ENABLE TRIGGER ALL; INSERT INTO app.t VALUES (1)',
    'ALTER TABLE t ATTACH PARTITION other.t DEFAULT; INSERT INTO app.t VALUES (1)',
    'CREATE EXTENSION e; SELECT id FROM app.t',
  ])('%s', (text) => {
    expect(linesOf(text, { catalog: catalog({ relations: [app, other] }) })).toContain(unknown);
  });

  test('definitions alone are not', () => {
    const text = 'ALTER TABLE t RENAME TO u; ALTER TABLE other.t RENAME TO t; BEGIN';
    expect(linesOf(text, { catalog: catalog({ relations: [app, other] }) })).not.toContain(unknown);
  });
});

test('columns are told by name where they are known, and as all where they are not', () => {
  const one = catalog({ relations: [app] });
  expect(linesOf('SELECT * FROM t', { catalog: one })).toEqual(['select table app.t(id,secret)']);
  expect(linesOf('SELECT * FROM nowhere.t', { catalog: one })).toEqual(['select table nowhere.t(*)']);
  expect(linesOf('SELECT secret FROM nowhere.t', { catalog: one })).toEqual(['select table nowhere.t(secret)']);
  expect(linesOf('SELECT missing FROM t', { catalog: one })).toEqual(['select table app.t()']);
});
