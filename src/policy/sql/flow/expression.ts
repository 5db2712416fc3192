import { fieldsOf } from '../nodes.ts';
import { operatorFunctions } from '../resolve.ts';
import { type Body, bodyAt, listAt, nameParts, nodeAt, textAt, Unintelligible } from '../tree.ts';
import { SYSTEM_COLUMNS } from '../scope.ts';
import { callOf, callWith } from './call.ts';
import { SCALARS, TEXTS } from './total-functions.ts';
import { chooses, computed, deeper, entrusted, type FlowAt, orders, unfollowed, valuesOf } from './flow.ts';
import { everything, fieldOf, isOpen, lookUp, type Row, rowCalled, wholeRow } from './row.ts';
import { equal, equalRows, side, type Side } from './compare.ts';
import { rowNamed } from './composite.ts';
import { CLEAN, isWhole, joined, oneOf, type Taint, type Value, wholeOf } from './value.ts';

type Handler = (body: Body, at: FlowAt) => Value;

/** What masked columns an expression's value depends on, and how. @throws Untraced, Unintelligible */
export function valueOf(tree: unknown, at: FlowAt): Value {
  const node = nodeAt(tree);
  if (node === null) return CLEAN;
  return deeper(at.flow, () => {
    const handler = HANDLERS.get(node.type);
    return handler === undefined ? anyOther(node.type, node.body, at) : handler(node.body, at);
  });
}

/** What nothing is known of takes no masked values. */
function anyOther(type: string, body: Body, at: FlowAt): Value {
  const fields = fieldsOf(type);
  if (fields === undefined) throw new Unintelligible(`an unknown node: ${type}`);
  const values: Value[] = [];
  for (const [name, value] of Object.entries(body)) {
    const kind = fields.get(name);
    if (kind === undefined) throw new Unintelligible(`an unknown field of ${type}`);
    if (kind === null || value === undefined || value === null) continue;
    if (kind === 'node') values.push(valueOf(value, at));
    else if (kind === 'nodes') values.push(...valuesOf(value, at));
    else values.push(valueOf({ [kind]: bodyAt(value) }, at));
  }
  const all = joined(values, 'final');
  unfollowed(all, `are used in ${type}`, at);
  return all;
}

function column(body: Body, at: FlowAt): Value {
  const names = listAt(body['fields']).map((field) => {
    const node = nodeAt(field);
    return node?.type === 'String' ? (textAt(node.body['sval']) ?? '') : null;
  });
  const [name, qualifier] = [names.at(-1), names.at(-2) ?? null];
  if (name === undefined) throw new Unintelligible('a column name was expected');
  if (qualifier === null) {
    const value = name === null ? undefined : lookUp(at.level, name);
    return value === undefined ? everything(at.level) : value;
  }
  const row = rowCalled(at.level, qualifier);
  if (row === undefined) return everything(at.level);
  return name === null ? wholeRow(row) : fieldIn(row, name, at);
}

/** What is no column of a row may be a function of it, or a column of the system's. */
function fieldIn(row: Row, name: string, at: FlowAt): Value {
  const value = fieldOf(row, name);
  if (value !== undefined) return value;
  return SYSTEM_COLUMNS.has(name) ? CLEAN : callWith(wholeRow(row), name, at);
}

function parameter(body: Body, at: FlowAt): Value {
  const number = typeof body['number'] === 'number' ? body['number'] : 0;
  return at.parameters?.[number - 1] ?? CLEAN;
}

const TEXT_TYPES: ReadonlySet<string> = new Set(['text', 'varchar', 'bpchar']);

function cast(body: Body, at: FlowAt): Value {
  const value = valueOf(body['arg'], at);
  if (value === null) return CLEAN;
  const type = bodyAt(body['typeName']);
  const names = nameParts(type['names']);
  const plain = names.length === 1 || names[0] === 'pg_catalog';
  const toText = plain && TEXT_TYPES.has(names.at(-1) ?? '') && listAt(type['arrayBounds']).length === 0;
  if (!toText)
    unfollowed(value, `are cast to ${names.at(-1) ?? 'another type'}`, at, 'Cast it to text, or not at all.');
  if (!toText || !isWhole(value)) return computed(value);
  const unchanged = value.sources.every((source) => TEXTS.has(source.type)) && listAt(type['typmods']).length === 0;
  return unchanged ? value : listAt(type['typmods']).length === 0 ? wholeOf([value]) : computed(value);
}

function operator(body: Body, at: FlowAt): Value {
  const kind = String(body['kind']);
  const names = nameParts(body['name']);
  const name = names.at(-1) ?? '';
  const [left, right] = [body['lexpr'], body['rexpr']];
  switch (kind) {
    case 'AEXPR_OP':
      return binary(names, left, right, at);
    case 'AEXPR_DISTINCT':
    case 'AEXPR_NOT_DISTINCT':
      return equality(left, right, at);
    case 'AEXPR_IN':
      return equal(
        [left, ...listAt(nodeAt(right)?.body['items'])].map((one) => side(one, at)),
        at,
      );
    case 'AEXPR_OP_ANY':
    case 'AEXPR_OP_ALL':
      return anyOf(name, side(left, at), side(right, at), at);
    case 'AEXPR_NULLIF': {
      const [value, other] = [valueOf(left, at), valueOf(right, at)];
      equality(left, right, at);
      return other === null ? oneOf([value, CLEAN]) : joined([value, other], 'final');
    }
    case 'AEXPR_BETWEEN':
    case 'AEXPR_NOT_BETWEEN':
    case 'AEXPR_BETWEEN_SYM':
    case 'AEXPR_NOT_BETWEEN_SYM':
      return joined([valueOf(left, at), ...valuesOf(nodeAt(right)?.body['items'], at)], 'final');
    default: {
      const value = joined([valueOf(left, at), valueOf(right, at)], 'final');
      unfollowed(
        value,
        'are matched against a pattern',
        at,
        'Compare whole values with = instead, or use another column.',
      );
      return value;
    }
  }
}

const ORDER: ReadonlySet<string> = new Set(['<', '<=', '>', '>=']);
const PATHS: ReadonlySet<string> = new Set(['->', '->>', '#>', '#>>']);

function binary(names: readonly string[], left: unknown, right: unknown, at: FlowAt): Value {
  const name = names.at(-1) ?? '';
  const own = operatorFunctions(names, at.names).length > 0 || (names.length > 1 && names[0] !== 'pg_catalog');
  if (!own && (name === '=' || name === '<>' || name === '!=')) return equality(left, right, at);
  const [one, other] = [valueOf(left, at), valueOf(right, at)];
  const both = [one, other].filter((value) => value !== null);
  if (both.length === 0) return CLEAN;
  if (!own && name === '||' && both.every(isTextual)) return joined(both, 'built');
  if (!own && ORDER.has(name) && both.every(isWhole)) return joined(both, 'final');
  if (!own && PATHS.has(name) && other === null && one !== null && isWhole(one)) return computed(one);
  const value = joined(both, 'final');
  if (own) entrusted(value, `are passed to the operator ${name}`, at);
  unfollowed(value, `are passed to the operator ${name}`, at);
  return value;
}

/** Texts, or what was put together of some. */
function isTextual(value: Taint): boolean {
  if (value.form === 'built') return true;
  return isWhole(value) && value.sources.every(({ type }) => TEXTS.has(type));
}

function equality(left: unknown, right: unknown, at: FlowAt): Value {
  const [one, other] = [nodeAt(left), nodeAt(right)];
  if (one?.type === 'RowExpr' && other?.type === 'RowExpr') return equalRows(one.body, other.body, at);
  return equal([side(left, at), side(right, at)], at);
}

const EQUALITY: ReadonlySet<string> = new Set(['=', '<>', '!=']);

/** `x = ANY (…)`, of an array. */
function anyOf(name: string, left: Side, right: Side, at: FlowAt): Value {
  if (left.value === null && right.value === null) return CLEAN;
  if (EQUALITY.has(name)) {
    // What is in an array is a part of it.
    chooses(right.value === null ? null : computed(right.value), 'are looked for inside another value', at);
    return equal([left, right], at);
  }
  const value = joined([left.value, right.value], 'final');
  unfollowed(value, `are passed to the operator ${name}`, at);
  return value;
}

function logic(body: Body, at: FlowAt): Value {
  const values = valuesOf(body['args'], at);
  for (const value of values) chooses(value, 'decide what else is computed', at);
  return joined(values, 'match');
}

function test(body: Body, at: FlowAt): Value {
  const value = valueOf(body['arg'], at);
  chooses(value, 'are tested', at);
  return joined([value], 'match');
}

function choice(body: Body, at: FlowAt): Value {
  const subject = side(body['arg'], at);
  const whens = listAt(body['args']).map((item) => {
    const node = nodeAt(item);
    if (node?.type !== 'CaseWhen') throw new Unintelligible('a WHEN was expected');
    return node.body;
  });
  const conditions = whens.map((when) => {
    const asked = side(when['expr'], at);
    return body['arg'] === undefined ? asked.value : equal([subject, asked], at);
  });
  for (const value of conditions) chooses(value, 'decide a CASE', at);
  const result = oneOf([...whens.map((when) => valueOf(when['result'], at)), valueOf(body['defresult'], at)]);
  const deciding = joined(conditions, 'final');
  return deciding === null ? result : joined([result, deciding], 'final');
}

function extreme(body: Body, at: FlowAt): Value {
  return joined(valuesOf(body['args'], at), 'final');
}

/** ARRAY[…] of masked arrays fails where they differ in size. */
function array(body: Body, at: FlowAt): Value {
  const values = valuesOf(body['elements'], at);
  const value = joined(values, 'built');
  const plain = values.every(
    (one) => one === null || (isWhole(one) && one.sources.every(({ type }) => SCALARS.has(type))),
  );
  if (!plain) unfollowed(value, 'are made into an array', at);
  return value;
}

function indirection(body: Body, at: FlowAt): Value {
  const steps = listAt(body['indirection']);
  const [first, ...others] = steps.map(nodeAt);
  const row = rowNamed(body['arg'], at);
  if (row !== null && first?.type === 'String' && others.length === 0) {
    return fieldIn(row, textAt(first.body['sval']) ?? '', at);
  }
  const value = valueOf(body['arg'], at);
  const indices = steps.flatMap((step) => {
    const node = nodeAt(step);
    return node?.type === 'A_Indices' ? [valueOf(node.body['lidx'], at), valueOf(node.body['uidx'], at)] : [];
  });
  const index = joined(indices, 'final');
  unfollowed(index, 'choose an element', at);
  const fields = steps.map((step) => (nodeAt(step)?.type === 'String' ? textAt(nodeAt(step)?.body['sval']) : null));
  // A field may be a function that is called with what it is taken of.
  const called = fields.map((name) => (name === null ? CLEAN : callWith(value, name, at)));
  return joined([value, index, ...called], 'final');
}

const COLLATIONS: ReadonlySet<string> = new Set(['C', 'POSIX', 'default', 'ucs_basic']);

/** A collation of one's own may take any two letters for equal. */
function collation(body: Body, at: FlowAt): Value {
  const value = valueOf(body['arg'], at);
  const known = COLLATIONS.has(nameParts(body['collname']).at(-1) ?? '');
  return value === null || known ? value : computed(value);
}

function subquery(body: Body, at: FlowAt): Value {
  const row = at.flow.rowOf(body['subselect'], at);
  switch (body['subLinkType']) {
    case 'EXISTS_SUBLINK':
      return CLEAN;
    case 'EXPR_SUBLINK': {
      const [only, ...others] = row.fields;
      return others.length === 0 && row.rest === undefined ? (only?.value ?? CLEAN) : wholeRow(row);
    }
    case 'ARRAY_SUBLINK':
      return joined([wholeRow(row)], 'final');
    case 'ANY_SUBLINK':
    case 'ALL_SUBLINK': {
      return amongRows(body, row, at);
    }
    default: {
      const all = wholeRow(row);
      unfollowed(all, 'are the outcome of a sub-select', at);
      return all;
    }
  }
}

/** `x IN (SELECT …)`: the query's columns stand for rows, each with a value of its own. */
function amongRows(body: Body, row: Row, at: FlowAt): Value {
  const name = nameParts(body['operName'] ?? []).at(-1) ?? '=';
  const tested = nodeAt(body['testexpr']);
  const left = tested?.type === 'RowExpr' ? listAt(tested.body['args']) : [body['testexpr']];
  const columns = isOpen(row) ? left.map(() => wholeRow(row)) : row.fields.map(({ value }) => value);
  if (EQUALITY.has(name)) {
    const pairs = left.map((tree, index) =>
      equal([side(tree, at), { value: columns[index] ?? CLEAN, tree: ROWS }], at),
    );
    return joined(pairs, 'match');
  }
  const all = joined([...left.map((tree) => at.flow.valueOf(tree, at)), ...columns], 'final');
  unfollowed(all, `are passed to the operator ${name}`, at);
  return all;
}

/** Stands for a column, which differs from row to row. */
const ROWS = { ColumnRef: {} };

function sort(body: Body, at: FlowAt): Value {
  const value = valueOf(body['node'], at);
  orders(value, 'decide an order', at);
  return value;
}

const clean: Handler = () => CLEAN;

const HANDLERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['ColumnRef', column],
  ['ParamRef', parameter],
  ['A_Const', clean],
  ['SQLValueFunction', clean],
  ['SetToDefault', clean],
  ['CurrentOfExpr', clean],
  ['MergeSupportFunc', clean],
  ['GroupingFunc', clean],
  ['TypeName', clean],
  ['TypeCast', cast],
  ['FuncCall', (body, at) => callOf(body, at)],
  ['A_Expr', operator],
  ['BoolExpr', logic],
  ['NullTest', test],
  ['BooleanTest', test],
  ['CaseExpr', choice],
  ['CoalesceExpr', (body, at) => oneOf(valuesOf(body['args'], at))],
  ['MinMaxExpr', extreme],
  ['RowExpr', (body, at) => joined(valuesOf(body['args'], at), 'built')],
  ['A_ArrayExpr', array],
  ['A_Indirection', indirection],
  ['CollateClause', collation],
  ['SubLink', subquery],
  ['SelectStmt', (body, at) => wholeRow(at.flow.rowOf({ SelectStmt: body }, at))],
  ['NamedArgExpr', (body, at) => valueOf(body['arg'], at)],
  ['List', (body, at) => joined(valuesOf(body['items'], at), 'built')],
  ['SortBy', sort],
]);
