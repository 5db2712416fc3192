/** What has been done to one table so far in this transaction. */
export interface Count {
  readonly schema: string;
  readonly name: string;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

const done = (what: string): string => `pg_catalog.pg_stat_get_xact_tuples_${what}(c.oid)`;

/** One row for each table to which anything was done in this transaction: schema, name, and the three counts. */
export const COUNTS_QUESTION = `
SELECT n.nspname, c.relname, ${done('inserted')}, ${done('updated')}, ${done('deleted')}
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE c.relkind OPERATOR(pg_catalog.=) 'r'::pg_catalog."char"
  AND ${done('inserted')} OPERATOR(pg_catalog.+) ${done('updated')} OPERATOR(pg_catalog.+) ${done('deleted')}
    OPERATOR(pg_catalog.>) 0::pg_catalog.int8`;

/** Null when they are no answer to the question. */
export function countsOf(rows: readonly (readonly (string | null)[])[]): readonly Count[] | null {
  const counts: Count[] = [];
  for (const row of rows) {
    const [schema, name, ...numbers] = row;
    const [inserted, updated, deleted] = numbers.map(Number);
    if (typeof schema !== 'string' || typeof name !== 'string') return null;
    if (inserted === undefined || updated === undefined || deleted === undefined) return null;
    counts.push({ schema, name, inserted, updated, deleted });
  }
  return counts;
}

/** What was done between two looks, by name. */
export function difference(before: readonly Count[], after: readonly Count[]): readonly Count[] {
  const changed = after.flatMap((one) => {
    const base = before.find(({ schema, name }) => schema === one.schema && name === one.name);
    const inserted = one.inserted - (base?.inserted ?? 0);
    const updated = one.updated - (base?.updated ?? 0);
    const deleted = one.deleted - (base?.deleted ?? 0);
    return inserted + updated + deleted === 0 ? [] : [{ ...one, inserted, updated, deleted }];
  });
  return changed.toSorted((one, other) => compare(one.schema, other.schema) || compare(one.name, other.name));
}

/** By code points, everywhere alike. */
function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
