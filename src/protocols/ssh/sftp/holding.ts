import type { Hold } from '../../../core/guard.ts';
import { heldWords } from '../refuse.ts';

export interface HoldingOptions {
  /** Tells the user a line of words; there is no place for them in the protocol itself. */
  readonly tell: (text: string) => void;
  readonly sever: () => void;
}

/** Requests that wait at once: no person would answer more. */
const MOST_HELD = 64;

/** Holds single requests of a conversation back while people are asked; the others go on. */
export class Holding {
  readonly #options: HoldingOptions;
  readonly #waiting = new Set<AbortController>();
  #isOver = false;

  constructor(options: HoldingOptions) {
    this.#options = options;
  }

  /** For one request. `whenHeld` is called when it begins to wait. */
  hold(whenHeld: () => void): Hold & { done(): void } {
    const gone = new AbortController();
    return {
      // Files know no transactions: what was sent before does not change whether this one makes sense.
      ready: () => true,
      inTransaction: false,
      held: (request) => {
        if (this.#isOver) gone.abort('disconnected');
        else if (this.#waiting.size >= MOST_HELD) gone.abort('cancelled');
        else {
          this.#waiting.add(gone);
          for (const line of heldWords(request, 'done')) this.#options.tell(line);
          whenHeld();
        }
        return gone.signal;
      },
      sever: () => this.#options.sever(),
      done: () => void this.#waiting.delete(gone),
    };
  }

  /** For one that nobody is asked for: where somebody would have to be, it is refused. */
  unasked(): Hold & { done(): void } {
    return { ...this.hold(() => undefined), held: () => AbortSignal.abort('cancelled') };
  }

  /** The client is gone. */
  close(): void {
    this.#isOver = true;
    for (const gone of this.#waiting) gone.abort('disconnected');
    this.#waiting.clear();
  }
}
