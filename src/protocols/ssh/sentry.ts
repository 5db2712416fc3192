import type { Duplex } from 'node:stream';
import { UNAUTHENTICATED_BYTES } from './limits.ts';

const GREETING = Buffer.from('SSH-2.0-', 'latin1');

/**
 * Watches what comes from a client that has not logged in: at the first byte that no SSH client sends (HTTP, TLS, the
 * PROXY protocol), and when it is more than a login takes, the connection is closed without an answer.
 * To be called before anybody else reads.
 */
export class Sentry {
  readonly #client: Duplex;
  readonly #crowded: () => void;
  #bytes = 0;

  /** `tooMuch` is called when the client is closed for sending too much. */
  constructor(client: Duplex, tooMuch: () => void) {
    this.#client = client;
    this.#crowded = tooMuch;
    client.on('data', this.#look);
  }

  /** The client has logged in. */
  stop(): void {
    this.#client.off('data', this.#look);
  }

  readonly #look = (chunk: Buffer): void => {
    const expected = GREETING.subarray(this.#bytes, this.#bytes + chunk.length);
    this.#bytes += chunk.length;
    if (!chunk.subarray(0, expected.length).equals(expected)) return this.#drop();
    if (this.#bytes <= UNAUTHENTICATED_BYTES) return;
    this.#crowded();
    this.#drop();
  };

  #drop(): void {
    this.stop();
    this.#client.destroy();
  }
}
