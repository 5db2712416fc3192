import type { Order, Table } from '../../core/conversation.ts';
import { likePattern } from '../../policy/pattern.ts';
import type { Pattern, Policy } from '../../policy/rules.ts';
import { schemaScopes } from './scopes.ts';

/** A table or view, as the server's catalog has it. */
export interface Relation {
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly nullable: boolean }[];
}

/** Columns that are read at most. */
const MOST_COLUMNS = 5000;

/** One row for each column, those of one relation behind each other. Parameters from `$3` on: schemas in scope. */
const columnsText = (scopes: number): string => `SELECT n.nspname, c.relname, c.relkind, a.attname,
  pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull
FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_t%'
  AND ($1::text IS NULL OR n.nspname = $1) AND ($2::text IS NULL OR c.relname = $2)${Array.from(
    { length: scopes },
    (_, index) => `\n  AND n.nspname LIKE ANY ($${index + 3}::text[])`,
  ).join('')}
ORDER BY n.nspname, c.relname, a.attnum`;

/**
 * What lists columns, so that others than those in the scope of all policies take up little of what is read.
 * `schema`, `relation`: null: of all schemas, of all relations.
 */
export function columnsOrder(
  { schema, relation }: { readonly schema: string | null; readonly relation: string | null },
  policies: readonly Policy[],
): Order {
  const scopes = schemaScopes(policies);
  const parameters = [schema, relation, ...scopes.map(likeAny)];
  const text = columnsText(scopes.length);
  return { text, parameters, single: true, stops: true, rows: MOST_COLUMNS, bytes: 2_000_000 };
}

/** As PostgreSQL reads an array of texts. */
function likeAny(patterns: readonly Pattern[]): string {
  const quoted = patterns.map((one) => `"${likePattern(one).replaceAll(/["\\]/g, '\\$&')}"`);
  return `{${quoted.join(',')}}`;
}

const KINDS: Readonly<Record<string, string>> = {
  r: 'table',
  p: 'partitioned table',
  v: 'view',
  m: 'materialized view',
  f: 'foreign table',
};

/** What `columnsOrder` has given, as far as it lies within the scope of all policies. */
export function relationsOf({ rows }: Pick<Table, 'rows'>, policies: readonly Policy[]): readonly Relation[] {
  const scopes = schemaScopes(policies);
  const inScope = (schema: string): boolean => scopes.every((one) => one.some((pattern) => pattern.matches(schema)));
  const known = new Map<string, Relation & { readonly columns: Relation['columns'][number][] }>();
  for (const [schema = null, name = null, kind = null, column = null, type = null, notNull = null] of rows) {
    if (schema === null || name === null || column === null || !inScope(schema)) continue;
    const key = JSON.stringify([schema, name]);
    const relation = known.get(key) ?? { schema, name, kind: KINDS[kind ?? ''] ?? 'table', columns: [] };
    relation.columns.push({ name: column, type: type ?? '', nullable: notNull !== 't' });
    known.set(key, relation);
  }
  return [...known.values()];
}
