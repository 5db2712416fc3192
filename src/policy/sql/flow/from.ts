import { treeOf } from '../context.ts';
import type { CatalogRelation } from '../../../core/catalog.ts';
import { isSystemSchema, type Names, relationsOf, type Target } from '../resolve.ts';
import {
  type Body,
  bodyAt,
  listAt,
  nameParts,
  nodeAt,
  requiredText,
  statementsOf,
  textAt,
  Unintelligible,
} from '../tree.ts';
import { rowOfCall } from './call.ts';
import { equal } from './compare.ts';
import { condition, type FlowAt, orders, Untraced, valuesOf } from './flow.ts';
import { SAMPLES } from '../samples.ts';
import { SAMPLED, WITHHELD } from './hearsay.ts';
import { fieldOf, isOpen, NO_ROW, queryCalled, type Range, renamed, type Row, TOP, under, wholeRow } from './row.ts';
import { CLEAN, joined, oneOf, type Value, verbatim } from './value.ts';

/** The entries of a FROM clause, each of which may see those before it. */
export function rangesOf(tree: unknown, at: FlowAt): readonly Range[] {
  const ranges: Range[] = [];
  for (const item of listAt(tree)) ranges.push(rangeOf(item, at, ranges));
  return ranges;
}

export function rangeOf(tree: unknown, at: FlowAt, before: readonly Range[]): Range {
  const node = nodeAt(tree);
  const beside: FlowAt = { ...at, level: under(at.level, before) };
  switch (node?.type) {
    case 'RangeVar':
      return tableOf(node.body, at);
    case 'RangeSubselect': {
      const inside = node.body['lateral'] === true ? beside : at;
      return called(at.flow.rowOf(node.body['subquery'], inside), bodyAt(node.body['alias']), null);
    }
    case 'RangeFunction':
      return functionsOf(node.body, beside);
    case 'RangeTableSample': {
      for (const value of [...valuesOf(node.body['args'], beside), at.flow.valueOf(node.body['repeatable'], beside)]) {
        orders(value, 'decide a sample', at);
      }
      return rangeOf(node.body['relation'], at, before);
    }
    case 'JoinExpr':
      return joinOf(node.body, at, before);
    case 'RangeTableFunc':
    case 'JsonTable':
      return opaqueRange(node.type, node.body, beside);
    default:
      throw new Unintelligible('an unknown entry of FROM');
  }
}

function called(row: Row, alias: Body, name: string | null): Range {
  const alone = textAt(alias['aliasname']) ?? name;
  const seen = renamed(row, nameParts(alias['colnames'] ?? []));
  return { row: seen, qualified: new Map(alone === null ? [] : [[alone, seen]]) };
}

function tableOf(body: Body, at: FlowAt): Range {
  const name = requiredText(body['relname']);
  const query = body['schemaname'] === undefined ? queryCalled(at.level, name) : undefined;
  return called(query ?? rowOf(relationsOf(body, at.names), at), bodyAt(body['alias']), name);
}

/** All that a relation's name may stand for. */
export function rowOf({ candidates, certain }: Target, at: FlowAt): Row {
  const rows = candidates.map(({ schema, name, relation }) =>
    relation === null ? systemRow(schema, name, at) : relationRow(relation, at),
  );
  const [only] = rows;
  if (only !== undefined && rows.length === 1 && certain) return only;
  return { fields: [], rest: joined(rows.map(wholeRow), 'final') };
}

/** Of a relation that the catalog does not have. */
function systemRow(schema: string | null, name: string, at: FlowAt): Row {
  if (schema === 'pg_toast') return { fields: [], rest: { form: 'final', sources: [SAMPLED] } };
  if (isSystemSchema(schema) || schema === null) {
    if (SAMPLES.has(name)) return { fields: [], rest: { form: 'final', sources: [SAMPLED] } };
    const column = WITHHELD.get(name);
    if (column !== undefined) {
      return { fields: [{ name: column.name, value: { form: 'final', sources: [column] } }], rest: CLEAN };
    }
  }
  const masked = at.flow.masks.named(schema, name).flatMap((one) => [...(at.flow.masks.of(one)?.values() ?? [])]);
  return { fields: [], rest: joined(masked.map(verbatim), 'final') };
}

export function relationRow(relation: CatalogRelation, at: FlowAt): Row {
  const known = at.flow.views.get(relation.oid);
  if (known !== undefined) return known;
  const masked = at.flow.masks.of(relation);
  const behind = relation.definition === null ? null : viewRow(relation, at);
  const fields = relation.columns.map(({ name, generatedFrom }, index) => {
    const own = masked?.get(name);
    const value = behind === null ? CLEAN : isOpen(behind) ? wholeRow(behind) : (behind.fields[index]?.value ?? CLEAN);
    return {
      name,
      value: own === undefined ? value : ruled(value, verbatim(own)),
      generated: generatedFrom !== undefined,
    };
  });
  const row: Row = { fields };
  at.flow.views.set(relation.oid, row);
  return row;
}

/** A view's column that a rule names, and what stands behind it. */
function ruled(behind: Value, own: Value): Value {
  if (behind === null) return own;
  return joined([behind, own], behind.form === 'verbatim' ? 'verbatim' : 'final');
}

/** What a view's query gives: its names are bound, whatever the session's path says. */
function viewRow(view: CatalogRelation, at: FlowAt): Row {
  const { catalog, code } = at.flow;
  const parsed = view.definition === null ? 'failed' : treeOf(code, 'sql', view.definition);
  if (parsed === 'pending') return NO_ROW;
  const statements = parsed === 'failed' ? [] : statementsOf(parsed.tree);
  if (statements.length !== 1)
    throw new Untraced([], `may be read by the view ${view.schema}.${view.name}`, 'Query its tables.');
  const names: Names = { catalog, path: catalog.searchPath, current: true };
  const row = at.flow.rowOf(statements[0]?.['stmt'], { ...at, names, level: TOP, parameters: null });
  if (isOpen(row) || row.fields.length === view.columns.length) return row;
  return { fields: [], rest: joined([wholeRow(row)], 'final') };
}

/** Functions in FROM: how many rows they give must not hang on masked values. */
function functionsOf(body: Body, at: FlowAt): Range {
  const [only, ...more] = listAt(body['functions']);
  const [first] = listAt(nodeAt(only)?.body['items']);
  const call = more.length === 0 && body['ordinality'] !== true ? nodeAt(first) : null;
  const row = call?.type === 'FuncCall' ? rowOfCall(call.body, at) : null;
  if (row !== null) return called(row, bodyAt(body['alias']), functionName(body));
  const values = listAt(body['functions']).map((item) => {
    const [call] = listAt(nodeAt(item)?.body['items']);
    return at.flow.valueOf(call, at);
  });
  const rest = joined(values, 'final');
  const named = [...listAt(body['coldeflist']), ...listAt(body['functions']).flatMap(columnsDefined)].map((item) => ({
    name: textAt(nodeAt(item)?.body['colname']),
    value: rest,
  }));
  return called({ fields: named, rest }, bodyAt(body['alias']), functionName(body));
}

function columnsDefined(tree: unknown): readonly unknown[] {
  const [, columns] = listAt(nodeAt(tree)?.body['items']);
  return Array.isArray(columns) ? columns : listAt(nodeAt(columns)?.body['items']);
}

/** Without an alias a function is called as it is. */
function functionName(body: Body): string | null {
  const [first] = listAt(body['functions']);
  const [call] = listAt(nodeAt(first)?.body['items']);
  const node = nodeAt(call);
  return node?.type === 'FuncCall' ? (nameParts(node.body['funcname']).at(-1) ?? null) : null;
}

function opaqueRange(type: string, body: Body, at: FlowAt): Range {
  const { alias, ...rest } = body;
  const value = at.flow.valueOf({ [type]: rest }, at);
  return called({ fields: [], rest: value }, bodyAt(alias), null);
}

function joinOf(body: Body, at: FlowAt, before: readonly Range[]): Range {
  const left = rangeOf(body['larg'], at, before);
  const right = rangeOf(body['rarg'], at, [...before, left]);
  const using = usingOf(body, left.row, right.row);
  const inside: FlowAt = { ...at, level: under(at.level, [...before, left, right]) };
  const pairs = using.map((name) =>
    equal(
      [left, right].map(({ row }) => ({ value: valueIn(row, name), tree: { ColumnRef: {} } })),
      at,
    ),
  );
  const on = at.flow.valueOf(body['quals'], inside);
  condition(body['quals'], 'decide a JOIN', inside);
  const deciding = joined([...pairs, on], 'match');
  checkKept(String(body['jointype']), deciding, left, right, at);
  return joinedRange(body, using, left, right);
}

function valueIn(row: Row, name: string): Value {
  return fieldOf(row, name) ?? CLEAN;
}

function usingOf(body: Body, left: Row, right: Row): readonly string[] {
  if (body['isNatural'] !== true) return nameParts(body['usingClause'] ?? []);
  const names = left.fields.flatMap(({ name }) => name ?? []);
  return names.filter((name) => right.fields.some((field) => field.name === name));
}

/** Rows that are kept without a partner come in the order of what they were to be joined by: it would show. */
function checkKept(type: string, deciding: Value, left: Range, right: Range, at: FlowAt): void {
  if (deciding === null || at.flow.masks.inference === 'allow' || type === 'JOIN_INNER') return;
  const keepsLeft = type === 'JOIN_LEFT' || type === 'JOIN_FULL';
  const keepsRight = type === 'JOIN_RIGHT' || type === 'JOIN_FULL';
  const held = (range: Range): boolean => {
    const sources = new Set([...range.qualified.values(), range.row].flatMap((row) => wholeRow(row)?.sources ?? []));
    return deciding.sources.some((source) => sources.has(source));
  };
  if (type !== 'JOIN_FULL' && !(keepsLeft && held(left)) && !(keepsRight && held(right))) return;
  throw new Untraced(
    deciding.sources,
    'decide an outer JOIN that keeps their own rows',
    'Use an inner join, or join by another column.',
  );
}

function joinedRange(body: Body, using: readonly string[], left: Range, right: Range): Range {
  const row = mergedRow(body['isNatural'] === true, using, left.row, right.row);
  const alias = bodyAt(body['alias']);
  const merged = bodyAt(body['join_using_alias']);
  const both = new Map([...left.qualified, ...right.qualified]);
  const usingAlias = textAt(merged['aliasname']);
  if (usingAlias !== null) both.set(usingAlias, { fields: row.fields.slice(0, using.length) });
  if (alias['aliasname'] === undefined) return { row, qualified: both };
  // What is inside keeps no names of its own.
  return called(row, alias, null);
}

function mergedRow(natural: boolean, using: readonly string[], left: Row, right: Row): Row {
  const rest = (row: Row): readonly Value[] => (row.rest === undefined ? [] : [row.rest]);
  const shared = using.map((name) => ({ name, value: oneOf([valueIn(left, name), valueIn(right, name)]) }));
  const others = [...left.fields, ...right.fields].filter(({ name }) => name === null || !using.includes(name));
  const open = [...rest(left), ...rest(right)];
  // Which columns are shared, and where they stand, cannot be told.
  const blurred = natural && open.length > 0;
  const fields = [...shared, ...others].map((field) => (blurred ? { ...field, name: null } : field));
  return open.length === 0
    ? { fields }
    : { fields, rest: joined([...open, ...(blurred ? fields.map(({ value }) => value) : [])], 'final') };
}
