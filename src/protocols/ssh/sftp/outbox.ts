import type { Duplex } from 'node:stream';
import type { Cleared, Guard, Judged, Masked } from '../../../core/guard.ts';
import { giveBack } from '../memory.ts';
import { isChannel } from '../ssh2.ts';

/** Messages on their way to the server: gathered as they are judged, and sent in one write when they are on record. */
export class Outbox {
  readonly #guard: Guard;
  readonly #outlet: Outlet;
  #batch: Judged<Buffer>[] = [];
  /** What goes before everything else, while its record is being written. */
  #releasing: Promise<void> | null = null;

  constructor(guard: Guard, stream: Duplex) {
    this.#guard = guard;
    this.#outlet = new Outlet(stream);
  }

  add(bytes: Judged<Buffer>): void {
    this.#batch.push(bytes);
  }

  /** Sends all that was added; null when there is nothing to wait for. It rejects with HoopError `record.append`. */
  flush(): Promise<void> | null {
    if (this.#releasing !== null) return this.#releasing.then(() => this.flush() ?? undefined);
    if (this.#batch.length === 0) return null;
    const batch = this.#batch;
    this.#batch = [];
    const bytes = this.#guard.release(batch);
    if (!(bytes instanceof Promise)) return this.#outlet.write(bytes);
    this.#releasing = this.#sendLate(bytes);
    return this.#releasing;
  }

  async #sendLate(bytes: Promise<Cleared<Buffer>>): Promise<void> {
    const released = await bytes;
    this.#releasing = null;
    await this.#outlet.write(released);
  }
}

/** Messages on their way to the client, in one write for all that belongs to one turn. */
export class Inbox {
  readonly #outlet: Outlet;
  #batch: Masked<Buffer>[] = [];

  constructor(stream: Duplex) {
    this.#outlet = new Outlet(stream);
  }

  add(bytes: Masked<Buffer>): void {
    this.#batch.push(bytes);
  }

  /** Null when there is nothing to wait for. */
  flush(): Promise<void> | null {
    const [first] = this.#batch;
    if (first === undefined) return null;
    const bytes = this.#batch.length === 1 ? first : Buffer.concat(this.#batch);
    this.#batch = [];
    return this.#outlet.write(bytes);
  }
}

/** Bytes from which on a message holds what a file does: nobody looks at it after it was sent. */
const BULK = 16 * 1024;

/** Writes to a channel, with one wait for whoever writes while the other side does not keep up. */
class Outlet {
  readonly #stream: Duplex;
  readonly #isChannel: boolean;
  #room: Promise<void> | null = null;

  constructor(stream: Duplex) {
    this.#stream = stream;
    this.#isChannel = isChannel(stream);
  }

  /** Null when there is room for more. */
  write(bytes: Buffer): Promise<void> | null {
    if (this.#stream.destroyed || this.#stream.writableEnded) return this.#room;
    // A channel copies what it sends into packets; what has to wait stays written to it.
    const sent = this.#isChannel && bytes.length >= BULK ? (): void => giveBack(bytes) : undefined;
    const hasRoom = this.#stream.write(bytes, sent);
    if (!hasRoom) this.#room ??= this.#drained();
    return this.#room;
  }

  /** Resolves when it was, or is closed. */
  async #drained(): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#stream.off('drain', done).off('close', done);
        resolve();
      };
      this.#stream.on('drain', done).on('close', done);
    });
    this.#room = null;
  }
}
