import type { ServerChannel } from 'ssh2';
import type { Masked } from '../../core/brand.ts';
import { forgetStalled, takesMore } from './ssh2.ts';

/**
 * Writes to a client's channel, one piece behind the other over both of its streams: ssh2 mixes pieces up when output
 * and errors wait for the client's window at the same time.
 */
export class Outlet {
  readonly #channel: ServerChannel;
  #last: Promise<void> = Promise.resolve();
  #closed = false;
  readonly #gone: Promise<void>;

  constructor(channel: ServerChannel, gone: Promise<void>) {
    this.#channel = channel;
    this.#gone = gone.then(() => void (this.#closed = true));
  }

  /** Resolves when the client has room for more, or is gone. */
  write(stream: 'output' | 'errors', bytes: Masked<Buffer>): Promise<void> {
    if (bytes.length > 0) this.#last = this.#last.then(() => this.#send(stream, bytes));
    return this.#last;
  }

  /** Resolves when all that was written is on its way, or the client is gone. */
  flushed(): Promise<void> {
    return this.#last;
  }

  #send(stream: 'output' | 'errors', bytes: Masked<Buffer>): Promise<void> | undefined {
    const to = stream === 'output' ? this.#channel : this.#channel.stderr;
    if (this.#closed || !to.writable || !takesMore(this.#channel)) return undefined;
    const sent = new Promise<void>((resolve) => {
      to.write(bytes, () => {
        forgetStalled(this.#channel);
        resolve();
      });
    });
    return Promise.race([sent, this.#gone]);
  }
}
