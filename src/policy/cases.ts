import type { Channel } from '../core/action.ts';
import type { Decision, RuleReference, Verdict } from '../core/decision.ts';
import type { Identity } from '../core/identity.ts';

/** One expectation of a policy, kept in a file beside it. */
export interface PolicyCase {
  readonly target: string;
  /** A statement, or what is asked for over SSH: see `ChannelRequest`. */
  readonly text: string;
  /** Null for SQL. */
  readonly channel: Channel | null;
  /** Who asks; null stands for whoever runs the cases. */
  readonly as: Identity | null;
  readonly expect: Verdict;
  /** The rule that must decide, as `ruleName` writes it (`production.deny[0]`); null when any may. */
  readonly rule: string | null;
  /** Where the case stands, for messages: `file:line:column`. */
  readonly position: string;
}

export interface CaseResult {
  readonly passed: boolean;
  readonly verdict: Verdict;
  readonly rule: string;
  /** What differs from the expectation, one sentence each; empty when passed. */
  readonly differences: readonly string[];
}

/** A rule as people write it: `production.deny[0]`, `production.scope`. Positions count from 0. */
export function ruleName(rule: RuleReference): string {
  const clause = rule.index === null ? rule.clause : `${rule.clause}[${rule.index}]`;
  return rule.policy === '' ? clause : `${rule.policy}.${clause}`;
}

/** Holds a decision against a case. A rule may be named without its policy: `deny[0]`, `scope`. */
export function judgeCase(expected: PolicyCase, decision: Decision): CaseResult {
  const rule = ruleName(decision.rule);
  const differences: string[] = [];
  if (decision.verdict !== expected.expect) {
    differences.push(`expected ${expected.expect}, but ${rule} says ${decision.verdict}`);
  }
  if (expected.rule !== null && expected.rule !== rule && !rule.endsWith(`.${expected.rule}`)) {
    differences.push(`expected ${expected.rule} to decide, but ${rule} did`);
  }
  return { passed: differences.length === 0, verdict: decision.verdict, rule, differences };
}
