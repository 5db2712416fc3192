import type { Cleared, Guard, Judged } from '../../core/guard.ts';

/** Messages on their way to the server: gathered as they are judged, and sent in one write when they are on record. */
export class Outbox {
  readonly #guard: Guard;
  readonly #send: (bytes: Cleared<Buffer>) => Promise<void> | null;
  #batch: Judged<Buffer>[] = [];
  /** What goes before everything else, while its record is being written. */
  #releasing: Promise<void> | null = null;

  /** `send` writes to the server, and says when to wait for it. */
  constructor(guard: Guard, send: (bytes: Cleared<Buffer>) => Promise<void> | null) {
    this.#guard = guard;
    this.#send = send;
  }

  add(bytes: Judged<Buffer>): void {
    this.#batch.push(bytes);
  }

  /** A message of the proxy's own, behind all that was added so far. */
  append(bytes: Buffer): void {
    this.add(this.#guard.housekeeping(bytes));
  }

  /** The same, at once. */
  say(bytes: Buffer): void {
    this.append(bytes);
    // When the record is lost the whole session ends, whoever waits for an answer to this included.
    this.flush()?.catch(() => undefined);
  }

  /** Sends all that was added; null when there is nothing to wait for. It rejects with HoopError `record.append`. */
  flush(): Promise<void> | null {
    if (this.#releasing !== null) return this.#releasing.then(() => this.flush() ?? undefined);
    if (this.#batch.length === 0) return null;
    const batch = this.#batch;
    this.#batch = [];
    const bytes = this.#guard.release(batch);
    if (!(bytes instanceof Promise)) return this.#send(bytes);
    this.#releasing = this.#sendLate(bytes);
    return this.#releasing;
  }

  async #sendLate(bytes: Promise<Cleared<Buffer>>): Promise<void> {
    const released = await bytes;
    this.#releasing = null;
    await this.#send(released);
  }
}
