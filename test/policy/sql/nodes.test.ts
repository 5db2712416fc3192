import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { fieldsOf, FOREIGN_NODES, NODE_TYPES } from '../../../src/policy/sql/nodes.ts';
import { UNDERSTOOD } from '../../../src/policy/sql/visit.ts';
import { analyse } from '../../../src/policy/sql/analyse.ts';
import { outcomeOf, SHOP } from './database.ts';

const require = createRequire(import.meta.url);
const packages = join(dirname(require.resolve('libpg-query/package.json')), '..');
const declarations = readFileSync(join(packages, '@pgsql/types/types.d.ts'), 'utf8');
const union = declarations.slice(declarations.indexOf('export type Node'), declarations.indexOf('export interface'));
const published = [...union.matchAll(/^ {4}(\w+): \w+;$/gmu)].map(([, name = '']) => name);

/** The tree's root, and what the statement it belongs to reads itself. */
const NEVER_VISITED = ['RawStmt', 'VacuumRelation'];

test('every node of the published grammar is understood, or known to be no parser’s output', () => {
  expect(published.length).toBeGreaterThan(200);
  const known = (name: string) => UNDERSTOOD.has(name) || FOREIGN_NODES.includes(name) || NEVER_VISITED.includes(name);
  expect(published.filter((name) => !known(name))).toEqual([]);
});

test('no type is understood that the grammar does not have', () => {
  expect([...UNDERSTOOD].filter((name) => !published.includes(name))).toEqual([]);
});

test('the fields of every node are those of the published grammar', () => {
  for (const name of NODE_TYPES) {
    const body = new RegExp(`export interface ${name} \\{(.*?)\\n?\\}`, 'su').exec(declarations)?.[1] ?? '';
    const fields = [...body.matchAll(/^\s+(\w+)\?:/gmu)].map(([, field = '']) => field);
    expect(fields, name).toEqual(expect.arrayContaining([...(fieldsOf(name)?.keys() ?? [])]));
  }
});

test('a node that is not known makes the text unintelligible', () => {
  const outcome = ask({ stmts: [{ stmt: { SelectStmt: { targetList: [{ ShinyNewNode: {} }] } } }] });
  expect(outcome.outcome).toBe('unintelligible');
});

test('a field that is not known makes the text unintelligible', () => {
  const outcome = ask({ stmts: [{ stmt: { SelectStmt: { targetList: [], alsoDeletes: 'everything' } } }] });
  expect(outcome.outcome).toBe('unintelligible');
});

test('a kind of statement that is not known makes the text unintelligible', () => {
  expect(ask({ stmts: [{ stmt: { EraseStmt: {} } }] }).outcome).toBe('unintelligible');
});

test('what only the server’s later stages make is not taken for understood', () => {
  for (const name of FOREIGN_NODES) {
    expect(ask({ stmts: [{ stmt: { SelectStmt: { targetList: [{ [name]: {} }] } } }] }).outcome, name).toBe(
      'unintelligible',
    );
  }
});

test('a chain of operators deeper than the limit is unintelligible, and does not overflow the stack', () => {
  const deep = (levels: number): unknown => {
    let tree: unknown = { A_Const: { ival: { ival: 1 } } };
    for (let level = 0; level < levels; level += 1) {
      tree = { A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: '+' } }], lexpr: tree, rexpr: tree } };
    }
    return { stmts: [{ stmt: { SelectStmt: { targetList: [{ ResTarget: { val: tree } }] } } }] };
  };
  expect(ask(deep(10)).outcome).toBe('analysis');
  expect(ask(chain(100_000)).outcome).toBe('unintelligible');
});

function chain(levels: number): unknown {
  let tree: unknown = { A_Const: { ival: { ival: 1 } } };
  for (let level = 0; level < levels; level += 1) tree = { CollateClause: { arg: tree } };
  return { stmts: [{ stmt: { SelectStmt: { targetList: [{ ResTarget: { val: tree } }] } } }] };
}

test('five hundred operators in a row are understood', () => {
  const outcome = outcomeOf(`SELECT ${Array.from({ length: 500 }, () => '1').join(' + ')}`);
  expect(outcome.outcome).toBe('analysis');
});

test('five hundred branches of a union are understood', () => {
  const outcome = outcomeOf(Array.from({ length: 500 }, () => 'SELECT id FROM users').join(' UNION ALL '));
  expect(outcome.outcome).toBe('analysis');
});

function ask(tree: unknown) {
  return analyse({
    tree,
    text: '',
    catalog: SHOP,
    catalogIsCurrent: true,
    masks: null,
    preparedTexts: () => [],
    parsed: new Map(),
  });
}
