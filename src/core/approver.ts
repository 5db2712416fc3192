import type { ApprovalRequest, Outcome, Preview, SignedAnswer } from './request.ts';
import type { Identity } from './identity.ts';
import type { Statement } from './statement.ts';

/** What people are asked about, before it has become a request. */
export interface Asked extends Omit<
  ApprovalRequest,
  | 'id'
  | 'statement'
  | 'digest'
  | 'asked'
  | 'expires'
  | 'preview'
  | 'session'
  | 'target'
  | 'reason'
  | 'policyHash'
  | 'issuer'
> {
  /** The bytes that would be sent. */
  readonly bytes: Statement['bytes'];
  readonly parameterTypes: Statement['parameterTypes'];
  /** Digest of who runs it and of the code it leads to: equal, where the same would be done. */
  readonly ground: string;
}

/** Leave to run what was asked for. */
export interface Leave {
  /** The request that was approved. */
  readonly request: string;
  /** Which use of it this is, from 1. */
  readonly use: number;
  /** The only effect it may have, as a dry run's digest; null for any. */
  readonly effect: string | null;
  /** ISO time before which it must have begun. */
  readonly until: string;
}

export interface Revocation {
  readonly request: string;
  readonly by: Identity;
  readonly reason: string | null;
}

/** What is told of a request while it waits, and after. Must not throw. */
export interface Witness {
  answered(answer: SignedAnswer): void;
  /** What was granted is taken back: nothing more may run under it. Only one of all witnesses is told to `record` it. */
  revoked(revocation: Revocation, record: boolean): void;
}

/** How asking ended. */
export type Settlement =
  | { readonly outcome: 'approved'; readonly leave: Leave }
  /** `reason`: an approver's words, or null. */
  | { readonly outcome: Exclude<Outcome, 'approved'>; readonly reason: string | null };

/** Asks people, for one session. */
export interface Approver {
  /** Whether the policies are still written as the session knows them: leave is given under these. Never rejects. */
  inForce(): Promise<boolean>;
  /** Uses up one of what was granted before for statements like this; null when it must be asked. */
  granted(asked: Asked, witness: Witness): Leave | null;
  /** The request as people will see it. `statement`: the record's number of it. */
  draft(asked: Asked, statement: number): ApprovalRequest;
  /**
   * Puts a drafted request before people until they have answered, its time is up, or the client takes it back (`gone`
   * aborts with the reason). Settles once, never rejects; everything but a yes is a no.
   */
  ask(request: ApprovalRequest, gone: AbortSignal, witness: Witness): Promise<Settlement>;
  /** More is known of a request that waits; nothing happens when it is settled already. */
  preview(request: string, preview: Preview): void;
}
