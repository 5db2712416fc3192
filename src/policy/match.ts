import type { Effect, ObjectKind } from '../core/action.ts';
import { FUNCTIONS, PARTS_OF_RELATIONS, RELATIONS } from './kinds.ts';
import { isUniversal } from './pattern.ts';
import { commandMatches, commandNames } from './shell/match.ts';
import type { NamePattern, Pattern, Rule } from './rules.ts';
import type { Sense } from './sense.ts';

/** True for code that may do anything. What cannot even be named counts as such. */
export function isOpaque(effect: Effect): boolean {
  return effect.opaque || effect.action === 'unknown';
}

/** True when every key of the rule that is set holds for the effect. */
export function ruleMatches(rule: Rule, effect: Effect, sense: Sense, temporarySchema: string | null): boolean {
  if (rule.command !== undefined || effect.command !== undefined) return commandMatches(rule.command, effect, sense);
  if (rule.action !== null && !rule.action.includes(effect.action)) return false;
  if (rule.where === 'absent' && effect.where !== 'absent') return false;
  if (rule.object !== null && !objectMatches(rule.object, effect, sense)) return false;
  const against = { effect, sense, temporarySchema };
  if (rule.relation !== null && !rule.relation.some((pattern) => relationMatches(pattern, against))) return false;
  if (rule.function !== null && !rule.function.some((pattern) => functionMatches(pattern, against))) return false;
  return rule.column === null || columnsMatch(rule.column, against);
}

/**
 * True when the rule speaks of the opaque effect itself, by action or by the function's name. That a
 * rule would match whatever the code goes on to do is not enough, and cannot be known.
 */
export function ruleNames(rule: Rule, effect: Effect, sense: Sense, temporarySchema: string | null): boolean {
  if (rule.command !== undefined || effect.command !== undefined) return commandNames(rule.command, effect, sense);
  if (rule.action === null && rule.function === null) return false;
  return ruleMatches(rule, effect, sense, temporarySchema);
}

/** Whether `schema` is the session's own place for temporary objects. */
export function isTemporary(schema: string | null, temporarySchema: string | null): boolean {
  return schema !== null && (schema === 'pg_temp' || schema === temporarySchema);
}

interface Against {
  readonly effect: Effect;
  readonly sense: Sense;
  readonly temporarySchema: string | null;
}

function objectMatches(kinds: readonly ObjectKind[], effect: Effect, sense: Sense): boolean {
  return effect.object === null ? sense === 'could' : kinds.includes(effect.object);
}

function relationMatches(pattern: NamePattern, against: Against): boolean {
  const { effect, sense } = against;
  if (effect.object !== null && !RELATIONS.includes(effect.object)) {
    if (sense === 'surely') return false;
    if (PARTS_OF_RELATIONS.includes(effect.object)) return schemaMatches(pattern.parts.at(-2), against);
    return takesAlong(effect) && containerMatches(pattern.parts.at(-2), effect);
  }
  if (effect.object === null && sense === 'surely') return false;
  return qualifiedMatches(pattern.parts.at(-2), pattern.parts.at(-1), against);
}

function functionMatches(pattern: NamePattern, against: Against): boolean {
  const { effect, sense } = against;
  if (effect.object !== null && !FUNCTIONS.includes(effect.object)) {
    return sense === 'could' && takesAlong(effect) && containerMatches(pattern.parts.at(-2), effect);
  }
  if (effect.object === null && sense === 'surely') return false;
  return qualifiedMatches(pattern.parts.at(-2), pattern.parts.at(-1), against);
}

/** Dropping one of these drops what is in it. */
function takesAlong(effect: Effect): boolean {
  return effect.action === 'drop' && (effect.object === 'schema' || effect.object === 'database');
}

function containerMatches(schema: Pattern | undefined, effect: Effect): boolean {
  if (schema === undefined || effect.object === 'database' || effect.name === null) return true;
  return schema.matches(effect.name);
}

function qualifiedMatches(schema: Pattern | undefined, name: Pattern | undefined, against: Against): boolean {
  return schemaMatches(schema, against) && nameMatches(name, against);
}

function schemaMatches(pattern: Pattern | undefined, { effect, sense, temporarySchema }: Against): boolean {
  if (pattern === undefined || isUniversal(pattern)) return true;
  if (effect.schema === null || !effect.certain) return sense === 'could';
  if (pattern.matches(effect.schema)) return true;
  return isTemporary(effect.schema, temporarySchema) && pattern.matches('pg_temp');
}

function nameMatches(pattern: Pattern | undefined, { effect, sense }: Against): boolean {
  if (pattern === undefined || isUniversal(pattern)) return true;
  return effect.name === null ? sense === 'could' : pattern.matches(effect.name);
}

/** A column pattern ends in the column; what stands before it names the relation, as in `relation`. */
function columnsMatch(patterns: readonly NamePattern[], against: Against): boolean {
  const { effect, sense } = against;
  if (effect.object === null) return sense === 'could';
  if (!RELATIONS.includes(effect.object) || effect.columns === null) return false;
  const columns = patterns
    .filter(({ parts }) => qualifiedMatches(parts.at(-3), parts.at(-2), against))
    .flatMap(({ parts }) => parts.at(-1) ?? []);
  if (columns.length === 0) return false;
  if (effect.columns === 'all') return sense === 'could' || columns.some(isUniversal);
  const touched = (column: string): boolean => columns.some((pattern) => pattern.matches(column));
  return sense === 'could' ? effect.columns.some(touched) : effect.columns.every(touched);
}
