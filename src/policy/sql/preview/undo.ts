import type { Count } from './counts.ts';
import type { Facts } from './facts.ts';
import { assigned, type Change } from './fitness.ts';
import { qualifiedName, quoted } from './quoted.ts';
import type { TrialResult } from './trial.ts';

/** Rows that are undone at most. */
export const UNDONE = 5000;

/**
 * Whether all that a change does can be undone row by row: it does nothing but to rows of its own table, which are known
 * by a key that stays the same, and undoing it sets off nothing else.
 */
export function isUndoable(
  change: Change,
  facts: Facts,
  { result, tables }: { readonly result: TrialResult; readonly tables: readonly Count[] },
): boolean {
  const { action, relation } = change;
  if (facts.kind !== 'r' || facts.key.length === 0 || relation.triggers.length > 0) return false;
  const [only, ...others] = tables;
  if (only === undefined || others.length > 0 || result.rows > UNDONE) return false;
  if (only.schema !== relation.schema || only.name !== relation.name) return false;
  const { inserted, updated, deleted } = only;
  switch (action) {
    case 'delete':
      return deleted === result.rows && inserted + updated === 0;
    case 'insert':
      return inserted === result.rows && updated + deleted === 0 && result.matched === 0;
    case 'update': {
      const changed = assigned(change);
      return updated === result.rows && inserted + deleted === 0 && facts.key.every(({ name }) => !changed.has(name));
    }
  }
}

const literal = (expression: string): string => `pg_catalog.format('%L', ${expression})`;
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/**
 * Asks for a statement a row that undoes what the change does to it. `rows`: a query of the rows, named `o`, as they were
 * before, or as they are after an INSERT. Values are written by the server, as it reads them where they belong.
 */
export function undoExpression({ action, relation }: Change, facts: Facts, row: string): string {
  const name = qualifiedName(relation);
  const value = (column: string): string => literal(`${row}.${quoted(column)}`);
  const key = (): string =>
    facts.key
      .map((one, index) => `${text(`${index === 0 ? '' : ' AND '}${quoted(one.name)} = `)}, ${value(one.name)}`)
      .join(', ');
  const kept = facts.columns.filter(({ generated }) => !generated);
  if (action === 'insert') return `pg_catalog.concat(${text(`DELETE FROM ${name} WHERE `)}, ${key()}, ';')`;
  if (action === 'delete') {
    const columns = kept.map((one) => quoted(one.name)).join(', ');
    const values = kept.map((one) => value(one.name)).join(", ', ', ");
    const into = text(`INSERT INTO ${name} (${columns}) OVERRIDING SYSTEM VALUE VALUES (`);
    return `pg_catalog.concat(${into}, ${values}, ');')`;
  }
  const settable = kept.filter(({ name: one, always }) => !always && facts.key.every((each) => each.name !== one));
  const sets = settable.map(
    (one, index) => `${text(`${index === 0 ? '' : ', '}${quoted(one.name)} = `)}, ${value(one.name)}`,
  );
  return `pg_catalog.concat(${text(`UPDATE ${name} SET `)}, ${sets.join(', ')}, ' WHERE ', ${key()}, ';')`;
}

/** Settings that the values were written under, as statements. */
export const UNDO_SETTINGS = `
SELECT pg_catalog.format('SET LOCAL %I = %L;', s.name, pg_catalog.current_setting(s.name))
FROM pg_catalog.unnest(ARRAY['DateStyle', 'IntervalStyle', 'TimeZone', 'lc_monetary', 'bytea_output', 'extra_float_digits',
  'xmloption']::pg_catalog.text[]) AS s (name)`;
