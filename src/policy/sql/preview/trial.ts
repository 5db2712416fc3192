import type { Facts } from './facts.ts';
import { type Change, isUpsert } from './fitness.ts';
import { EQUALS, qualifiedName, quoted } from './quoted.ts';
import { type Body, bodyAt, listAt, nodeAt, shapeOf, statementsOf } from '../tree.ts';

/** Rows that are shown of a trial. */
export const SAMPLED = 10;

/** A change made into a query that makes it, and says in one row what it did. */
export interface TrialPlan {
  readonly text: string;
  /** The same with a harmless query in the change's place: what must be around it. */
  readonly frame: string;
  /** Its beginning, which makes the change: any query of what it returns may follow. */
  readonly changes: string;
  /** Expressions that were added to what the change returns. */
  readonly added: number;
  /** The rows before the change are looked up by their key. */
  readonly matched: boolean;
}

/** What it said. */
export interface TrialResult {
  readonly rows: number;
  /** How many of them were there before, by their key. */
  readonly matched: number;
  /** SHA-256, in hex, of all rows, as they were and as they are, whatever their order; null of none. */
  readonly digest: string | null;
  /** The keys of the first rows, as text. */
  readonly keys: readonly (readonly string[])[];
}

/** What the change is called within the query that tries it, and what it returns. */
export const TRIAL = '"hoopctl trial"';
export const column = (index: number): string => `"hoopctl ${index + 1}"`;
const DIGEST = `pg_catalog.encode(pg_catalog.sha256(
  pg_catalog.string_agg(x.hash, '\\x'::pg_catalog.bytea ORDER BY x.hash)), 'hex')`;

/**
 * `own`: the change as it was written, without the semicolon. Null result: why there is none. The rows go through the
 * server alone; what comes back is one row, however many there are.
 */
export function trialPlan(change: Change, facts: Facts, own: string): TrialPlan | string {
  const { action, relation, alias } = change;
  if (facts.columns.length === 0) return 'its table has no columns';
  if (!facts.counting) return 'the server does not count what is done to tables (track_counts is off)';
  if (facts.kind !== 'p' && relation.children.length > 0) return 'other tables inherit from its table';
  const matched = action !== 'delete' && facts.key.length > 0;
  if (!matched && (action === 'update' || isUpsert(change))) {
    return 'its table has no primary key of a type of the server’s own, so that rows cannot be told apart';
  }
  const returned = facts.columns.map(({ name }, index) => `${quoted(alias)}.${quoted(name)} AS ${column(index)}`);
  const returns = change.node.body['returningClause'] !== undefined;
  // On a line of its own: what is written may end in a comment.
  const grown = `${own}\n${returns ? ',' : 'RETURNING'} ${returned.join(', ')}`;
  const named = (inner: string): string => `WITH ${TRIAL} AS (${inner}\n)`;
  const looks = summary(change, facts, matched);
  return {
    text: `${named(grown)}\n${looks}`,
    frame: `${named('SELECT 1')}\n${looks}`,
    changes: named(grown),
    added: returned.length,
    matched,
  };
}

function summary({ relation }: Change, facts: Facts, matched: boolean): string {
  const place = (name: string): string => `t.${column(facts.columns.findIndex((one) => one.name === name))}`;
  const after = `ROW(${facts.columns.map((_, index) => `t.${column(index)}`).join(', ')})`;
  const before = `ROW(${facts.columns.map(({ name }) => `o.${quoted(name)}`).join(', ')})`;
  const row = matched ? `ROW(${before}, ${after})` : after;
  const same = facts.key.map(({ name }) => `o.${quoted(name)} ${EQUALS} ${place(name)}`).join(' AND ');
  const old = matched ? ` LEFT JOIN ${qualifiedName(relation)} o ON ${same}` : '';
  const known = matched ? `o.${quoted(facts.key[0]?.name ?? '')}` : 'NULL::pg_catalog.int4';
  // A row's own cast to text might be somebody's function; its output is the server's.
  const text = `pg_catalog.textin(pg_catalog.record_out(${row}))`;
  return `SELECT pg_catalog.count(*), pg_catalog.count(x.known), ${DIGEST}, ${keys(facts, place)}
FROM (SELECT pg_catalog.sha256(pg_catalog.textsend(${text})) AS hash, ${known} AS known FROM ${TRIAL} t${old}) x`;
}

function keys({ key }: Facts, place: (name: string) => string): string {
  if (key.length === 0) return "'[]'::pg_catalog.text";
  const values = key.map(({ name }) => `${place(name)}::pg_catalog.text`).join(', ');
  const order = key.map(({ name }) => place(name)).join(', ');
  return `(SELECT pg_catalog.json_agg(s.key) FROM (
  SELECT pg_catalog.json_build_array(${values}) AS key FROM ${TRIAL} t ORDER BY ${order} LIMIT ${SAMPLED}) s)`;
}

/**
 * Whether `trial` is the statement of `original` but for the expressions added to what it returns, within exactly what
 * is around the query of `frame`: parsed, not compared as text.
 */
export function triesOnly(trial: unknown, frame: unknown, original: unknown, added: number): boolean {
  const [mine, around] = [queryWithin(trial), queryWithin(frame)];
  if (mine === null || around === null || mine.around !== around.around) return false;
  const [statement, ...more] = statementsOf(original);
  return more.length === 0 && shapeOf(without(mine.query, added)) === shapeOf(statement?.['stmt']);
}

/** The only query of WITH, and the shape of all that is around it. */
function queryWithin(tree: unknown): { readonly query: unknown; readonly around: string } | null {
  const [statement, ...more] = statementsOf(tree);
  const node = nodeAt(statement?.['stmt']);
  if (more.length > 0 || node?.type !== 'SelectStmt') return null;
  const clause = bodyAt(node.body['withClause']);
  const [item, ...others] = listAt(clause['ctes']);
  const cte = nodeAt(item);
  if (others.length > 0 || cte?.type !== 'CommonTableExpr') return null;
  const { ctequery, ...rest } = cte.body;
  return { query: ctequery, around: shapeOf([{ ...node.body, withClause: { ...clause, ctes: [rest] } }]) };
}

/** The change without the last expressions of what it returns. */
function without(query: unknown, added: number): unknown {
  const node = nodeAt(query);
  if (node === null) return query;
  const clause: Body = bodyAt(node.body['returningClause']);
  const exprs = listAt(clause['exprs']);
  if (exprs.length < added) return query;
  const { returningClause: _, ...rest } = node.body;
  const left = exprs.slice(0, exprs.length - added);
  const body = left.length === 0 ? rest : { ...rest, returningClause: { ...clause, exprs: left } };
  return { [node.type]: body };
}

/** Null when it is no answer to a trial. */
export function trialResult(row: readonly (string | null)[] | undefined): TrialResult | null {
  const [rows, matched, digest, listed] = row ?? [];
  if (typeof rows !== 'string' || typeof matched !== 'string') return null;
  const keys: unknown = typeof listed === 'string' ? JSON.parse(listed) : [];
  if (!Array.isArray(keys) || !keys.every(isKey)) return null;
  return { rows: Number(rows), matched: Number(matched), digest: digest ?? null, keys };
}

function isKey(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** Bytes that the columns of a row may take, compressed, for it to be shown. */
const LARGEST = 65_536;

/** The row with the key `$1, $2, …`, as SELECT * gives it; none when it is too large to be shown. */
export function imageQuestion({ relation }: Pick<Change, 'relation'>, facts: Facts): string {
  const same = facts.key.map(({ name }, index) => `o.${quoted(name)} ${EQUALS} $${index + 1}`);
  const sizes = facts.columns.map(({ name }) => `COALESCE(pg_catalog.pg_column_size(o.${quoted(name)}), 0)`);
  const small = `${sizes.join(' OPERATOR(pg_catalog.+) ')} OPERATOR(pg_catalog.<=) ${LARGEST}`;
  return `SELECT * FROM ${qualifiedName(relation)} o WHERE ${[...same, small].join(' AND ')}`;
}

/** What the image question is judged by: all of the table, and nothing else. */
export function wholeTable({ relation }: Pick<Change, 'relation'>): string {
  return `SELECT * FROM ${qualifiedName(relation)}`;
}
