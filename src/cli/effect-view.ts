import type { Effect } from '../core/action.ts';

/** An effect in a line: `delete table app.customers without a condition, by way of view app.active`. */
export function describeEffect({ action, object, schema, name, where, opaque, certain, via }: Effect): string {
  const named = [schema, name].filter((part) => part !== null).join('.');
  const words = [action, object ?? '', named === '' ? (object === null ? 'something unknown' : '') : named];
  if (where === 'absent') words.push('without a condition');
  const notes = [...(opaque ? ['cannot be followed'] : []), ...(certain ? [] : ['or another of that name'])];
  if (notes.length > 0) words.push(`(${notes.join('; ')})`);
  if (via.length > 0) words.push(`by way of ${via.join(', ')}`);
  return words.filter((word) => word !== '').join(' ');
}

const TABLES: ReadonlySet<string> = new Set(['table', 'view', 'materialized-view', 'foreign-table']);
const FUNCTIONS: ReadonlySet<string> = new Set(['function', 'procedure', 'aggregate']);

/** Names of the tables and views that effects touch, each once. */
export function tablesOf(effects: readonly Effect[]): readonly string[] {
  return namesOf(effects, TABLES);
}

/** Names of the functions that effects call or touch, each once. */
export function functionsOf(effects: readonly Effect[]): readonly string[] {
  return namesOf(effects, FUNCTIONS);
}

function namesOf(effects: readonly Effect[], kinds: ReadonlySet<string>): readonly string[] {
  const names = effects
    .filter(({ object, name }) => object !== null && kinds.has(object) && name !== null)
    .map(({ schema, name }) => [schema, name].filter((part) => part !== null).join('.'));
  return [...new Set(names)].sort();
}
