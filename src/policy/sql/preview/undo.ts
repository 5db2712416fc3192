import type { Count } from './counts.ts';
import type { Facts } from './facts.ts';
import { assigned, type Change } from './fitness.ts';
import { EQUALS, qualifiedName, quoted } from './quoted.ts';
import { column, TRIAL, type TrialPlan, type TrialResult } from './trial.ts';

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
 * Makes the change, and asks for a statement a row that undoes what it does to it. Values are written by the server, as it
 * reads them where they belong.
 */
export function undoQuestion(change: Change, facts: Facts, plan: TrialPlan): string {
  const place = (name: string): string => column(facts.columns.findIndex((one) => one.name === name));
  if (change.action !== 'update') {
    // What the change returns are the rows as they were, or as they have come.
    const row = facts.columns.map(({ name }) => `t.${place(name)} AS ${quoted(name)}`).join(', ');
    return `${plan.changes}\nSELECT ${undoExpression(change, facts, 'o')} FROM (SELECT ${row} FROM ${TRIAL} t) o`;
  }
  const same = facts.key.map(({ name }) => `o.${quoted(name)} ${EQUALS} t.${place(name)}`).join(' AND ');
  const rows = `${TRIAL} t JOIN ${qualifiedName(change.relation)} o ON ${same}`;
  return `${plan.changes}\nSELECT ${undoExpression(change, facts, 'o')} FROM ${rows}`;
}

function undoExpression(change: Change, facts: Facts, row: string): string {
  const { action, relation } = change;
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
  // No more than was changed: others may have changed the rest by the time it is undone.
  const changed = assigned(change);
  const settable = kept.filter(({ name: one }) => changed.has(one));
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
