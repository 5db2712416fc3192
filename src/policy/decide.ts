import type { Decision } from '../core/decision.ts';
import { layersFor } from './applies.ts';
import { type DecideInput, nobody, SEVERITY, settleAll } from './settle.ts';

/**
 * Judges all that a text does: the verdict on it is the most restrictive one on any of its effects in any layer of the
 * policies that hold, and the first with that verdict is named. In one layer deny beats ask beats allow; what no rule
 * matches follows the most restrictive `default`. A text without effects is allowed. Pure and total: the same input
 * always gives the same decision.
 */
export function decide(input: DecideInput): Decision {
  const layers = layersFor(input.policies, input.identity);
  const [first] = layers[0] ?? [];
  if (first === undefined) return nobody(null);
  let strictest: Decision | null = null;
  for (const { decision } of settleAll(input, layers)) {
    if (strictest === null || SEVERITY[decision.verdict] > SEVERITY[strictest.verdict]) strictest = decision;
    if (strictest.verdict === 'deny') break;
  }
  // Nothing is touched, as in BEGIN or SELECT 1: no rule could have said anything.
  return (
    strictest ?? {
      verdict: 'allow',
      rule: { policy: first.name, clause: 'no-effect', index: null },
      effect: null,
      refusal: null,
    }
  );
}
