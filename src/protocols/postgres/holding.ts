import type { Hold } from '../../core/guard.ts';
import type { ApprovalRequest } from '../../core/request.ts';
import type { Machine } from './machine.ts';
import { heldNotice } from './refuse.ts';

interface HoldingOptions {
  readonly machine: Machine;
  /** Until all that was sent is answered; null when it is. */
  readonly settle: () => Promise<void> | null;
  /** Tells the client, now that the server says nothing. */
  readonly tell: (message: Buffer) => void;
  readonly sever: () => void;
}

/** Holds back one statement of a connection at a time, until people have answered. */
export class Holding implements Hold {
  readonly #options: HoldingOptions;
  #gone: AbortController | null = null;
  #whenHeld: () => void = () => undefined;

  constructor(options: HoldingOptions) {
    this.#options = options;
  }

  /** A statement is held. */
  get waiting(): boolean {
    return this.#gone !== null && !this.#gone.signal.aborted;
  }

  ready(): true | Promise<boolean> {
    const wait = this.#options.settle();
    return wait === null ? true : wait.then(() => !this.#options.machine.skipping);
  }

  get inTransaction(): boolean {
    const { machine } = this.#options;
    return machine.transaction !== 'I' || machine.begun;
  }

  held(request: ApprovalRequest): AbortSignal {
    const gone = new AbortController();
    this.#gone = gone;
    this.#options.tell(heldNotice(request));
    this.#whenHeld();
    return gone.signal;
  }

  sever(): void {
    this.#options.sever();
  }

  /** Calls back whenever a statement begins to wait. */
  whenHeld(callback: () => void): void {
    this.#whenHeld = callback;
  }

  /** The client takes the statement back, or cannot want it any more; false when none is held. */
  leave(cause: 'cancelled' | 'disconnected' | 'ended'): boolean {
    const { waiting } = this;
    this.#gone?.abort(cause);
    return waiting;
  }

  /** It waits no longer. */
  done(): void {
    this.#gone = null;
  }
}
