import type { Asked, Settlement, Witness } from '../../core/approver.ts';
import type { Clock } from '../../core/clock.ts';
import type { ApprovalRequest, SignedAnswer } from '../../core/request.ts';
import type { Approval } from '../../policy/approvers.ts';

/** Often enough that a machine that slept past the limit notices when it wakes: milliseconds. */
const LOOK = 1000;

/** Why a client takes a statement back, as the reason of its signal. */
type Withdrawal = 'cancelled' | 'disconnected' | 'ended';

/** An answer of somebody who is known. */
export type GivenAnswer = SignedAnswer & Approval;

/** One request until it is settled: once, whatever comes first. */
export class Pending {
  readonly asked: Asked;
  readonly witness: Witness;
  /** Those that count. */
  approvals: readonly GivenAnswer[] = [];
  readonly settled: Promise<Settlement>;
  request: ApprovalRequest;
  readonly #clock: Clock;
  /** See `Clock.monotonic`. */
  readonly #latest: number;
  readonly #settle: (settlement: Settlement) => void;
  #settlement: Settlement | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(request: ApprovalRequest, asked: Asked, witness: Witness, clock: Clock) {
    this.request = request;
    this.asked = asked;
    this.witness = witness;
    this.#clock = clock;
    this.#latest = clock.monotonic() + (Date.parse(request.expires) - Date.parse(request.asked)) * 1000;
    const { promise, resolve } = Promise.withResolvers<Settlement>();
    this.settled = promise;
    this.#settle = resolve;
  }

  /** How it ended; null while it waits. */
  get settlement(): Settlement | null {
    return this.#settlement;
  }

  /** Starts the time running; from here on the client may take it back. */
  wait(gone: AbortSignal): void {
    const leave = (): void => void this.settle({ outcome: withdrawal(gone.reason), reason: null });
    gone.addEventListener('abort', leave, { once: true });
    void this.settled.finally(() => gone.removeEventListener('abort', leave));
    if (gone.aborted) leave();
    this.#look();
  }

  /** False when it was settled before. */
  settle(settlement: Settlement): boolean {
    if (this.#settlement !== null) return false;
    this.#settlement = settlement;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#settle(settlement);
    return true;
  }

  /**
   * By the clock, whether or not a timer has gone off: an answer that comes late is none. A wall clock that is set back
   * prolongs nothing, and neither does a machine that sleeps, while the other clock may stand still.
   */
  get isExpired(): boolean {
    return this.#clock.now() >= Date.parse(this.request.expires) || this.#clock.monotonic() >= this.#latest;
  }

  readonly #look = (): void => {
    if (this.#settlement !== null) return;
    if (this.isExpired) {
      this.settle({ outcome: 'expired', reason: null });
      return;
    }
    const left = Date.parse(this.request.expires) - this.#clock.now();
    this.#timer = setTimeout(this.#look, Math.min(left, LOOK));
  };
}

/** What an aborted signal says: a session that ends gives other reasons than its client. */
export function withdrawal(reason: unknown): Withdrawal {
  return reason === 'cancelled' || reason === 'disconnected' ? reason : 'ended';
}
