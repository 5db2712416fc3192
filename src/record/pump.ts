import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HoopError } from '../core/errors.ts';
import type { Framer, Segment } from './framer.ts';
import type { Parts } from './parts.ts';
import { appendFailure } from './failure.ts';

/** Up to this much is written at once on the event loop: a few µs, less than a trip to the thread pool. */
const SYNCHRONOUS = 128 * 1024;
/** Bulk that may wait for the disk before whoever makes it is asked to wait. */
const HIGH_MARK = 4 * 1024 * 1024;
const LOW_MARK = 2 * 1024 * 1024;

type Settle = PromiseWithResolvers<void>;

/**
 * Whoever waits gets the rejection. That nobody does yet, or ever, must not end the process: the
 * failure stays, and every later call meets it.
 */
export function patient(promise: Promise<void>): Promise<void> {
  promise.catch(() => undefined);
  return promise;
}

function settled(): Settle {
  const settle = Promise.withResolvers<void>();
  void patient(settle.promise);
  return settle;
}

/**
 * Moves a framer's frames to the disk in their order: small amounts at once, with one write for all that was framed
 * since the last; bulk on the thread pool.
 */
export class Pump {
  readonly #framer: Framer;
  readonly #parts: Parts;
  readonly #durable: boolean;
  #failure: HoopError | null = null;
  #busy = false;
  #next: Settle | null = null;
  #room: Settle | null = null;
  #unsynced: Settle[] = [];
  #syncing = false;

  /** @param durable `sync: disk`: done means that it would survive the machine's end */
  constructor(framer: Framer, parts: Parts, durable: boolean) {
    this.#framer = framer;
    this.#parts = parts;
    this.#durable = durable;
  }

  /** Set once a write has failed: nothing is written any more. */
  get failure(): HoopError | null {
    return this.#failure;
  }

  /**
   * Null when every frame laid out before the call is written, else a promise of that.
   * It rejects with HoopError `record.append`.
   */
  flush(): Promise<void> | null {
    const small = !this.#busy && !this.#durable && this.#framer.unwritten <= SYNCHRONOUS;
    if (small) this.#drain();
    if (this.#failure !== null) return patient(Promise.reject(this.#failure));
    if (small) return null;
    const batch = (this.#next ??= settled());
    if (!this.#busy) this.#drain();
    return batch.promise;
  }

  /** For bulk: starts writing when it is worth it. Null when there is room for more, else resolves when there is. */
  push(): Promise<void> | null {
    if (this.#failure !== null) return patient(Promise.reject(this.#failure));
    if (this.#framer.full && !this.#busy) this.#drain();
    if (this.#framer.unwritten <= HIGH_MARK) return null;
    this.#room ??= settled();
    return this.#room.promise;
  }

  /** Resolves when nothing moves any more, whether or not it went well. */
  async idle(): Promise<void> {
    while (this.#busy || this.#syncing) await nextTurn();
  }

  #drain(): void {
    if (this.#busy || this.#failure !== null) return;
    const batch = this.#next;
    this.#next = null;
    const segments = this.#framer.take();
    const bytes = segments.reduce((sum, segment) => sum + segment.bytes.length, 0);
    if (bytes > SYNCHRONOUS) {
      this.#busy = true;
      void this.#writeBulk(segments, batch);
      return;
    }
    try {
      for (const segment of segments) {
        this.#parts.writeSync(segment.bytes);
        this.#framer.release(segment);
      }
    } catch (error) {
      this.#fail(error, batch);
      return;
    }
    this.#written(batch);
  }

  async #writeBulk(segments: readonly Segment[], batch: Settle | null): Promise<void> {
    try {
      for (const segment of segments) {
        await this.#parts.write(segment.bytes);
        this.#framer.release(segment);
      }
    } catch (error) {
      this.#busy = false;
      this.#fail(error, batch);
      return;
    }
    this.#busy = false;
    this.#written(batch);
    if (this.#next !== null || this.#framer.full) this.#drain();
  }

  #written(batch: Settle | null): void {
    if (this.#room !== null && this.#framer.unwritten <= LOW_MARK) {
      this.#room.resolve();
      this.#room = null;
    }
    if (batch === null) return;
    if (!this.#durable) {
      batch.resolve();
      return;
    }
    this.#unsynced.push(batch);
    if (!this.#syncing) void this.#sync();
  }

  /** One sync at a time: those who come meanwhile share the next. */
  async #sync(): Promise<void> {
    this.#syncing = true;
    while (this.#unsynced.length > 0) {
      const group = this.#unsynced;
      this.#unsynced = [];
      try {
        await this.#parts.sync();
      } catch (error) {
        this.#unsynced.push(...group);
        this.#fail(error, null);
        break;
      }
      for (const batch of group) batch.resolve();
    }
    this.#syncing = false;
  }

  #fail(error: unknown, batch: Settle | null): void {
    const failure = (this.#failure ??= appendFailure(error));
    for (const waiting of [batch, this.#next, this.#room, ...this.#unsynced]) waiting?.reject(failure);
    this.#next = null;
    this.#room = null;
    this.#unsynced = [];
  }
}
