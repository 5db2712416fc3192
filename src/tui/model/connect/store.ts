import type { Clock } from '../../../core/clock.ts';
import type { Size } from '../../drawable.ts';
import type { LiveEvent, LiveFeed } from './feed.ts';
import { endOf, pageOf } from './live-drawing.ts';
import { liveIntentOf } from './live-keys.ts';
import { initialLive, livePressed, type LiveState } from './state.ts';
import { Tally } from './tally.ts';

/** Milliseconds between two frames at least: ten a second are enough for anybody. */
const FRAME = 100;
/** What is drawn by the same thread as statements pass through takes one part in so many of its time. */
const SHARE = 10;
const TICK = 1000;

export interface LiveStoreOptions {
  readonly clock: Clock;
  readonly size: Size;
  /** Whether requests can be answered from here. */
  readonly asks: boolean;
  /** Called when whoever looks wants it all to end. */
  readonly leave: () => void;
}

/** Holds the state of the live view. What is pushed is counted at once and shown with the next frame. Close it at the end. */
export class LiveStore implements LiveFeed {
  readonly #options: LiveStoreOptions;
  readonly #tally = new Tally();
  readonly #listeners = new Set<() => void>();
  readonly #tick: NodeJS.Timeout;
  #state: LiveState;
  #frame: NodeJS.Timeout | null = null;
  /** Milliseconds from what comes to the frame that shows it. */
  #pace = FRAME;
  #closed = false;

  constructor(options: LiveStoreOptions) {
    this.#options = options;
    this.#state = initialLive(options.size, options.clock.now(), options.asks);
    this.#tick = setInterval(() => this.#set({ ...this.#state, now: this.#now() }), TICK);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): LiveState => this.#state;

  push(event: LiveEvent): void {
    if (this.#closed) return;
    this.#tally.add(event, this.#now());
    this.#frame ??= setTimeout(() => this.#flush(), this.#pace);
  }

  key(name: string): void {
    this.#flush();
    const intent = liveIntentOf(this.#state, name);
    if (intent === null) return;
    const { state, leave } = livePressed(this.#state, intent, pageOf(this.#state.size), endOf(this.#state));
    this.#set(state);
    if (leave) this.#options.leave();
  }

  /** How many requests wait. */
  wait(waiting: number): void {
    if (this.#state.waiting !== waiting) this.#set({ ...this.#state, waiting });
  }

  /** Out of the inbox. */
  back(): void {
    this.#set({ ...this.#state, inbox: false });
  }

  resize(size: Size): void {
    const { columns, rows } = this.#state.size;
    if (size.columns !== columns || size.rows !== rows) this.#set({ ...this.#state, size });
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#tick);
    if (this.#frame !== null) clearTimeout(this.#frame);
  }

  #flush(): void {
    if (this.#frame === null) return;
    clearTimeout(this.#frame);
    this.#frame = null;
    const began = this.#options.clock.monotonic();
    this.#set({ ...this.#state, known: this.#tally.snapshot(), now: this.#now() });
    this.#pace = Math.max(FRAME, ((this.#options.clock.monotonic() - began) / 1000) * SHARE);
  }

  #now(): number {
    return this.#options.clock.now();
  }

  #set(state: LiveState): void {
    if (this.#closed || state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
