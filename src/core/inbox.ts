import type { Answer, ApprovalRequest, Grant, Outcome, SignedAnswer } from './request.ts';

/** What an approver says of a request, in their words; who they are and the signature are added on the way. */
export interface Reply extends Pick<
  Answer,
  'request' | 'digest' | 'verdict' | 'reason' | 'uses' | 'effect' | 'breakGlass'
> {
  /** Milliseconds for which what is left of it holds; null: for this request alone. */
  readonly lasts: number | null;
}

/** What became of a reply. */
export type Receipt =
  /** `outcome`: null while others must answer, too, as `missing` says. */
  | { readonly accepted: true; readonly outcome: Outcome | null; readonly missing: string | null }
  /** `reason`: why it does not count, for people to read. */
  | { readonly accepted: false; readonly reason: string };

/** What happens to requests, as it happens. */
export type InboxEvent =
  /** A request that is new, or of which more is known. */
  | { readonly type: 'request'; readonly request: ApprovalRequest }
  | { readonly type: 'answer'; readonly request: string; readonly answer: SignedAnswer }
  | { readonly type: 'settled'; readonly request: string; readonly outcome: Outcome }
  | { readonly type: 'grant'; readonly grant: Grant };

/** The requests that wait, wherever they are held, for people who answer them. */
export interface Inbox {
  /** Those that wait now, oldest first. */
  list(): Promise<readonly ApprovalRequest[]>;
  /** Grants that can still be used. */
  grants(): Promise<readonly Grant[]>;
  /** First those that wait now, then what happens; ends when the signal aborts. */
  watch(signal: AbortSignal): AsyncIterable<InboxEvent>;
  /**
   * Never rejects for what the approver did wrong: the receipt says so.
   * @throws HoopError `identity.*`, with nothing sent, when nobody is logged in who could give it; `local.inbox` when
   *   whether it arrived is not known
   */
  reply(reply: Reply): Promise<Receipt>;
  /** Takes back what is left of a grant. @throws HoopError when there is none with this id */
  revoke(request: string, reason: string | null): Promise<Grant>;
}
