import type { Analysis } from '../analysis.ts';
import type { ColumnMasks } from './columns.ts';

/** Masked columns of the tables that a text touches or reads, as `schema.relation.column`, in order. */
export function maskedInReach({ statements }: Analysis, masks: ColumnMasks | null): readonly string[] {
  if (masks === null) return [];
  const found = new Set<string>(
    statements.flatMap(({ masking }) => masking?.columns ?? []).flatMap((one) => one.sources),
  );
  for (const { schema, name } of statements.flatMap(({ effects }) => effects)) {
    for (const relation of name === null ? [] : masks.named(schema, name)) {
      for (const column of masks.of(relation)?.keys() ?? []) found.add(`${relation.schema}.${relation.name}.${column}`);
    }
  }
  return [...found].sort();
}
