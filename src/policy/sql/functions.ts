import { type Impurity, impurities } from './builtins/impure.ts';
import { PURE, PURE_INFORMATION_SCHEMA, PURE_TYPES, REVIEWED_MAJOR } from './builtins/pure.ts';
import { type At, emit, noteFunction } from './context.ts';
import { followAll, followFunction, objectOf } from './follow.ts';
import { pinnedText } from './pins.ts';
import {
  type Callables,
  functionsNamed,
  operatorFunctions,
  relationsNamed,
  serverMajor,
  splitIdentifiers,
} from './resolve.ts';
import { emitSetting, emitUnknownSetting } from './settings.ts';
import { constantText, nodeAt } from './tree.ts';

/** A call by name: of every function the name could mean. `procedure` for CALL. */
export function call(parts: readonly string[], args: readonly unknown[], at: At): void {
  at.run.restsOnCatalog = true;
  at.run.evaluates = true;
  const callables = functionsNamed(parts, at.names);
  for (const one of callables.functions) {
    const { knowledge, acts } = followFunction(one, at);
    if (knowledge !== 'followed') continue;
    // Besides what its body does, so that rules can name it: a call that only reads is reading.
    const action = acts || one.kind === 'procedure' ? 'call' : 'select';
    emit(at, { action, object: objectOf(one), schema: one.schema, name: one.name });
  }
  if (callables.builtin) callBuiltin(callables, args, at);
  else if (callables.functions.length === 0) callUnknown(callables, at);
}

function callBuiltin(callables: Callables, args: readonly unknown[], at: At): void {
  const { name } = callables;
  if (knownSpecial(name, args, at)) return;
  const does = impurities(name);
  if (does !== undefined) {
    for (const one of does) emitImpurity(name, one, args, at);
    return;
  }
  if (isPureBuiltin(callables)) noteFunction(at.run, { schema: 'pg_catalog', name, knowledge: 'pure' });
  else if (callables.functions.length === 0) callUnknown(callables, at);
}

function isPureBuiltin({ schema, name }: Callables): boolean {
  if (schema === 'information_schema') return PURE_INFORMATION_SCHEMA.has(name);
  return PURE.has(name) || PURE_TYPES.has(name) || (schema === null && PURE_INFORMATION_SCHEMA.has(name));
}

/** Neither the catalog nor the reviewed lists have it. */
function callUnknown({ schema, name }: Callables, at: At): void {
  if (at.run.catalog.types.some((type) => type.name === name)) {
    // A type's name used like a function is a cast.
    at.run.userTypes = true;
    return;
  }
  noteFunction(at.run, { schema, name, knowledge: 'opaque' });
  emit(at, { action: 'call', object: 'function', schema, name, opaque: true, certain: schema !== null });
}

/** Built-ins whose effect hangs on their arguments. True when `name` is one. */
function knownSpecial(name: string, args: readonly unknown[], at: At): boolean {
  switch (name) {
    case 'set_config': {
      const setting = constantText(args[0]) ?? pinnedText(args[0], at);
      const value = constantText(args[1]);
      if (setting === null || args.some(isNamedArgument)) emitUnknownSetting(at);
      else emitSetting(at, setting, value === null ? 'unknown' : { text: value });
      return true;
    }
    case 'ts_rewrite':
      // With three queries it computes; with two arguments the second is the text of a SELECT.
      if (args.length !== 3)
        emit(at, { action: 'dynamic', object: 'function', schema: 'pg_catalog', name, opaque: true });
      return true;
    case 'pg_input_is_valid':
    case 'pg_input_error_info':
      // The type is named by a text: any type's input function may run.
      at.run.userTypes = true;
      return true;
    default:
      return false;
  }
}

function isNamedArgument(tree: unknown): boolean {
  return nodeAt(tree)?.type === 'NamedArgExpr';
}

function emitImpurity(name: string, one: Impurity, args: readonly unknown[], at: At): void {
  const positional = one.named !== null && !args.some(isNamedArgument);
  const argument = positional ? constantText(args[one.named ?? 0]) : null;
  if (one.view !== null) {
    const view = { object: 'view', schema: 'pg_catalog', name: one.view, columns: 'all' } as const;
    emit(at, { action: one.action, ...view }, `function pg_catalog.${name}`);
    return;
  }
  if (one.object === 'sequence') {
    emitSequence(one, argument, at);
    return;
  }
  if (one.object === 'function') {
    noteFunction(at.run, { schema: 'pg_catalog', name, knowledge: 'opaque' });
    emit(at, { action: one.action, object: 'function', schema: 'pg_catalog', name, opaque: one.opaque });
    return;
  }
  const object = one.object === 'system' && argument === null ? name : argument;
  emit(at, { action: one.action, object: one.object, name: object, opaque: one.opaque }, `function pg_catalog.${name}`);
}

function emitSequence({ action, object }: Impurity, argument: string | null, at: At): void {
  const parts = argument === null ? [] : splitIdentifiers(argument, '.');
  const name = parts.at(-1);
  if (name === undefined) {
    emit(at, { action, object, certain: false });
    return;
  }
  const { candidates, certain } = relationsNamed(parts.at(-2) ?? null, name, at.names);
  for (const { schema } of candidates) emit(at, { action, object, schema, name, certain });
}

const SPECIAL: ReadonlySet<string> = new Set(['set_config', 'ts_rewrite', 'pg_input_is_valid', 'pg_input_error_info']);

/** True when one of the server's own functions of that name does more than compute. */
export function isImpure(name: string): boolean {
  return impurities(name) !== undefined || SPECIAL.has(name);
}

/**
 * `value.name`, where `name` is not known to be a column: it may be a function that takes the value,
 * and as a function it is called. True when there is such a function.
 */
export function callByAttribute(name: string, at: At): boolean {
  const { functions } = functionsNamed([name], at.names);
  // A pure function of a row may use casts made for its type.
  if (PURE.has(name)) at.run.userTypes = true;
  const newer = serverMajor(at.run.catalog) > REVIEWED_MAJOR && !PURE.has(name);
  const callable = functions.length > 0 || isImpure(name) || newer;
  if (callable) call([name], [null], at);
  return callable;
}

/** The functions behind user-defined operators that an operator's name could mean. */
export function useOperator(parts: readonly string[], at: At): void {
  at.run.evaluates = true;
  const functions = operatorFunctions(parts, at.names);
  if (functions.length > 0) followAll(functions, at, `operator ${parts.join('.')}`);
}
