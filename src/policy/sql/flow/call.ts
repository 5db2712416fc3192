import type { CatalogFunction } from '../../../core/catalog.ts';
import { treeOf } from '../context.ts';
import { isImpure } from '../functions.ts';
import { type Callables, functionsNamed, isSystemSchema, relationsNamed } from '../resolve.ts';
import { type Body, bodyAt, constantInteger, listAt, nameParts, nodeAt, statementsOf, textAt } from '../tree.ts';
import { PURE } from '../builtins/pure.ts';
import {
  BUILDERS,
  HEARSAY,
  KEYED,
  PARTS,
  PARTS_OF_SECOND,
  SCALARS,
  SUMMED,
  SUMS,
  TEXTS,
  WHOLE,
} from './total-functions.ts';
import {
  computed,
  condition,
  deeper,
  entrusted,
  type FlowAt,
  groups,
  orders,
  unfollowed,
  Untraced,
  valuesOf,
} from './flow.ts';
import { HEARD } from './hearsay.ts';
import { isOpen, NO_ROW, type Row, TOP, wholeRow } from './row.ts';
import { CLEAN, isWhole, joined, type Taint, type Value, wholeOf } from './value.ts';

/** What a call gives, of one row or of many. */
export function callOf(body: Body, at: FlowAt): Value {
  const callables = functionsNamed(nameParts(body['funcname']), at.names);
  const within = body['agg_within_group'] === true;
  const values = [...valuesOf(body['args'], at), ...(within ? valuesOf(body['agg_order'], at) : [])];
  around(body, values, at);
  const own = callables.functions.map((one) => ownResult(one, values, at));
  const others = callables.builtin ? builtin(callables, body, values, at) : CLEAN;
  return joined([...own, others], own.length === 0 && others !== null ? others.form : 'final');
}

/** FILTER, ORDER BY, DISTINCT and OVER. */
function around(body: Body, values: readonly Value[], at: FlowAt): void {
  condition(body['agg_filter'], 'decide a FILTER', at);
  valuesOf(body['agg_order'], at);
  if (body['agg_distinct'] === true) for (const value of values) groups(value, 'are told apart by DISTINCT', at);
  if (body['over'] !== undefined) windowOf(bodyAt(body['over']), at);
}

export function windowOf(body: Body, at: FlowAt): void {
  for (const value of valuesOf(body['partitionClause'], at)) groups(value, 'decide a PARTITION', at);
  valuesOf(body['orderClause'], at);
  for (const offset of ['startOffset', 'endOffset']) orders(at.flow.valueOf(body[offset], at), 'decide a frame', at);
}

function builtin({ name, schema }: Callables, body: Body, values: readonly Value[], at: FlowAt): Value {
  if (HEARSAY.has(name)) return { form: 'final', sources: [HEARD] };
  const all = joined(values, 'final');
  if (all === null) return CLEAN;
  if (name === 'count' && values.length === 1) return counted(values[0] ?? null, at);
  if (name === 'pg_typeof') return CLEAN;
  const known = (schema === null || isSystemSchema(schema)) && body['func_variadic'] !== true;
  const outcome = known ? total(name, body, values) : null;
  if (outcome !== null) return outcome;
  if (known && PURE.has(name)) unfollowed(all, `are passed to the function ${name}`, at);
  else entrusted(all, `are passed to the function ${name}`, at);
  return all;
}

function counted(value: Value, at: FlowAt): Value {
  if (value !== null && at.flow.masks.inference === 'refuse') {
    throw new Untraced(value.sources, 'are counted', 'Count rows with count(*) instead.');
  }
  if (value !== null && !isWhole(value) && value.form !== 'built') unfollowed(value, 'are counted in part', at);
  return CLEAN;
}

/** What a function gives that may be passed these values; null where it may not. */
function total(name: string, body: Body, values: readonly Value[]): Value {
  const tainted = values.filter((value) => value !== null);
  const sources = joined(tainted, 'final');
  if (WHOLE.has(name) && tainted.every((value) => isWhole(value) && isText(value))) return wholeOf(tainted);
  if (BUILDERS.has(name)) return built(name, values) ? joined(tainted, 'built') : null;
  if (name === 'array_agg')
    return tainted.every((value) => isWhole(value) && isScalar(value)) ? joined(tainted, 'built') : null;
  const [first, second, ...others] = values;
  if (name === 'substring') return isCut(body) && isOnly(first, [second, ...others]) ? sources : null;
  if (PARTS_OF_SECOND.has(name)) return isOnly(second, [first, ...others]) ? sources : null;
  if (PARTS.has(name))
    return isOnly(first, [second, ...others]) || (name === 'age' && tainted.every(isWhole)) ? sources : null;
  if (SUMS.has(name)) return isOnly(first, [second]) && tainted.every(isSummed) ? sources : null;
  return null;
}

function built(name: string, values: readonly Value[]): boolean {
  if (KEYED.has(name) && values.some((value, index) => value !== null && index % 2 === 0)) return false;
  return values.every((value) => value === null || isWhole(value) || value.form === 'built');
}

/** `substring(x, 1, 2)`, not `substring(x from 'pattern')`. */
function isCut(body: Body): boolean {
  return listAt(body['args'])
    .slice(1)
    .every((argument) => constantInteger(argument) !== null);
}

function isOnly(value: Value | undefined, others: readonly (Value | undefined)[]): boolean {
  return value !== undefined && value !== null && isWhole(value) && others.every((other) => (other ?? null) === null);
}

const isText = (value: Taint): boolean => value.sources.every(({ type }) => TEXTS.has(type));
const isScalar = (value: Taint): boolean => value.sources.every(({ type }) => SCALARS.has(type));
const isSummed = (value: Taint): boolean => isWhole(value) && value.sources.every(({ type }) => SUMMED.has(type));

/** What `value.name` gives where `name` is no column of it: it may be a function that is called with the value. */
export function callWith(value: Value, name: string, at: FlowAt): Value {
  const callables = functionsNamed([name], at.names);
  const own = callables.functions.map((one) => ownResult(one, [value], at));
  const others = PURE.has(name) || isImpure(name) ? builtin(callables, {}, [value], at) : CLEAN;
  return joined([value, ...own, others], 'final');
}

/** What a function of somebody's own gives. */
function ownResult(one: CatalogFunction, values: readonly Value[], at: FlowAt): Value {
  const name = `${one.schema}.${one.name}`;
  at.flow.followed.add(name);
  if (at.flow.masks.trusts(one.schema, one.name)) return CLEAN;
  const given = joined(values, 'final');
  const instead = 'Leave the column out of it, or have the function listed in trusted_functions.';
  entrusted(given, `are passed to the function ${name}`, at, instead);
  if (!at.flow.reading.has(name)) return given;
  const result = one.language === 'sql' ? bodyOf(one, values, at) : null;
  if (result !== null) return joined([given, result], 'final');
  throw new Untraced(
    [],
    `are read by the function ${name}`,
    'Query its tables, or have it listed in trusted_functions.',
  );
}

/** The row that a call in FROM gives, if it is of one function in SQL that reads masked columns; null otherwise. */
export function rowOfCall(body: Body, at: FlowAt): Row | null {
  const { functions, builtin, name } = functionsNamed(nameParts(body['funcname']), at.names);
  const [one, ...others] = functions;
  if (one === undefined || others.length > 0 || (builtin && PURE.has(name))) return null;
  const called = `${one.schema}.${one.name}`;
  if (one.language !== 'sql' || !at.flow.reading.has(called) || at.flow.masks.trusts(one.schema, one.name)) return null;
  // It may not be given masked values, and that is checked there.
  callOf(body, at);
  const row = queryOf(one, valuesOf(body['args'], at), at);
  if (row === null || isOpen(row)) return null;
  // A row as its only column comes apart into its own.
  const names = columnNames(one, at);
  const named = names.length === row.fields.length;
  const fields = row.fields.map(({ value }, index) => ({
    name: named ? (names[index] ?? null) : null,
    value: value === null ? value : computed(value),
  }));
  return fields.length === 1 && row.fields[0]?.value?.form === 'built'
    ? { fields: [], rest: wholeRow({ fields }) }
    : { fields };
}

/** What comes out of a function in SQL; null where it is not one plain query. */
function bodyOf(one: CatalogFunction, values: readonly Value[], at: FlowAt): Value {
  const row = queryOf(one, values, at);
  if (row === null) return null;
  const result = wholeRow(row);
  // Nothing masked comes out, and nothing was found wrong on the way.
  return result === null ? { form: 'final', sources: [] } : computed(result);
}

/** What the query gives that a function in SQL consists of; null where it is anything else. */
function queryOf(one: CatalogFunction, values: readonly Value[], at: FlowAt): Row | null {
  // Under its owner's rights names may mean something else than here.
  const asOwner = typeof one.definition !== 'string' || one.definition.includes('SECURITY DEFINER');
  const plain = one.settings.length === 0 && one.kind === 'function' && one.source.trim() !== '' && !asOwner;
  const parsed = plain ? treeOf(at.flow.code, 'sql', one.source) : 'failed';
  if (parsed === 'pending') return NO_ROW;
  const statements = parsed === 'failed' ? [] : statementsOf(parsed.tree);
  const query = nodeAt(statements[0]?.['stmt']);
  if (statements.length !== 1 || query?.type !== 'SelectStmt') return null;
  const parameters = {
    row: { fields: one.argumentNames.map((name, index) => ({ name, value: values[index] ?? CLEAN })) },
  };
  const level = { ...TOP, ranges: [{ ...parameters, qualified: new Map([[one.name, parameters.row]]) }] };
  return deeper(at.flow, () => at.flow.rowOf({ SelectStmt: query.body }, { ...at, level, parameters: values }));
}

const GIVEN_BACK: ReadonlySet<string> = new Set(['FUNC_PARAM_OUT', 'FUNC_PARAM_INOUT', 'FUNC_PARAM_TABLE']);

/** What the server calls the columns of a function in FROM; none where that is not told here. */
function columnNames({ definition }: CatalogFunction, at: FlowAt): readonly string[] {
  const parsed = definition === null ? 'failed' : treeOf(at.flow.code, 'sql', definition);
  const [statement] = typeof parsed === 'string' ? [] : statementsOf(parsed.tree);
  const create = nodeAt(statement?.['stmt']);
  if (create?.type !== 'CreateFunctionStmt') return [];
  const parameters = listAt(create.body['parameters']).map((item) => nodeAt(item)?.body ?? {});
  const given = parameters.filter(({ mode }) => GIVEN_BACK.has(String(mode)));
  if (given.length > 0) return given.map(({ name }) => textAt(name) ?? '');
  const written = nameParts(bodyAt(create.body['returnType'])['names']);
  // It is printed so that it reads right under the session's path.
  const { catalog } = at.flow;
  const names = { catalog, path: catalog.searchPath, current: true };
  const [table, ...others] = relationsNamed(written.at(-2) ?? null, written.at(-1) ?? '', names).candidates;
  return others.length === 0 ? (table?.relation?.columns.map((column) => column.name) ?? []) : [];
}
