import { isAsSigned } from './answer-signature.ts';
import type { StoredEvent } from './event.ts';

/**
 * Follows the requests of a record: an answer must be signed by whoever gave it, over what the request bound, and nothing
 * counts as approved without one.
 */
export class AnsweredRequests {
  readonly #digests = new Map<string, string>();
  readonly #approved = new Set<string>();

  /** What is wrong with this event, in words; null when nothing is. */
  add(event: StoredEvent): string | null {
    switch (event.type) {
      case 'request':
        this.#digests.set(event.request, event.digest);
        return null;
      case 'answer':
        return this.#answer(event);
      case 'settled':
        if (event.outcome !== 'approved' || this.#approved.has(event.request)) return null;
        return 'a request counts as approved without a signed answer';
      case 'granted':
        return this.#approved.has(event.request) ? null : 'a statement ran under a request that nobody approved';
      default:
        return null;
    }
  }

  #answer({ answer }: Extract<StoredEvent, { type: 'answer' }>): string | null {
    if (!isAsSigned(answer)) return 'the signature of an approver’s answer does not fit';
    const digest = this.#digests.get(answer.request);
    if (digest === undefined || digest !== answer.digest) return 'an answer is about something else than was asked';
    if (answer.verdict === 'approve') this.#approved.add(answer.request);
    return null;
  }
}
