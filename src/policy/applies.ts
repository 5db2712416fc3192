import type { Identity } from '../core/identity.ts';
import type { Policy } from './rules.ts';

/**
 * Whether a policy speaks of this identity. A policy without `applies_to` speaks of everybody. People
 * and services are matched by group or subject. Agents are matched by `agents`; where that is left
 * out, an agent is taken for whom it acts for.
 * A session that no policy of its target applies to must not start.
 */
export function appliesTo(policy: Policy, identity: Identity): boolean {
  const to = policy.appliesTo;
  if (to === null) return true;
  if (identity.kind === 'agent' && to.agents !== null) {
    if (to.agents === 'any') return true;
    return to.agents !== 'none' && to.agents.includes(identity.subject);
  }
  for (let who: Identity | null = identity; who !== null; who = who.actsFor) {
    if (named(to.subjects, [who.subject]) || named(to.groups, who.groups)) return true;
  }
  return false;
}

function named(wanted: readonly string[] | null, has: readonly string[]): boolean {
  return wanted !== null && has.some((name) => wanted.includes(name));
}
