import type { Decision, Refusal } from './decision.ts';
import type { Statement } from './statement.ts';

/** Somebody who may say yes. */
export interface Approver {
  /**
   * Null when the statement, as it is, may run once; otherwise why not. Timeout, disconnect and every
   * failure are a no: it never rejects.
   */
  ask(statement: Statement, decision: Decision): Promise<Refusal | null>;
}
