/** Bytes for which keys may be exchanged at any time: OpenSSH's `RekeyLimit 1M`, and no administrator wants less. */
const WORTH = 1_000_000;
/** Exchanges besides, and milliseconds until there is one more of them. */
const MOST = 60;
const REST = 10_000;

/**
 * How often one client, or a target, may have keys exchanged anew: whenever it likes, but not again and again for nothing. Each exchange costs
 * what a login does, tens of milliseconds, in which nobody else is served.
 */
export class Exchanges {
  #left = MOST;
  #bytes = 0;
  #time: number;

  constructor(now: number) {
    this.#time = now;
  }

  /** There was one more. `bytes`: what has passed since the connection began. False when it was one too many. */
  again(bytes: number, now: number): boolean {
    this.#left = Math.min(MOST, this.#left + (now - this.#time) / REST);
    this.#time = now;
    if (bytes - this.#bytes < WORTH) this.#left -= 1;
    this.#bytes = bytes;
    return this.#left >= 0;
  }
}
