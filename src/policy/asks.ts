import type { Effect } from '../core/action.ts';
import type { AskTerms } from '../core/request.ts';
import { type Layer, layersFor } from './applies.ts';
import { isOpaque, ruleMatches, ruleNames } from './match.ts';
import type { AskRule, Policy } from './rules.ts';
import { type DecideInput, settleAll } from './settle.ts';

/** How long a request waits that no rule says anything of: milliseconds. */
export const USUAL_WAIT = 600_000;

/**
 * On what terms a text that is asked for may run: every `ask` rule that any of its effects falls under, over all policies
 * that hold, each once, layer by layer and there in the order of the text. All of them must be satisfied.
 */
export function askTerms(input: DecideInput): readonly AskTerms[] {
  const terms = new Map<string, AskTerms>();
  const add = (one: AskTerms): void => void terms.set(JSON.stringify([one.policy, one.index, one.opaque]), one);
  for (const { layer, effect, decision } of settleAll(input, layersFor(input.policies, input.identity))) {
    if (decision.verdict !== 'ask' || effect === null) continue;
    if (decision.rule.clause === 'ask') for (const one of rulesFor(effect, layer, input)) add(one);
    else add({ ...BY_DEFAULT, ...(decision.rule.clause === 'opaque' ? OPAQUE : {}), policy: decision.rule.policy });
  }
  return [...terms.values()];
}

const BY_DEFAULT = {
  index: null,
  approvers: 'self',
  within: USUAL_WAIT,
  stepUp: false,
  breakGlass: null,
  message: null,
  preview: 'trial',
} as const;

const OPAQUE = { opaque: true } as const;

function* rulesFor(effect: Effect, policies: Layer, { temporarySchema }: DecideInput): Generator<AskTerms> {
  const match = isOpaque(effect) ? ruleNames : ruleMatches;
  for (const policy of policies) {
    for (const [index, rule] of policy.ask.entries()) {
      if (match(rule, effect, 'could', temporarySchema)) yield termsOf(policy, index, rule);
    }
  }
}

function termsOf({ name }: Policy, index: number, rule: AskRule): AskTerms {
  const { approvers, within, stepUp, breakGlass, message, preview } = rule;
  return { policy: name, index, approvers, within, stepUp, breakGlass, message, preview };
}
