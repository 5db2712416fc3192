import type { Effect } from './action.ts';

/** A decision's reason in the words a refused client may read: never the rule's source. */
export interface Refusal {
  /** The rule's message, or why the statement cannot be let through. */
  readonly message: string;
  /** What was refused and under which policy, in one sentence. */
  readonly detail: string;
  /** What to do next. */
  readonly hint: string;
  /**
   * Why: a rule denied it, a human did, nobody answered, its session ended before, it cannot be understood, the text is no
   * statement, it cannot be recorded, or it is not known any more who asks.
   */
  readonly cause:
    | 'denied'
    | 'rejected'
    | 'expired'
    | 'ended'
    | 'syntax'
    | 'unintelligible'
    | 'unrecorded'
    | 'cancelled'
    | 'unconfirmed';
  /** Of `syntax`: where in the text, in characters from 1. */
  readonly position?: number;
}

/** Of a statement that its client has taken back before it was sent. */
export const WITHDRAWN: Refusal = {
  message: 'the client took the statement back',
  detail: 'It was not sent.',
  hint: 'Send it again if it is wanted after all.',
  cause: 'cancelled',
};

/** Which rule decided: for the record, `policy explain` and the operator; never for the client. */
export interface RuleReference {
  readonly policy: string;
  /** `deny`, `ask`, `allow`, `default`, `access`, `scope`, `pinned`, `bypass`, `grammar`, `identity`. */
  readonly clause: string;
  /** Position within the clause, from 0; null for clauses that are not lists. */
  readonly index: number | null;
}

/** A rule as people find it in their policy, `production, ask 1`: counted from 1. Not made safe. */
export function ruleLabel({ policy, clause, index }: RuleReference): string {
  return `${policy}, ${clause}${index === null ? '' : ` ${index + 1}`}`;
}

export type Verdict = 'allow' | 'deny' | 'ask';

/** What policy says of a statement. Pure data: the same inputs always give the same decision. */
export interface Decision {
  readonly verdict: Verdict;
  readonly rule: RuleReference;
  /** The effect that matched; null when no single one did. */
  readonly effect: Effect | null;
  /** Set unless `verdict` is `allow`. */
  readonly refusal: Refusal | null;
}
