import type { Action, Effect, ObjectKind } from '../../core/action.ts';
import type { Catalog, Definition } from '../../core/catalog.ts';
import type { ParseOutcome, Tree } from '../../core/grammar.ts';
import type { SessionChange } from '../../core/statement.ts';
import type { FunctionUse, Need } from '../analysis.ts';
import type { Names } from './resolve.ts';
import { checkNames, checkStatements } from './shape.ts';
import type { Pins, Scope } from './scope.ts';

/** What one analysis gathers. The only thing in it that changes. */
export interface Run {
  readonly catalog: Catalog;
  readonly parsed: ReadonlyMap<string, ParseOutcome>;
  readonly needs: Map<string, Need>;
  readonly effects: Map<string, Effect>;
  readonly functions: Map<string, FunctionUse>;
  readonly changes: SessionChange[];
  /** Code and tables that were gone into already, in this statement. */
  readonly followed: Map<string, Followed>;
  /** Counts effects that are more than reading. */
  acts: number;
  /** Texts that EXECUTE may mean by a name. */
  readonly preparedTexts: (name: string) => readonly string[];
  /** Visits a node and all below it. */
  readonly visit: (tree: unknown, at: At) => void;
  depth: number;
  restsOnCode: boolean;
  restsOnCatalog: boolean;
  /** Expressions are evaluated: casts may be at work. */
  evaluates: boolean;
  /** Values of user-defined types are in reach: their code may run. */
  userTypes: boolean;
  /** Existing code was put under other names, or switched on: the catalog does not say what it hangs on now. */
  reshapes: boolean;
  /** Names may mean something else once this has run. */
  unsettles: boolean;
}

/** What came of going into something, for when it is met again. */
export interface Followed {
  readonly knowledge: FunctionUse['knowledge'];
  /** True when it does more than read. */
  readonly acts: boolean;
}

/**
 * Goes into code or a table once a statement: `work` is done the first time only. Within itself it
 * counts as followed.
 */
export function followOnce(run: Run, key: string, work: () => Followed['knowledge']): Followed {
  const known = run.followed.get(key);
  if (known !== undefined) {
    if (known.acts) run.acts += 1;
    return known;
  }
  run.followed.set(key, { knowledge: 'followed', acts: false });
  const before = run.acts;
  const knowledge = work();
  const result = { knowledge, acts: run.acts > before };
  run.followed.set(key, result);
  return result;
}

/** Where the visitor stands. */
export interface At {
  readonly run: Run;
  /** How names in this text resolve. */
  readonly names: Names;
  /** How names in code called from here resolve. */
  readonly dynamic: Names;
  readonly scope: Scope;
  /** Columns that have a known value wherever the output of this query is computed; null elsewhere. */
  readonly pins: Pins | null;
  readonly via: readonly string[];
  /** True below a plain EXPLAIN: nothing is changed. */
  readonly planning: boolean;
  /** The text that the tree was parsed from. */
  readonly text: string;
}

export interface EffectOf {
  readonly action: Action;
  readonly object?: ObjectKind | null;
  readonly schema?: string | null;
  readonly name?: string | null;
  readonly columns?: readonly string[] | 'all' | null;
  readonly where?: 'present' | 'absent' | null;
  readonly opaque?: boolean;
  readonly certain?: boolean;
}

export function emit(at: At, { action, ...rest }: EffectOf, step: string | null = null): void {
  const effect: Effect = {
    action,
    object: rest.object ?? null,
    schema: rest.schema ?? null,
    name: rest.name ?? null,
    columns: rest.columns ?? null,
    where: rest.where ?? null,
    opaque: rest.opaque ?? false,
    certain: rest.certain ?? true,
    via: step === null ? at.via : [...at.via, step],
  };
  if (effect.opaque) unsettle(at.run);
  if (effect.action !== 'select') at.run.acts += 1;
  at.run.effects.set(JSON.stringify(effect), effect);
}

/** Notes that names may mean something else from here on; `locally` where it concerns this connection alone. */
export function unsettle(run: Run, where: 'everywhere' | 'locally' = 'everywhere'): void {
  run.unsettles = true;
  const kind = where === 'locally' ? 'local-resolution' : 'resolution';
  if (!run.changes.some((change) => change.kind === kind)) run.changes.push({ kind });
}

/** Notes that what the transaction did to names may be undone from here on. */
export function endTransaction(run: Run): void {
  run.unsettles = true;
  run.changes.push({ kind: 'transaction-end' });
}

export function noteFunction(run: Run, use: FunctionUse): void {
  run.functions.set(`${use.schema ?? ''}.${use.name}.${use.knowledge}`, use);
}

/** Code as far as it was parsed. */
export type Code = Pick<Run, 'catalog' | 'parsed' | 'needs'>;

/** Code that was parsed, still has to be, or cannot be. */
export type Parsed = { readonly tree: Tree } | 'pending' | 'failed';

export function treeOf(run: Code, language: 'sql' | 'plpgsql', text: Definition): Parsed {
  const key = typeof text === 'string' ? `${language}\n${text}` : `${text.kind} ${text.oid}`;
  const outcome = run.parsed.get(key);
  if (outcome === undefined) {
    run.needs.set(key, { language, key, text });
    return 'pending';
  }
  if (!outcome.ok) return 'failed';
  if (language === 'sql') {
    checkStatements(outcome.tree);
    checkNames(outcome.tree, run.catalog.settings['server_encoding'] ?? 'UTF8');
  }
  return { tree: outcome.tree };
}

export function through(at: At, step: string): At {
  return { ...at, via: [...at.via, step] };
}

/** Code that is called from here, but at a later time: names in it may have another meaning by then. */
export function later(at: At): At {
  return { ...at, dynamic: { ...at.dynamic, current: false } };
}

export function objectName(schema: string | null, name: string): string {
  return schema === null ? name : `${schema}.${name}`;
}
