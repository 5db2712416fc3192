/** Bytes that the other side may have waiting for readers on all channels of one connection together. */
const MOST = 16 * 1024 * 1024;
/** On one of them: more makes nothing faster. */
const LARGEST = 2 * 1024 * 1024;
/** Each channel may have as much, however many there are: no less than a packet, so that it goes on. */
const LEAST = 32 * 1024;

interface Purse {
  /** What is promised to nobody. Below 0 where all have the least. */
  left: number;
}

/**
 * What the other side of one connection may send ahead of whoever reads it. A window says it for each channel alone, so
 * that many channels could have any number of bytes kept: here they share what there is, each new one a quarter of what
 * is left.
 */
export class Windows {
  readonly #purse: Purse = { left: MOST };

  /** For a new channel. Nothing may be sent before its first `settle` says how much. */
  open(): Window {
    return new Window(this.#purse);
  }
}

/** Of one channel. */
export class Window {
  readonly #purse: Purse;
  /** What may still be sent. */
  #room = 0;
  /** The same, and what has been sent and nobody has read. */
  #promised = 0;
  #isOpen = true;

  constructor(purse: Purse) {
    this.#purse = purse;
  }

  /** So many bytes have come. False when they may not have been sent. */
  take(length: number): boolean {
    if (length > this.#room) return false;
    this.#room -= length;
    return true;
  }

  /** To be called when some have come, or were read. `unread`: all that wait. How many more may be sent: 0 as long as there is enough. */
  settle(unread: number): number {
    this.#promise(this.#room + unread);
    const fair = Math.max(LEAST, Math.min(LARGEST, Math.floor(this.#purse.left / 4)));
    if (!this.#isOpen || this.#promised > fair / 2) return 0;
    const more = fair - this.#promised;
    this.#room += more;
    this.#promise(this.#room + unread);
    return more;
  }

  /** Nothing comes any more; what waits still counts until it is read. */
  close(unread: number): void {
    this.#isOpen = false;
    this.#room = 0;
    this.settle(unread);
  }

  #promise(bytes: number): void {
    this.#purse.left -= bytes - this.#promised;
    this.#promised = bytes;
  }
}
