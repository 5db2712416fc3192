import { relationsOf } from '../resolve.ts';
import { type Body, bodyAt, listAt, type Node, nodeAt, requiredText, textAt, Unintelligible } from '../tree.ts';
import { condition, deeper, type FlowAt, Untraced, valuesOf } from './flow.ts';
import { rangeOf, rangesOf, rowOf } from './from.ts';
import { fieldOf, isOpen, type Range, type Row, under, wholeRow } from './row.ts';
import { targetRow, withQueries } from './select.ts';
import { CLEAN, isSameMethod, type Value } from './value.ts';

const CHANGES: Readonly<Record<string, (body: Body, at: FlowAt) => Row>> = {
  InsertStmt: insert,
  UpdateStmt: update,
  DeleteStmt: remove,
  MergeStmt: merge,
};

export function isChange(type: string): boolean {
  return Object.hasOwn(CHANGES, type);
}

/** What a change returns. Masked values are written only to where they stay masked. */
export function changeRow({ type, body }: Node, at: FlowAt): Row {
  const change = CHANGES[type];
  if (change === undefined) throw new Unintelligible('a change was expected');
  return deeper(at.flow, () => change(body, withQueries(body['withClause'], { ...at, level: under(at.level) })));
}

/** The table that is written to, as it stands in the statement's expressions. */
function target(body: Body, at: FlowAt): Range {
  const range = bodyAt(body['relation']);
  const row = rowOf(relationsOf(range, at.names), at);
  const name = textAt(bodyAt(range['alias'])['aliasname']) ?? requiredText(range['relname']);
  return { row, qualified: new Map([[name, row]]) };
}

function beside(at: FlowAt, ...ranges: readonly Range[]): FlowAt {
  return { ...at, level: { ...at.level, ranges } };
}

function insert(body: Body, at: FlowAt): Row {
  const into = target(body, at);
  if (body['selectStmt'] !== undefined) {
    const given = at.flow.rowOf(body['selectStmt'], at);
    writeAll(targetNames(body['cols']), given, into.row, at);
  }
  const conflict = body['onConflictClause'] === undefined ? null : bodyAt(body['onConflictClause']);
  if (conflict !== null) {
    const inside = beside(at, { ...into, qualified: new Map([...into.qualified, ['excluded', into.row]]) });
    const infer = bodyAt(conflict['infer']);
    condition(infer['whereClause'], 'decide a conflict', inside);
    assign(conflict['targetList'], into.row, inside);
    condition(conflict['whereClause'], 'decide a WHERE', inside);
  }
  return returned(body['returningClause'], into, [], at);
}

function update(body: Body, at: FlowAt): Row {
  const into = target(body, at);
  const others = rangesOf(body['fromClause'], at);
  const inside = beside(at, into, ...others);
  condition(body['whereClause'], 'decide a WHERE', inside);
  assign(body['targetList'], into.row, inside);
  return returned(body['returningClause'], into, others, at);
}

function remove(body: Body, at: FlowAt): Row {
  const from = target(body, at);
  const others = rangesOf(body['usingClause'], at);
  condition(body['whereClause'], 'decide a WHERE', beside(at, from, ...others));
  return returned(body['returningClause'], from, others, at);
}

function merge(body: Body, at: FlowAt): Row {
  const into = target(body, at);
  const source = rangeOf(body['sourceRelation'], at, []);
  const inside = beside(at, into, source);
  condition(body['joinCondition'], 'decide a MERGE', inside);
  for (const item of listAt(body['mergeWhenClauses'])) {
    const when = nodeAt(item)?.body ?? {};
    condition(when['condition'], 'decide a MERGE', inside);
    if (when['commandType'] === 'CMD_INSERT') {
      const fields = valuesOf(when['values'], inside).map((value) => ({ name: null, value }));
      writeAll(targetNames(when['targetList']), { fields }, into.row, inside);
    } else assign(when['targetList'], into.row, inside);
  }
  return returned(body['returningClause'], source, [into], at, into);
}

function returned(tree: unknown, first: Range, others: readonly Range[], at: FlowAt, changed: Range = first): Row {
  if (tree === undefined) return { fields: [] };
  const clause = bodyAt(tree);
  const names = listAt(clause['options']).map((item) => textAt(nodeAt(item)?.body['value']) ?? '');
  const versions: Range = {
    row: { fields: [] },
    qualified: new Map(['old', 'new', ...names].map((name): [string, Row] => [name, changed.row])),
  };
  return targetRow(clause['exprs'], beside(at, first, ...others, versions));
}

function targetNames(tree: unknown): readonly string[] {
  return listAt(tree).map((item) => requiredText(nodeAt(item)?.body['name']));
}

/** `SET a = …, (b, c) = …`. */
function assign(tree: unknown, into: Row, at: FlowAt): void {
  for (const item of listAt(tree)) {
    const body = nodeAt(item)?.body ?? {};
    const part = listAt(body['indirection']).length > 0;
    write(requiredText(body['name']), assigned(body['val'], at), into, part, at);
  }
}

function assigned(tree: unknown, at: FlowAt): Value {
  const node = nodeAt(tree);
  if (node?.type !== 'MultiAssignRef') return at.flow.valueOf(tree, at);
  const position = typeof node.body['colno'] === 'number' ? node.body['colno'] : 0;
  const source = nodeAt(node.body['source']);
  if (source?.type === 'RowExpr') return at.flow.valueOf(listAt(source.body['args'])[position - 1], at);
  if (source?.type !== 'SubLink') return at.flow.valueOf(node.body['source'], at);
  const row = at.flow.rowOf(source.body['subselect'], at);
  return isOpen(row) ? wholeRow(row) : (row.fields[position - 1]?.value ?? CLEAN);
}

function writeAll(names: readonly string[], given: Row, into: Row, at: FlowAt): void {
  const columns = names.length > 0 ? names : into.fields.map(({ name }) => name);
  if (isOpen(given) || (isOpen(into) && names.length === 0)) {
    if (wholeRow(given) !== null) refuseWrite(wholeRow(given), null, at);
    return;
  }
  for (const [index, { value }] of given.fields.entries()) write(columns[index] ?? null, value, into, false, at);
}

/** Only the very values of a masked column, and only to one that is masked in the same way, or altogether. */
function write(column: string | null, value: Value, into: Row, part: boolean, at: FlowAt): void {
  if (value === null) return;
  const place = column === null ? CLEAN : (fieldOf(into, column) ?? CLEAN);
  const method = place?.form === 'verbatim' ? place.sources[0]?.with : undefined;
  const alike =
    method !== undefined &&
    (method === 'redact' || method === 'null' || value.sources.every((source) => isSameMethod(source.with, method)));
  if (alike && value.form === 'verbatim' && !part) return;
  refuseWrite(value, column, at);
}

function refuseWrite(value: Value, column: string | null, at: FlowAt): void {
  if (!at.flow.masks.strict) return;
  const where = column === null ? 'another place' : `the column ${column}`;
  throw new Untraced(
    value?.sources ?? [],
    `are written to ${where}`,
    'Write them unchanged to a column that is masked alike, or leave them out.',
  );
}
