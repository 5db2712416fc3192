import type { Action } from '../../core/action.ts';
import { type At, emit } from './context.ts';
import { followAll } from './follow.ts';
import { FIRST_USER_OID } from './relations.ts';
import { indexOf, isSystemSchema } from './resolve.ts';

const DEFINING: ReadonlySet<Action> = new Set<Action>([
  'create',
  'alter',
  'drop',
  'grant',
  'revoke',
  'extension',
  'maintenance',
]);

const SHAPING: ReadonlySet<Action> = new Set<Action>(['create', 'alter', 'drop']);

/** Statements that have no values of their own to convert or compare. */
const PLAIN: ReadonlySet<string> = new Set([
  'TransactionStmt',
  'VariableSetStmt',
  'VariableShowStmt',
  'DeallocateStmt',
  'DiscardStmt',
  'ListenStmt',
  'UnlistenStmt',
  'NotifyStmt',
  'ClosePortalStmt',
  'FetchStmt',
  'ConstraintsSetStmt',
]);

/** Goes into code that a statement may run without naming it: casts, types' own functions, event triggers. */
export function followImplicit(statement: string, at: At): void {
  const { run } = at;
  if (run.evaluates || run.userTypes || !PLAIN.has(statement)) {
    run.restsOnCatalog = true;
    followCasts(at);
  }
  if (run.userTypes) followTypes(at);
  const actions = [...run.effects.values()].map(({ action }) => action);
  if (actions.some((action) => DEFINING.has(action))) followEventTriggers(at);
  // What is known of the server's own objects holds while nobody replaces them.
  if ([...run.effects.values()].some(({ action, schema }) => SHAPING.has(action) && isSystemSchema(schema))) {
    emit(at, { action: 'server-admin', object: 'system', opaque: true }, 'the server’s own schema');
  }
  // What hangs on renamed tables and functions now, the catalog does not tell.
  if (run.reshapes && actions.some((action) => USING.has(action))) {
    emit(at, { action: 'unknown', opaque: true, certain: false }, 'names changed in the same text');
  }
}

const USING: ReadonlySet<Action> = new Set<Action>([
  'select',
  'insert',
  'update',
  'delete',
  'truncate',
  'merge',
  'call',
]);

function followCasts(at: At): void {
  const { casts } = at.run.catalog;
  // A cast between the server's own types applies anywhere; others only where such values are in reach.
  const applies = casts.filter(
    ({ source, target }) => at.run.userTypes || (source < FIRST_USER_OID && target < FIRST_USER_OID),
  );
  if (applies.length > 0)
    followAll(
      applies.map((one) => one.function),
      at,
      'cast',
    );
}

function followTypes(at: At): void {
  const { types, operators } = at.run.catalog;
  for (const type of types) followAll(type.code, at, `type ${type.schema}.${type.name}`);
  // Sorting, grouping and comparing use operators that nobody wrote down.
  for (const operator of operators) followAll(operator.functions, at, `operator ${operator.schema}.${operator.name}`);
}

/** The catalog does not say which event triggers there are: every function that could be one counts. */
function followEventTriggers(at: At): void {
  at.run.restsOnCatalog = true;
  followAll(indexOf(at.run.catalog).eventFunctions, at, 'event trigger');
}
