import { once } from 'node:events';
import { FRONTEND, frame } from './frames.ts';
import type { Upstream } from './upstream.ts';

/** Milliseconds a target gets to close a connection after the good-bye. */
const FAREWELL = 250;
/** Milliseconds a client waits for one that is on its way: a login that hangs must not hold up somebody who could have another. */
const LATE = 1000;

export interface SpareOptions {
  /** Logs in to the target; given up when the signal aborts. */
  readonly login: (gone: AbortSignal) => Promise<Upstream>;
  /** What is done once it is logged in. */
  readonly prepare: (upstream: Upstream) => Promise<unknown>;
  /** Milliseconds after which it is closed when nobody came for it. */
  readonly age: number;
  /** Called once, when it is no spare any more; with why it could not be made, or null. Not before the constructor is done. */
  readonly over: (failure: unknown) => void;
}

/**
 * A connection to the target that is logged in ahead of its client, and goes to one client or to none. When anything
 * arrives on it meanwhile, be it only its end, it is closed: nobody knows then in what state it is.
 */
export class Spare {
  readonly #options: SpareOptions;
  readonly #abort = new AbortController();
  readonly #made: Promise<void>;
  /** Null before it is there, and after. */
  #upstream: Upstream | null = null;
  #expiry: NodeJS.Timeout | undefined;
  #claimed = false;
  #over = false;

  constructor(options: SpareOptions) {
    this.#options = options;
    this.#made = this.#make();
  }

  /** True when nobody waits for it. */
  get free(): boolean {
    return !this.#claimed;
  }

  /**
   * Hands it out, as soon as it is there. Null when nothing comes of it, or not in time, and then it is given up; also when
   * `gone` aborts before, and then it is free again.
   */
  async claim(gone: AbortSignal): Promise<Upstream | null> {
    this.#claimed = true;
    const late = this.#upstream === null && (await this.#isLate(gone));
    this.#claimed = false;
    if (late) void this.close();
    const upstream = this.#upstream;
    if (upstream === null || gone.aborted) return null;
    // What arrived this moment has not been looked at.
    if (upstream.inbound.early > 0 || upstream.socket.readyState !== 'open') {
      void this.close();
      return null;
    }
    this.#leave(null);
    return upstream;
  }

  /** Closes it in order, or gives it up when it is not there yet. Resolves when the target has let go of it. Idempotent. */
  async close(): Promise<void> {
    const upstream = this.#upstream;
    if (this.#over) return;
    this.#leave(null);
    if (upstream === null) return this.#abort.abort();
    const { socket } = upstream;
    socket.end(frame(FRONTEND.terminate));
    setTimeout(() => socket.destroy(), FAREWELL).unref();
    // Not by `once` of events, which takes an error on the way for a failure: the end of the session is one.
    if (!socket.closed) await new Promise<void>((resolve) => void socket.once('close', () => resolve()));
  }

  /** Waits until it is there, or nothing comes of it, or `gone` aborts; true when none of that happens in time. */
  async #isLate(gone: AbortSignal): Promise<boolean> {
    const late = Promise.withResolvers<true>();
    const timer = setTimeout(() => late.resolve(true), LATE);
    try {
      return (await Promise.race([this.#made, aborted(gone), late.promise])) === true;
    } finally {
      clearTimeout(timer);
    }
  }

  async #make(): Promise<void> {
    const { login, prepare, age } = this.#options;
    let upstream: Upstream | null = null;
    try {
      upstream = await login(this.#abort.signal);
      await prepare(upstream);
    } catch (error) {
      upstream?.socket.destroy();
      return this.#leave(error);
    }
    // Closed meanwhile.
    if (this.#over) return void upstream.socket.destroy();
    this.#upstream = upstream;
    this.#expiry = setTimeout(() => void this.close(), age).unref();
    void this.#watch(upstream);
  }

  async #watch({ inbound }: Upstream): Promise<void> {
    await inbound.arrival();
    // Not when somebody got it, who reads that now.
    if (this.#upstream !== null) await this.close();
  }

  #leave(failure: unknown): void {
    clearTimeout(this.#expiry);
    this.#upstream = null;
    if (this.#over) return;
    this.#over = true;
    this.#options.over(failure);
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
