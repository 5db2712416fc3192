import type { Effect } from '../core/action.ts';

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

/** Names and paths of the programs that a command line runs, each once. */
export function programsOf(effects: readonly Effect[]): readonly string[] {
  return namesOf(effects, new Set(['program']));
}

/** Paths that something is known to be done to, each once. */
export function pathsOf(effects: readonly Effect[]): readonly string[] {
  return namesOf(effects, new Set(['path']));
}

function namesOf(effects: readonly Effect[], kinds: ReadonlySet<string>): readonly string[] {
  const names = effects
    .filter(({ object, name }) => object !== null && kinds.has(object) && name !== null)
    .map(({ schema, name }) => [schema, name].filter((part) => part !== null).join('.'));
  return [...new Set(names)].sort();
}
