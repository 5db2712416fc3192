import type { Action, Effect, ObjectKind } from '../core/action.ts';
import type { Decision, RuleReference, Verdict } from '../core/decision.ts';
import type { Identity } from '../core/identity.ts';
import { isReading } from './access.ts';
import type { Analysis, Masking } from './analysis.ts';
import type { Layer } from './applies.ts';
import { isOpaque, ruleMatches, ruleNames } from './match.ts';
import { type Ground, maskingRefusal, refusalFor } from './refusal.ts';
import type { Policy, Rule } from './rules.ts';
import { inScope } from './scope.ts';
import { deedsIn } from './shell/deeds.ts';
import { commandKeepsWithin, commandOpens, readsCommands } from './shell/match.ts';
import { inDirectories } from './shell/scope.ts';

export interface DecideInput {
  readonly analysis: Analysis;
  readonly identity: Identity;
  /** Of the target. Those that do not hold for `identity` are left out; if none is left, all is refused. */
  readonly policies: readonly Policy[];
  readonly database: string;
  /** The connection's schema of temporary objects, or null while it has none. */
  readonly temporarySchema: string | null;
}

/** What one layer says of one effect. `statement` counts the statements of the text from 0. */
export interface EffectDecision {
  readonly layer: Layer;
  readonly statement: number;
  /** Null where it is about no single effect. */
  readonly effect: Effect | null;
  readonly decision: Decision;
}

export const SEVERITY: Readonly<Record<Verdict, number>> = { allow: 0, ask: 1, deny: 2 };

/** What each layer says of every single effect, layer by layer and there in the order of the text. */
export function* settleAll(
  { analysis, temporarySchema }: Pick<DecideInput, 'analysis' | 'temporarySchema'>,
  layers: readonly Layer[],
): Generator<EffectDecision> {
  for (const layer of layers) {
    for (const [statement, { effects, masking }] of analysis.statements.entries()) {
      const refusal = masking?.refusal ?? null;
      if (refusal !== null) {
        yield { layer, statement, effect: null, decision: unmaskable(refusal, [...layer, ...layers.flat()]) };
      }
      const deeds = deedsIn(effects);
      for (const effect of effects) {
        const decision = settle(effect, layer, temporarySchema, deeds.get(effect) ?? null);
        yield { layer, statement, effect, decision };
      }
    }
  }
}

/** The order of the clauses is the meaning of a policy: each of them ends the matter. */
function settle(
  effect: Effect,
  policies: readonly Policy[],
  temporarySchema: string | null,
  deeds: readonly Effect[] | null,
): Decision {
  const [first] = policies;
  if (first === undefined) return nobody(effect);
  if (effect.via.some((step) => step.startsWith('pinned'))) {
    return refused('deny', 'pinned', { policy: first.name, clause: 'pinned', index: null }, effect);
  }
  if (effect.command?.bypasses !== undefined) {
    return refused('deny', 'bypass', { policy: first.name, clause: 'bypass', index: null }, effect);
  }
  const holding = effect.command?.unread === true ? policies.find(holdsBack) : undefined;
  if (holding !== undefined) {
    return refused('deny', 'unread', { policy: holding.name, clause: 'unread', index: null }, effect);
  }
  const opaque = isOpaque(effect);
  const match = opaque ? ruleNames : ruleMatches;
  const find = (clause: 'deny' | 'ask' | 'allow'): Found | null =>
    findRule(policies, clause, (rule) => match(rule, effect, clause === 'allow' ? 'surely' : 'could', temporarySchema));

  const denied = find('deny');
  if (denied !== null) return refused('deny', 'deny', denied.reference, effect, denied.rule.message);
  const bound = beyondBounds(effect, policies, temporarySchema);
  if (bound !== null) return bound;
  const asked = find('ask');
  if (asked !== null) return refused('ask', 'ask', asked.reference, effect, asked.rule.message);
  const allowed =
    find('allow') ?? findRule(policies, 'allow', ({ command }) => commandKeepsWithin(command, effect, deeds));
  if (allowed !== null) return verdictOf('allow', allowed.reference, effect);
  if (effect.command !== undefined) return commanded(effect, policies, first);
  if (opaque) {
    const restricting = policies.find(restricts);
    if (restricting !== undefined) {
      return refused('deny', 'opaque', { policy: restricting.name, clause: 'opaque', index: null }, effect);
    }
  }
  const masking = leadsAround(effect) ? policies.find(masksStrictly) : undefined;
  if (masking !== undefined) {
    return refused('deny', 'around', { policy: masking.name, clause: 'masking', index: null }, effect);
  }
  return byDefault(effect, policies, first);
}

/** Of what is done over SSH, and no rule speaks of. */
function commanded(effect: Effect, policies: readonly Policy[], first: Policy): Decision {
  if (effect.action === 'open') {
    const opens = opener(effect, policies);
    if (opens !== null) return verdictOf('allow', opens, effect);
    return refused('deny', 'channel', { policy: first.name, clause: 'channel', index: null }, effect);
  }
  if (!effect.opaque) return byDefault(effect, policies, first);
  const { name, opaque: verdict } = strictestIn(policies, first, 'opaque');
  const reference = { policy: name, clause: 'opaque', index: null };
  // Where anything goes, what cannot be known is like anything else.
  if (verdict === 'allow') return byDefault(effect, policies, first);
  return refused(verdict, verdict === 'ask' ? 'opaque-ask' : 'opaque', reference, effect);
}

/** A rule that lets something be done on the channel, or asks for it: it could never hold if the channel stayed shut. */
function opener(effect: Effect, policies: readonly Policy[]): RuleReference | null {
  const opens = ({ command }: Rule): boolean => commandOpens(command, effect);
  return (findRule(policies, 'allow', opens) ?? findRule(policies, 'ask', opens))?.reference ?? null;
}

/** What reads or copies tables from below, where no mask is. */
const BELOW: ReadonlySet<Action> = new Set<Action>([
  'server-file',
  'server-admin',
  'copy-file',
  'copy-program',
  'extension',
  'load',
]);

/**
 * Code that runs without being called: behind a trigger, a rule, an operator, a check. It is handed values that nobody
 * follows there, so that whoever may write such code may carry them away. So may who puts other code under a name that
 * existing code calls.
 */
const CODE: ReadonlySet<ObjectKind> = new Set<ObjectKind>([
  'function',
  'procedure',
  'aggregate',
  'trigger',
  'event-trigger',
  'rule',
  'policy',
  'domain',
  'cast',
  'operator',
]);
const DEFINES: ReadonlySet<Action> = new Set<Action>(['create', 'alter', 'drop']);

function leadsAround({ action, object }: Effect): boolean {
  return BELOW.has(action) || (DEFINES.has(action) && object !== null && CODE.has(object));
}

function masksStrictly({ mask, masking }: Policy): boolean {
  return masking.mode === 'strict' && mask.some(({ column }) => column !== null);
}

/** `access` and `scope` are bounds that no allow rule lifts. */
function beyondBounds(effect: Effect, policies: readonly Policy[], temporarySchema: string | null): Decision | null {
  if (isGuardedShell(effect, policies)) return null;
  for (const policy of policies) {
    if (policy.access === 'read-only' && !isReading(effect)) {
      return refused('deny', 'access', { policy: policy.name, clause: 'access', index: null }, effect);
    }
    const outside = isOutside(effect, policy, temporarySchema);
    if (outside) return refused('deny', 'scope', { policy: policy.name, clause: 'scope', index: null }, effect);
  }
  return null;
}

/** What is done in one is decided line by line, so that the bounds hold for its lines and not for opening it. */
function isGuardedShell({ action, command }: Effect, policies: readonly Policy[]): boolean {
  return action === 'open' && command?.channel === 'shell' && policies.some(({ shell }) => shell === 'guarded');
}

function isOutside(effect: Effect, { scope }: Policy, temporarySchema: string | null): boolean {
  if (scope === null) return false;
  if (effect.command !== undefined) return scope.directories !== null && !inDirectories(effect, scope.directories);
  return scope.schemas !== null && !inScope(effect, scope.schemas, temporarySchema);
}

function byDefault(effect: Effect, policies: readonly Policy[], first: Policy): Decision {
  const strictest = strictestIn(policies, first, 'default');
  const reference: RuleReference = { policy: strictest.name, clause: 'default', index: null };
  switch (strictest.default) {
    case 'allow':
      return verdictOf('allow', reference, effect);
    case 'ask':
      return refused('ask', 'ask-default', reference, effect);
    case 'deny':
      return refused('deny', 'default', reference, effect);
  }
}

function strictestIn(policies: readonly Policy[], first: Policy, key: 'default' | 'opaque'): Policy {
  return policies.reduce(
    (strictest, policy) => (SEVERITY[policy[key]] > SEVERITY[strictest[key]] ? policy : strictest),
    first,
  );
}

/**
 * True when a rule holds back some command by what stands in it: none of them can be held against what was not read,
 * and no approval, nor the name of what reads it in the end, makes up for that.
 */
function holdsBack({ deny, ask }: Policy): boolean {
  return [...deny, ...ask].some(({ command }) => command !== undefined && readsCommands(command));
}

/** True when the policy holds anything back: then unknown code might do just that. */
function restricts(policy: Policy): boolean {
  return (
    policy.deny.length > 0 ||
    policy.ask.length > 0 ||
    policy.mask.length > 0 ||
    policy.scope !== null ||
    policy.access === 'read-only' ||
    policy.default !== 'allow'
  );
}

interface Found {
  readonly rule: Rule;
  readonly reference: RuleReference;
}

function findRule(
  policies: readonly Policy[],
  clause: 'deny' | 'ask' | 'allow',
  holds: (rule: Rule) => boolean,
): Found | null {
  for (const policy of policies) {
    const rules: readonly Rule[] = policy[clause];
    const index = rules.findIndex(holds);
    const rule = rules[index];
    if (rule !== undefined) return { rule, reference: { policy: policy.name, clause, index } };
  }
  return null;
}

/** Masked values would come out, or could not be followed. */
function unmaskable(refusal: NonNullable<Masking['refusal']>, policies: readonly Policy[]): Decision {
  const policy = policies.find(({ mask }) => mask.some(({ column }) => column !== null))?.name ?? '';
  return {
    verdict: 'deny',
    rule: { policy, clause: 'masking', index: null },
    effect: null,
    refusal: maskingRefusal(refusal),
  };
}

/** No policy holds for whoever asks. */
export function nobody(effect: Effect | null): Decision {
  return {
    verdict: 'deny',
    rule: { policy: '', clause: 'nobody', index: null },
    effect,
    refusal: refusalFor('nobody', effect, null),
  };
}

function refused(
  verdict: 'deny' | 'ask',
  ground: Ground,
  rule: RuleReference,
  effect: Effect,
  message: string | null = null,
): Decision {
  return { verdict, rule, effect, refusal: refusalFor(ground, effect, rule.policy, message) };
}

function verdictOf(verdict: 'allow', rule: RuleReference, effect: Effect | null): Decision {
  return { verdict, rule, effect, refusal: null };
}
