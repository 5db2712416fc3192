import type { Catalog } from '../../core/catalog.ts';
import { fold, foldCondition } from './fold.ts';
import { lacksColumn, type Source, SYSTEM_COLUMNS } from './scope.ts';
import { type Body, constantInteger, isBody, listAt, nameParts, type Node, nodeAt, POSITIONS, textAt } from './tree.ts';

/**
 * Whether the condition of an UPDATE or DELETE on `target` narrows it. A condition that always holds
 * does not, nor does one that says nothing of the target's own rows: such a one holds for all of them
 * or for none, and may hold (`$1`, `0.1 + 0.2 = 0.3`, `EXISTS (SELECT 1 FROM other)`). Only what is
 * written as FALSE or NULL surely holds for none: the server's arithmetic, collations and operators are
 * not ours. What always holds
 * only because of the data (`id IS NOT NULL` on a key, `length(name) >= 0`) cannot be told.
 */
export function whereOf(condition: unknown, target: Source, catalog: Catalog): 'present' | 'absent' {
  const node = nodeAt(condition);
  if (node === null) return 'absent';
  if (node.type === 'CurrentOfExpr' || comparesWithConstant(node, target)) return 'present';
  return holdsForAll(simplified(condition, target, catalog), target) ? 'absent' : 'present';
}

/**
 * True when a column of the target is compared with a constant, in the condition itself or in one of its ANDs: that
 * narrows it whatever the constant is, and whatever else it says. Nobody looks at the constant.
 */
function comparesWithConstant({ type, body }: Node, target: Source): boolean {
  if (type === 'BoolExpr' && body['boolop'] === 'AND_EXPR') {
    return listAt(body['args']).some((item) => {
      const node = nodeAt(item);
      return node !== null && comparesWithConstant(node, target);
    });
  }
  if (type !== 'A_Expr' || body['kind'] !== 'AEXPR_OP' || !COMPARISONS.has(nameParts(body['name']).at(-1) ?? '')) {
    return false;
  }
  const column = nodeAt(body['lexpr'])?.type === 'ColumnRef' && mentions(body['lexpr'], target);
  return column && nodeAt(body['rexpr'])?.type === 'A_Const';
}

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<', '>', '<=', '>=', '<>']);

/**
 * The target's columns without its name in front of them (`id = orders.id` is `id = id`), and `1 = 0`
 * as what it is, if nobody made an operator of that name. Positions are left out, for comparing.
 */
function simplified(tree: unknown, target: Source, catalog: Catalog): unknown {
  if (Array.isArray(tree)) return tree.map((item) => simplified(item, target, catalog));
  if (!isBody(tree)) return tree;
  const fields = listAt(isBody(tree['ColumnRef']) ? tree['ColumnRef']['fields'] : undefined);
  const [last] = fields.slice(-1);
  if (fields.length > 1 && nodeAt(last)?.type === 'String' && isTargets(tree, target)) {
    return { ColumnRef: { fields: [last] } };
  }
  const same = isBody(tree['A_Expr']) ? sameIntegers(tree['A_Expr'], catalog) : null;
  if (same !== null) return { A_Const: { boolval: { boolval: same } } };
  const kept = Object.entries(tree).filter(([key]) => !POSITIONS.has(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, simplified(value, target, catalog)]));
}

/** What two equal parts of a simplified condition have in common. */
function shapeOf(tree: unknown): string {
  return JSON.stringify(tree) ?? '';
}

function sameIntegers(body: Body, { operators }: Catalog): boolean | null {
  const [operator, ...qualified] = nameParts(body['name'] ?? []);
  const [left, right] = [constantInteger(body['lexpr']), constantInteger(body['rexpr'])];
  if (left === null || right === null || body['kind'] !== 'AEXPR_OP' || qualified.length > 0) return null;
  if ((operator !== '=' && operator !== '<>') || operators.some(({ name }) => name === operator)) return null;
  return (left === right) === (operator === '=');
}

/** The value of a condition that is written as a constant; undefined for all that has to be computed. */
function written(tree: unknown): boolean | null | undefined {
  const node = nodeAt(tree);
  const inner = node?.type === 'TypeCast' ? nodeAt(node.body['arg']) : node;
  return inner?.type === 'A_Const' ? foldCondition(tree) : undefined;
}

function holdsForAll(tree: unknown, target: Source): boolean {
  const constant = written(tree);
  if (constant !== undefined) return constant === true;
  const node = nodeAt(tree);
  if (node === null) return false;
  if (node.type === 'BoolExpr') return logicHolds(node.body, target);
  if (!mentions(tree, target) || foldCondition(tree) !== undefined) return true;
  if (node.type === 'A_Expr') return comparisonHolds(node.body) || isAnyOfAll(node.body, target);
  if (node.type === 'CoalesceExpr') return coalesceHolds(listAt(node.body['args']), target);
  if (node.type === 'CaseExpr') return caseHolds(node.body, target);
  if (node.type === 'BooleanTest') return testHolds(node.body, target);
  if (node.type === 'TypeCast') return holdsForAll(node.body['arg'], target);
  if (node.type === 'SubLink') return isMember(node.body, target) && isAllOf(node.body['testexpr'], node.body, target);
  return node.type === 'NullTest' && node.body['nulltesttype'] === 'IS_NOT_NULL' && isSystemColumn(node.body['arg']);
}

/** System columns are never null. */
function isSystemColumn(tree: unknown): boolean {
  const node = nodeAt(tree);
  const name = node?.type === 'ColumnRef' ? nodeAt(listAt(node.body['fields']).at(-1)) : null;
  return name?.type === 'String' && SYSTEM_COLUMNS.has(textAt(name.body['sval']) ?? '');
}

/** The first that is not null counts; what is not of the rows may be null, or not. */
function coalesceHolds(args: readonly unknown[], target: Source): boolean {
  for (const item of args) {
    if (written(item) === null) continue;
    if (!holdsForAll(item, target)) return false;
    if (!mentions(item, target)) return true;
  }
  return true;
}

function logicHolds(body: Body, target: Source): boolean {
  const args = listAt(body['args']);
  switch (body['boolop']) {
    case 'AND_EXPR':
      return args.every((item) => holdsForAll(item, target));
    case 'OR_EXPR':
      return args.some((item) => holdsForAll(item, target)) || hasOpposites(args) || coversAll(args);
    default:
      return args.length === 1 && failsForAll(args[0], target);
  }
}

function failsForAll(tree: unknown, target: Source): boolean {
  const constant = written(tree);
  if (constant !== undefined) return constant === false;
  const node = nodeAt(tree);
  const logic = node?.type === 'BoolExpr';
  if (!logic && (!mentions(tree, target) || foldCondition(tree) !== undefined)) return true;
  if (node?.type === 'A_Expr') {
    const operator = nameParts(node.body['name']).at(-1) ?? '';
    const same = shapeOf(node.body['lexpr']) === shapeOf(node.body['rexpr']);
    return same && (['<>', '<', '>'].includes(operator) || node.body['kind'] === 'AEXPR_DISTINCT');
  }
  if (node?.type !== 'BoolExpr') return false;
  const args = listAt(node.body['args']);
  if (node.body['boolop'] === 'NOT_EXPR') return holdsForAll(args[0], target);
  if (node.body['boolop'] === 'OR_EXPR') return args.every((item) => failsForAll(item, target));
  return args.some((item) => failsForAll(item, target)) || hasOpposites(args);
}

/** `x = x` and its like: true for every row where x is not null. */
function comparisonHolds(body: Body): boolean {
  const operator = nameParts(body['name']).at(-1) ?? '';
  const left = shapeOf(body['lexpr']);
  const same = left === shapeOf(body['rexpr']);
  switch (body['kind']) {
    case 'AEXPR_OP':
      if (same) return ['=', '>=', '<=', '~', '~*', '@>', '<@', '&&'].includes(operator);
      return operator.startsWith('~') && matchesAnything(body['rexpr']);
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
    case 'AEXPR_SIMILAR':
      return !operator.startsWith('!') && (same || matchesAnything(body['rexpr']));
    case 'AEXPR_NOT_DISTINCT':
      return same;
    case 'AEXPR_IN':
      return operator === '=' && listAt(nodeAt(body['rexpr'])?.body['items']).some((item) => shapeOf(item) === left);
    case 'AEXPR_OP_ANY':
      return listAt(nodeAt(body['rexpr'])?.body['elements']).some((item) => shapeOf(item) === left);
    case 'AEXPR_BETWEEN':
    case 'AEXPR_BETWEEN_SYM':
      return listAt(nodeAt(body['rexpr'])?.body['items']).every((item) => shapeOf(item) === left);
    default:
      return false;
  }
}

function matchesAnything(pattern: unknown): boolean {
  const inner = nodeAt(pattern);
  const args = inner?.type === 'FuncCall' ? listAt(inner.body['args']) : [];
  const text = fold(args.length > 0 ? args[0] : pattern);
  return typeof text === 'string' && /^(?:%+|\^?(?:\.\*)?\$?)$/u.test(text);
}

/** What is below, at and above: together, they leave nothing out. */
const SIDES: Readonly<Record<string, number>> = { '<': 1, '=': 2, '>': 4, '<=': 3, '>=': 6, '<>': 5 };

function coversAll(args: readonly unknown[]): boolean {
  const covered = new Map<string, number>();
  for (const item of args) {
    const node = nodeAt(item);
    const sides = node?.type === 'A_Expr' ? SIDES[nameParts(node.body['name']).at(-1) ?? ''] : undefined;
    if (node === null || sides === undefined || node.body['kind'] !== 'AEXPR_OP') continue;
    const between = `${shapeOf(node.body['lexpr'])} ${shapeOf(node.body['rexpr'])}`;
    covered.set(between, (covered.get(between) ?? 0) | sides);
  }
  return [...covered.values()].includes(7);
}

function hasOpposites(args: readonly unknown[]): boolean {
  const shapes = new Set(args.map(ordered));
  return args.some((item) => oppositesOf(item).some((opposite) => shapes.has(ordered(opposite))));
}

const OPPOSITES: Readonly<Record<string, string>> = {
  '=': '<>',
  '<>': '=',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
  '~~': '!~~',
  '!~~': '~~',
};

const MIRRORED: Readonly<Record<string, string>> = { '=': '=', '<>': '<>', '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

/** A comparison's shape, whichever side is written first. */
function ordered(tree: unknown): string {
  const node = nodeAt(tree);
  const mirrored = node?.type === 'A_Expr' ? MIRRORED[nameParts(node.body['name']).at(-1) ?? ''] : undefined;
  if (node === null || mirrored === undefined || node.body['kind'] !== 'AEXPR_OP') return shapeOf(tree);
  const { lexpr, rexpr } = node.body;
  if (shapeOf(lexpr) <= shapeOf(rexpr)) return shapeOf(tree);
  return shapeOf({ A_Expr: { ...node.body, name: [{ String: { sval: mirrored } }], lexpr: rexpr, rexpr: lexpr } });
}

const OPPOSITE_TESTS: Readonly<Record<string, string>> = {
  IS_TRUE: 'IS_NOT_TRUE',
  IS_NOT_TRUE: 'IS_TRUE',
  IS_FALSE: 'IS_NOT_FALSE',
  IS_NOT_FALSE: 'IS_FALSE',
  IS_UNKNOWN: 'IS_NOT_UNKNOWN',
  IS_NOT_UNKNOWN: 'IS_UNKNOWN',
};

/** Conditions that hold where this one does not, null aside. */
function oppositesOf(tree: unknown): readonly unknown[] {
  const node = nodeAt(tree);
  if (node === null) return [];
  const negated = { BoolExpr: { boolop: 'NOT_EXPR', args: [tree] } };
  if (node.type === 'NullTest') {
    const other = node.body['nulltesttype'] === 'IS_NULL' ? 'IS_NOT_NULL' : 'IS_NULL';
    return [negated, { NullTest: { ...node.body, nulltesttype: other } }];
  }
  if (node.type === 'BooleanTest') {
    const opposite = OPPOSITE_TESTS[textAt(node.body['booltesttype']) ?? ''];
    return [negated, { BooleanTest: { ...node.body, booltesttype: opposite } }];
  }
  if (node.type === 'A_Expr') {
    const opposite = OPPOSITES[nameParts(node.body['name']).at(-1) ?? ''];
    if (opposite === undefined) return [negated];
    return [negated, { A_Expr: { ...node.body, name: [{ String: { sval: opposite } }] } }];
  }
  return [negated];
}

function caseHolds(body: Body, target: Source): boolean {
  for (const item of listAt(body['args'])) {
    const when = nodeAt(item)?.body;
    const condition = body['arg'] === undefined ? when?.['expr'] : equality(body['arg'], when?.['expr']);
    const holds = holdsForAll(when?.['result'], target);
    if (holds && holdsForAll(condition, target)) return true;
    // A branch that no row may take says nothing.
    if (!holds && !failsForAll(condition, target)) return false;
  }
  return holdsForAll(body['defresult'], target);
}

const equality = (lexpr: unknown, rexpr: unknown): unknown => ({
  A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: '=' } }], lexpr, rexpr },
});

function testHolds(body: Body, target: Source): boolean {
  const arg = body['arg'];
  if (body['booltesttype'] === 'IS_TRUE' || body['booltesttype'] === 'IS_NOT_FALSE') return holdsForAll(arg, target);
  if (body['booltesttype'] === 'IS_FALSE' || body['booltesttype'] === 'IS_NOT_TRUE') return failsForAll(arg, target);
  return false;
}

/** `id IN (SELECT id FROM the_same_table)`. */
function isMember(body: Body, target: Source): boolean {
  const operator = nameParts(body['operName'] ?? []).at(-1) ?? '=';
  return body['subLinkType'] === 'ANY_SUBLINK' && operator === '=' && target.target !== null;
}

/** `id = ANY (ARRAY(SELECT id FROM the_same_table))`. */
function isAnyOfAll(body: Body, target: Source): boolean {
  if (body['kind'] !== 'AEXPR_OP_ANY' || nameParts(body['name']).at(-1) !== '=') return false;
  const array = nodeAt(body['rexpr']);
  return array?.type === 'SubLink' && isAllOf(body['lexpr'], array.body, target);
}

/** True when the sub-select gives this column of all rows of the target. */
function isAllOf(column: unknown, link: Body, target: Source): boolean {
  const select = nodeAt(link['subselect'])?.body;
  if (select === undefined || select['whereClause'] !== undefined || select['limitCount'] !== undefined) return false;
  const [from, ...others] = listAt(select['fromClause']);
  const [value, ...more] = listAt(select['targetList']);
  const range = nodeAt(from);
  if (others.length > 0 || more.length > 0 || range?.type !== 'RangeVar') return false;
  const same = target.target?.candidates.some(({ name }) => name === range.body['relname']) === true;
  const wanted = lastField(column);
  return same && wanted !== null && wanted === lastField(nodeAt(value)?.body['val']);
}

function lastField(tree: unknown): string | null {
  const node = nodeAt(tree);
  return node?.type === 'ColumnRef' ? shapeOf(listAt(node.body['fields']).at(-1)) : null;
}

/** True when the expression reads a column that could be the target's. */
function mentions(tree: unknown, target: Source): boolean {
  if (Array.isArray(tree)) return tree.some((item) => mentions(item, target));
  if (!isBody(tree)) return false;
  if (tree['ColumnRef'] !== undefined && isTargets(tree, target)) return true;
  return Object.values(tree).some((value) => mentions(value, target));
}

function isTargets(tree: Body, target: Source): boolean {
  const fields = listAt(nodeAt(tree)?.body['fields']);
  const names = fields.map((field) => {
    const node = nodeAt(field);
    return node?.type === 'String' ? (textAt(node.body['sval']) ?? '') : '*';
  });
  const column = names.at(-1) ?? '*';
  // It tells tables apart, not rows.
  if (column === 'tableoid') return false;
  const qualifier = names.length > 1 ? names.at(-2) : undefined;
  if (qualifier !== undefined) return qualifier === target.alias;
  return column === '*' || column === target.alias || !lacksColumn(target, column);
}
