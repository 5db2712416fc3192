import {
  type Body,
  bodyAt,
  constantInteger,
  isBody,
  listAt,
  nameParts,
  nodeAt,
  requiredText,
  textAt,
  Unintelligible,
} from '../tree.ts';
import { windowOf } from './call.ts';
import { rowNamed } from './composite.ts';
import { condition, type FlowAt, groups, orders } from './flow.ts';
import { rangesOf } from './from.ts';
import { nameOf } from './target-name.ts';
import { type Field, isOpen, lookUp, NO_ROW, type Row, renamed, rowCalled, stacked, under, wholeRow } from './row.ts';
import { CLEAN, isSame, joined, oneOf, type Value } from './value.ts';

/** The columns a SELECT gives. @throws Untraced, Unintelligible */
export function queryRow(body: Body, outside: FlowAt): Row {
  const at = withQueries(body['withClause'], { ...outside, level: under(outside.level) });
  const row = rowOfQuery(body, at);
  for (const key of ['limitCount', 'limitOffset'])
    orders(at.flow.valueOf(body[key], at), 'decide how many rows there are', at);
  return row;
}

function rowOfQuery(body: Body, at: FlowAt): Row {
  if (body['op'] !== undefined && body['op'] !== 'SETOP_NONE') return combined(body, at);
  if (body['valuesLists'] !== undefined) return valuesRow(body, at);
  const inside: FlowAt = { ...at, level: { ...at.level, ranges: rangesOf(body['fromClause'], at) } };
  condition(body['whereClause'], 'decide a WHERE', inside);
  const row = targetRow(body['targetList'], inside);
  for (const item of listAt(body['groupClause'])) groupedBy(item, row, inside);
  condition(body['havingClause'], 'decide a HAVING', inside);
  for (const item of listAt(body['windowClause'])) windowOf(nodeAt(item)?.body ?? {}, inside);
  distinct(body['distinctClause'], row, inside);
  for (const item of listAt(body['sortClause'])) sortedBy(item, row, inside);
  return row;
}

/** UNION and its like. Without ALL they sort: a constant among masked values would show where it stands. */
function combined(body: Body, at: FlowAt): Row {
  const [left, right] = [body['larg'], body['rarg']].map((side) => at.flow.rowOf({ SelectStmt: bodyAt(side) }, at));
  const row = stacked(left ?? NO_ROW, right ?? NO_ROW);
  const set = wholeRow(row);
  if (body['op'] !== 'SETOP_UNION' || body['all'] !== true) orders(set, 'are told apart by a set operation', at);
  for (const item of listAt(body['sortClause'])) sortedBy(item, row, at);
  return row;
}

function valuesRow(body: Body, at: FlowAt): Row {
  const lists = listAt(body['valuesLists']).map((list) => listAt(nodeAt(list)?.body['items']));
  const rows = lists.map((list): Row => ({
    fields: list.map((item) => ({ name: null, value: at.flow.valueOf(item, at) })),
  }));
  const [first = NO_ROW, ...others] = rows;
  const all = others.reduce(stacked, first);
  const row = { fields: all.fields.map(({ value }, index) => ({ name: `column${index + 1}`, value })) };
  for (const item of listAt(body['sortClause'])) sortedBy(item, row, at);
  return row;
}

/** A list of targets, with `*` written out. */
export function targetRow(tree: unknown, at: FlowAt): Row {
  const fields: Field[] = [];
  const rest: Value[] = [];
  const takeIn = (row: Row): void => {
    fields.push(...row.fields);
    if (row.rest !== undefined) rest.push(row.rest);
  };
  for (const item of listAt(tree)) {
    const target = nodeAt(item);
    if (target?.type !== 'ResTarget') throw new Unintelligible('a target was expected');
    const star = starOf(target.body['val'], at);
    if (star !== null) takeIn(star);
    else {
      const value = at.flow.valueOf(target.body['val'], at);
      fields.push({ name: textAt(target.body['name']) ?? nameOf(target.body['val']), value });
    }
  }
  return rest.length === 0 ? { fields } : { fields, rest: joined(rest, 'final') };
}

/** What `*`, `t.*` or `(…).*` stands for; null for any other target. */
function starOf(tree: unknown, at: FlowAt): Row | null {
  const node = nodeAt(tree);
  if (node?.type === 'A_Indirection') {
    const steps = listAt(node.body['indirection']).map(nodeAt);
    if (steps.at(-1)?.type !== 'A_Star') return null;
    const row = steps.length === 1 ? rowNamed(node.body['arg'], at) : null;
    return row ?? { fields: [], rest: at.flow.valueOf(node.body['arg'], at) };
  }
  if (node?.type !== 'ColumnRef') return null;
  const names = listAt(node.body['fields']).map(nodeAt);
  if (names.at(-1)?.type !== 'A_Star') return null;
  const qualifier = names.at(-2);
  if (qualifier !== undefined) {
    const row = rowCalled(at.level, textAt(qualifier?.body['sval']) ?? '');
    return row ?? { fields: [], rest: at.flow.valueOf(tree, at) };
  }
  const rows = at.level.ranges.map(({ row }) => row);
  const fields = rows.flatMap((row) => row.fields);
  return rows.some(isOpen)
    ? {
        fields,
        rest: joined(
          rows.map((row) => row.rest ?? CLEAN),
          'final',
        ),
      }
    : { fields };
}

function groupedBy(tree: unknown, row: Row, at: FlowAt): void {
  const node = nodeAt(tree);
  if (node?.type === 'GroupingSet' || node?.type === 'RowExpr') {
    for (const item of listAt(node.body[node.type === 'RowExpr' ? 'args' : 'content'])) groupedBy(item, row, at);
    return;
  }
  const name = plainName(tree);
  const input = name === null ? undefined : lookUp(at.level, name);
  const output = name !== null && input === undefined ? outputCalled(row, name) : outputAt(tree, row);
  groups(output === undefined ? at.flow.valueOf(tree, at) : output, 'are grouped by', at);
}

function sortedBy(tree: unknown, row: Row, at: FlowAt): void {
  const item = nodeAt(tree);
  if (item?.type !== 'SortBy') throw new Unintelligible('an order was expected');
  orders(named(item.body['node'], row, at), 'decide an order', at);
}

function distinct(tree: unknown, row: Row, at: FlowAt): void {
  const items = listAt(tree);
  if (items.length === 0) return;
  const all = items.every((item) => isBody(item) && nodeAt(item) === null);
  const values = all
    ? [...row.fields.map(({ value }) => value), row.rest ?? CLEAN]
    : items.map((item) => named(item, row, at));
  for (const value of values) groups(value, 'are told apart by DISTINCT', at);
}

/** In ORDER BY and DISTINCT ON a plain name is first of all an output column's. */
function named(tree: unknown, row: Row, at: FlowAt): Value {
  const name = plainName(tree);
  const output = name === null ? undefined : outputCalled(row, name);
  if (output === undefined) return outputAt(tree, row) ?? at.flow.valueOf(tree, at);
  // Where the server's name for another output is not known, that one may be meant.
  const maybe = row.fields.some((field) => field.name === null) || isOpen(row);
  return maybe ? joined([output, wholeRow(row)], 'final') : output;
}

function plainName(tree: unknown): string | null {
  const node = nodeAt(tree);
  if (node?.type !== 'ColumnRef') return null;
  const names = listAt(node.body['fields']).map(nodeAt);
  const [only] = names;
  return names.length === 1 && only?.type === 'String' ? (textAt(only.body['sval']) ?? '') : null;
}

function outputCalled(row: Row, name: string): Value | undefined {
  const found = row.fields.filter((field) => field.name === name);
  return found.length === 0 ? undefined : oneOf(found.map(({ value }) => value));
}

/** `ORDER BY 2`. */
function outputAt(tree: unknown, row: Row): Value | undefined {
  if (nodeAt(tree)?.type !== 'A_Const') return undefined;
  const position = constantInteger(tree);
  if (position === null) return undefined;
  return isOpen(row) ? wholeRow(row) : (row.fields[position - 1]?.value ?? CLEAN);
}

/** The queries of WITH. */
export function withQueries(tree: unknown, at: FlowAt): FlowAt {
  if (tree === undefined) return at;
  const clause = bodyAt(tree);
  const ctes = listAt(clause['ctes']).map((item) => {
    const node = nodeAt(item);
    if (node?.type !== 'CommonTableExpr') throw new Unintelligible('a common table expression was expected');
    return node.body;
  });
  return clause['recursive'] === true ? recursive(ctes, at) : ctes.reduce((before, cte) => withQuery(before, cte), at);
}

function withQuery(at: FlowAt, cte: Body, query: unknown = cte['ctequery']): FlowAt {
  return withRows(new Map([[requiredText(cte['ctename']), commonRow(cte, query, at)]]), at);
}

function withRows(rows: ReadonlyMap<string, Row>, at: FlowAt): FlowAt {
  return { ...at, level: { ...at.level, queries: new Map([...at.level.queries, ...rows]) } };
}

const UNSEEN: Row = { fields: [], rest: CLEAN };

/** Each may read itself and all others: what they hold grows until it stays the same. */
function recursive(ctes: readonly Body[], at: FlowAt): FlowAt {
  const names = ctes.map((cte) => requiredText(cte['ctename']));
  let inside = withRows(new Map(names.map((name) => [name, UNSEEN])), at);
  inside = ctes.reduce((before, cte) => withQuery(before, cte, firstTerm(cte['ctequery'])), inside);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { queries } = inside.level;
    inside = ctes.reduce((before, cte) => withQuery(before, cte), inside);
    const settled = names.every((name) =>
      isSameRow(queries.get(name) ?? UNSEEN, inside.level.queries.get(name) ?? UNSEEN),
    );
    if (settled) return inside;
  }
  throw new Unintelligible('a recursion that does not settle');
}

/** What a recursive query starts from. */
function firstTerm(tree: unknown): unknown {
  const node = nodeAt(tree);
  const united = node?.type === 'SelectStmt' && node.body['op'] === 'SETOP_UNION';
  return united ? { SelectStmt: bodyAt(node.body['larg']) } : tree;
}

/** Every round adds a form or a source to some column, or is the last. */
const MOST_ROUNDS = 100;

function isSameRow(one: Row, other: Row): boolean {
  if (one.fields.length !== other.fields.length || isOpen(one) !== isOpen(other)) return false;
  const pairs = one.fields.map((field, index): [Value, Value] => [field.value, other.fields[index]?.value ?? CLEAN]);
  return [...pairs, [one.rest ?? CLEAN, other.rest ?? CLEAN] as const].every(([a, b]) => isSame(a, b));
}

function commonRow(cte: Body, query: unknown, at: FlowAt): Row {
  const row = renamed(at.flow.rowOf(query, at), nameParts(cte['aliascolnames'] ?? []));
  const extra = [cte['search_clause'], cte['cycle_clause']].filter((clause) => clause !== undefined);
  if (extra.length === 0) return row;
  // They compare and sort rows, and add columns of their own.
  const whole = wholeRow(row);
  orders(whole, 'are searched for cycles', at);
  return { fields: row.fields, rest: whole };
}
