import type { Target } from './resolve.ts';

/** One entry of a FROM clause, or the table a statement changes. */
export interface Source {
  /** What it is called in expressions. */
  readonly alias: string;
  /** Null for sub-selects, functions, CTEs and the like: they name no table. */
  readonly target: Target | null;
  /** True when its columns have other names here than in the table. */
  readonly renamed: boolean;
  /** Without its inheritance children (`ONLY`). */
  readonly only: boolean;
  readonly columns: Set<string>;
  whole: boolean;
  /** True when it is read even if no column of it is named. */
  readonly read: boolean;
}

/** What names mean inside one query level. */
export interface Scope {
  readonly parent: Scope | null;
  readonly ctes: Set<string>;
  readonly sources: Source[];
  /** Aliases of joins, which stand for everything joined so far. */
  readonly joins: Set<string>;
  /** Sources of the sub-selects in FROM. */
  readonly below: Source[];
}

/** What the WHERE of one query holds columns to: no row gets as far as its output with another value. */
export interface Pins {
  readonly scope: Scope;
  /** What the one table of the query is called in it. */
  readonly alias: string;
  readonly values: ReadonlyMap<string, string>;
}

export function childScope(parent: Scope | null): Scope {
  return { parent, ctes: new Set(), sources: [], joins: new Set(), below: [] };
}

export function isCte(scope: Scope, name: string): boolean {
  for (let level: Scope | null = scope; level !== null; level = level.parent) {
    if (level.ctes.has(name)) return true;
  }
  return false;
}

export const SYSTEM_COLUMNS: ReadonlySet<string> = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid']);

/** True when it is certain that none of the tables the source could be has such a column. */
export function lacksColumn(source: Source, column: string): boolean {
  const { target } = source;
  if (target === null || source.renamed || !target.certain || SYSTEM_COLUMNS.has(column)) return false;
  return target.candidates.every(
    ({ relation }) => relation !== null && relation.columns.every(({ name }) => name !== column),
  );
}

function hasColumn({ target, renamed }: Source, column: string): boolean {
  if (target === null || renamed) return false;
  return target.candidates.every(({ relation }) => relation?.columns.some(({ name }) => name === column) === true);
}

/**
 * Notes that `column` is read. Unqualified, it may belong to every table in scope that could have it;
 * `qualifier` narrows it to the source of that name. Returns true when a known column surely is meant.
 */
export function readColumn(scope: Scope, qualifier: string | null, column: string): boolean {
  let found = false;
  for (let level: Scope | null = scope; level !== null; level = level.parent) {
    for (const source of sourcesCalled(level, qualifier)) {
      if (qualifier === null && source.alias === column) source.whole = true;
      if (lacksColumn(source, column)) continue;
      if (source.renamed) source.whole = true;
      else source.columns.add(column);
      if (hasColumn(source, column)) found = true;
    }
    if (qualifier === null && level.joins.has(column)) for (const source of level.sources) source.whole = true;
  }
  return found;
}

/** Notes that all columns are read: `*`, or `qualifier.*`. */
export function readWhole(scope: Scope, qualifier: string | null): void {
  for (let level: Scope | null = scope; level !== null; level = level.parent) {
    for (const source of sourcesCalled(level, qualifier)) source.whole = true;
    if (qualifier === null) return;
  }
}

/** True when `name` may stand for a whole row: it is what something in FROM is called. */
export function isNamed(scope: Scope, name: string): boolean {
  for (let level: Scope | null = scope; level !== null; level = level.parent) {
    if (level.joins.has(name) || level.sources.some(({ alias }) => alias === name)) return true;
  }
  return false;
}

function sourcesCalled(scope: Scope, qualifier: string | null): readonly Source[] {
  if (qualifier === null || scope.joins.has(qualifier)) return scope.sources;
  return scope.sources.filter(({ alias }) => alias === qualifier);
}
