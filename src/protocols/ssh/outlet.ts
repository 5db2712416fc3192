import type { ServerChannel } from 'ssh2';
import type { Masked } from '../../core/brand.ts';
import { forgetStalled, takesMore } from './ssh2.ts';

const NOTHING = Buffer.alloc(0);

/**
 * Writes to a client's channel, one piece behind the other over both of its streams: ssh2 mixes pieces up when output
 * and errors wait for the client's window at the same time.
 */
export class Outlet {
  readonly #channel: ServerChannel;
  /** Pieces that wait for the client's window, each for the one before it; null when none does. */
  #waiting: Promise<void> | null = null;
  /** Ends the wait for what is being sent. */
  #release: (() => void) | null = null;
  #closed = false;

  constructor(channel: ServerChannel, gone: Promise<void>) {
    this.#channel = channel;
    void gone.then(() => {
      this.#closed = true;
      this.#release?.();
    });
  }

  /** Null when it is on its way, else a promise of that. Nothing is waited for when the client is gone. */
  write(stream: 'output' | 'errors', bytes: Masked<Buffer>): Promise<void> | null {
    if (bytes.length === 0) return this.#waiting;
    if (this.#waiting === null) return this.#wait(this.#send(stream, bytes));
    return this.#wait(this.#waiting.then(() => this.#send(stream, bytes) ?? undefined));
  }

  /** Resolves when all that was written is on its way, or the client is gone. */
  async flushed(): Promise<void> {
    await this.#waiting;
  }

  #wait(sent: Promise<void> | null): Promise<void> | null {
    if (sent === null) return null;
    const waiting = sent.then(() => {
      if (this.#waiting === waiting) this.#waiting = null;
    });
    this.#waiting = waiting;
    return waiting;
  }

  #send(stream: 'output' | 'errors', bytes: Masked<Buffer>): Promise<void> | null {
    const to = stream === 'output' ? this.#channel : this.#channel.stderr;
    if (this.#closed || !to.writable || !takesMore(this.#channel)) return null;
    to.write(bytes);
    // What the client's window has room for is with ssh2's socket already.
    if (to.writableLength === 0) return null;
    return new Promise((resolve) => {
      this.#release = resolve;
      // Behind what was written, this is done when that is.
      to.write(NOTHING, () => {
        forgetStalled(this.#channel);
        resolve();
      });
    });
  }
}
