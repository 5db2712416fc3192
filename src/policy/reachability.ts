import { ACTION_GROUPS, type Action, type ObjectKind } from '../core/action.ts';
import { commandContradiction, commandCovers } from './command-reach.ts';
import { FUNCTIONS, PARTS_OF_RELATIONS, RELATIONS } from './kinds.ts';
import { covers } from './pattern.ts';
import type { NamePattern, Policy, Rule } from './rules.ts';

export type Clause = 'deny' | 'ask' | 'allow';

/** A rule that can never decide anything, and the rule of the same policy that always decides first. */
export interface Unreachable {
  readonly clause: Clause;
  readonly index: number;
  /** Null when no other rule is to blame: its own keys exclude each other. */
  readonly by: { readonly clause: Clause; readonly index: number } | null;
  readonly reason: string;
}

const ORDER: readonly Clause[] = ['deny', 'ask', 'allow'];

/**
 * Rules that cannot be reached because an earlier one of their list, or one of a stronger list, covers
 * them. What cannot be told (two expressions) counts as reachable.
 */
export function unreachableRules(policy: Policy): readonly Unreachable[] {
  const earlier: Placed[] = [];
  const found: Unreachable[] = [];
  for (const clause of ORDER) {
    const rules: readonly Rule[] = policy[clause];
    for (const [index, rule] of rules.entries()) {
      const fault = contradiction(rule);
      const by = fault === null ? coveredBy(rule, earlier) : null;
      if (fault !== null) found.push({ clause, index, by: null, reason: fault });
      if (by !== null) {
        const reason = `${by.clause}[${by.index}] already decides everything it would match`;
        found.push({ clause, index, by: { clause: by.clause, index: by.index }, reason });
      }
      earlier.push({ clause, index, rule });
    }
  }
  return found;
}

interface Placed {
  readonly clause: Clause;
  readonly index: number;
  readonly rule: Rule;
}

const ON_RELATIONS: readonly ObjectKind[] = [...RELATIONS, ...PARTS_OF_RELATIONS, 'schema', 'database'];
const ON_FUNCTIONS: readonly ObjectKind[] = [...FUNCTIONS, 'schema', 'database'];
const CODE: readonly Action[] = ACTION_GROUPS.opaque;
const CONDITIONAL: readonly Action[] = ['update', 'delete'];

/** Keys that no effect can satisfy together; null when there are none. */
function contradiction(rule: Rule): string | null {
  const { action, object, command } = rule;
  if (command !== undefined) return commandContradiction(command);
  if (rule.relation !== null && rule.function !== null) {
    return '"relation" and "function" never hold together: write two rules';
  }
  if (rule.column !== null && rule.function !== null) {
    return '"column" and "function" never hold together: write two rules';
  }
  if (rule.where !== null && action !== null && !action.some((one) => CONDITIONAL.includes(one))) {
    return '"where: absent" only ever holds for update and delete';
  }
  if (object === null) return null;
  const fits = (kinds: readonly ObjectKind[]): boolean => object.some((kind) => kinds.includes(kind));
  if (rule.function !== null && !fits(ON_FUNCTIONS)) return '"function" never holds for such an "object"';
  if ((rule.relation ?? rule.column) !== null && !fits(ON_RELATIONS)) {
    return '"relation" and "column" never hold for such an "object"';
  }
  return null;
}

/** The rule that covers `rule`; when only several do together, action by action, the last of them. */
function coveredBy(rule: Rule, earlier: readonly Placed[]): Placed | null {
  const { command } = rule;
  if (command !== undefined) {
    const covers = ({ clause, rule: { command: wide } }: Placed): boolean =>
      wide !== undefined && commandCovers(wide, command, clause === 'allow' ? 'surely' : 'could');
    return earlier.find(covers) ?? null;
  }
  let last: Placed | null = null;
  for (const action of rule.action ?? [null]) {
    const one = earlier.find(
      ({ rule: wide }) => wide.command === undefined && coversAction(wide, action) && coversRest(wide, rule),
    );
    if (one === undefined) return null;
    last = one;
  }
  return last;
}

function coversAction(wide: Rule, action: Action | null): boolean {
  return wide.action === null || (action !== null && wide.action.includes(action));
}

function coversRest(wide: Rule, narrow: Rule): boolean {
  return (
    includesAll(wide.object, narrow.object) &&
    namesCovered(wide.relation, narrow.relation) &&
    namesCovered(wide.function, narrow.function) &&
    namesCovered(wide.column, narrow.column) &&
    (wide.where === null || narrow.where === 'absent') &&
    (namesCode(wide) || !namesCode(narrow))
  );
}

/** Only a rule with an action or a function speaks of code that cannot be followed. */
function namesCode(rule: Rule): boolean {
  return rule.function !== null || (rule.action !== null && rule.action.some((one) => CODE.includes(one)));
}

function includesAll<T>(wide: readonly T[] | null, narrow: readonly T[] | null): boolean {
  return wide === null || (narrow !== null && narrow.every((one) => wide.includes(one)));
}

function namesCovered(wide: readonly NamePattern[] | null, narrow: readonly NamePattern[] | null): boolean {
  if (wide === null) return true;
  return narrow !== null && narrow.every((name) => wide.some((other) => nameCovered(other, name)));
}

/** Parts are compared from the end: a missing schema is any schema. */
function nameCovered(wide: NamePattern, narrow: NamePattern): boolean {
  const longest = Math.max(wide.parts.length, narrow.parts.length);
  for (let from = 1; from <= longest; from++) {
    const one = wide.parts.at(-from);
    const other = narrow.parts.at(-from);
    if (one !== undefined && !(other === undefined ? one.source === '*' : covers(one, other))) return false;
  }
  return true;
}
