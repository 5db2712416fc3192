import type { Hold } from '../../core/guard.ts';
import type { ApprovalRequest } from '../../core/request.ts';
import type { Machine } from './machine.ts';
import type { Enclosure } from './preview/enclosure.ts';
import { heldNotice } from './refuse.ts';

interface HoldingOptions {
  readonly machine: Machine;
  /** What is run in bounds after it was held. */
  readonly enclosure: Enclosure;
  /** Until all that was sent is answered; null when it is. */
  readonly settle: () => Promise<void> | null;
  /** Tells the client, now that the server says nothing; `waits` is true for as long as this statement is held. */
  readonly tell: (message: Buffer, waits: () => boolean) => void;
  readonly sever: () => void;
  /** The client took the statement back while it was still being judged. */
  readonly withdrawn: () => boolean;
}

/** Why a statement is not wanted any more. */
type Cause = 'cancelled' | 'disconnected' | 'ended';

/** Holds back one statement of a connection at a time, until people have answered. */
export class Holding implements Hold {
  readonly #options: HoldingOptions;
  #gone: AbortController | null = null;
  /** Why nothing more will be held. */
  #over: Cause | null = null;
  #whenHeld: () => void = () => undefined;

  constructor(options: HoldingOptions) {
    this.#options = options;
  }

  get enclosure(): Enclosure {
    return this.#options.enclosure;
  }

  /** A statement is held. */
  get waiting(): boolean {
    return this.#gone !== null && !this.#gone.signal.aborted;
  }

  ready(): true | Promise<boolean> {
    const { settle, machine } = this.#options;
    const wait = settle();
    if (wait !== null) return wait.then(() => !machine.skipping);
    return machine.skipping ? Promise.resolve(false) : true;
  }

  get inTransaction(): boolean {
    const { machine } = this.#options;
    return machine.transaction !== 'I' || machine.begun;
  }

  held(request: ApprovalRequest): AbortSignal {
    const gone = new AbortController();
    this.#gone = gone;
    const early = this.#over ?? (this.#options.withdrawn() ? 'cancelled' : null);
    if (early === null) this.#options.tell(heldNotice(request), () => this.#gone === gone && !gone.signal.aborted);
    else gone.abort(early);
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

  /** The client takes the statement back; false when none is held. */
  cancel(): boolean {
    const { waiting } = this;
    this.#gone?.abort('cancelled' satisfies Cause);
    return waiting;
  }

  /** The connection is over: what is held, or would be from now on, is not wanted any more. */
  close(cause: 'disconnected' | 'ended'): void {
    this.#over ??= cause;
    this.#gone?.abort(this.#over);
  }

  /** It waits no longer. */
  done(): void {
    this.#gone = null;
  }
}
