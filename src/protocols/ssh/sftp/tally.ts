import { createHash, type Hash } from 'node:crypto';

/** Bytes that may wait for those before them: what a client has under way at once comes to less. */
const WINDOW = 4 * 1024 * 1024;
/** Pieces that may wait: each takes more memory than its bytes. */
const MOST_PIECES = 1024;

/**
 * Counts what passes of a file in one direction, and sums it up as SHA-256 as long as it comes from the beginning and
 * without a gap. Pieces that overtake each other are put in order within a window.
 */
export class Tally {
  bytes = 0;
  /** Something was transferred, or meant to be. */
  isUsed = false;
  /** All of it arrived. */
  isSound = true;
  #hash: Hash | null;
  #next = 0;
  readonly #ahead = new Map<number, Buffer>();
  #waiting = 0;

  /** `isOrdered`: offsets say where the bytes lie. */
  constructor(isOrdered: boolean) {
    this.#hash = isOrdered ? createHash('sha256') : null;
  }

  /** `data` is read before this returns. */
  add(offset: number, data: Buffer): void {
    this.isUsed = true;
    this.bytes += data.length;
    if (this.#hash === null || data.length === 0) return;
    if (offset === this.#next) this.#take(this.#hash, data);
    else if (offset > this.#next && this.#fits(offset, data)) this.#keep(offset, data);
    else this.spoil();
  }

  /** What passed cannot be summed up. */
  spoil(): void {
    this.#hash = null;
    this.#ahead.clear();
    this.#waiting = 0;
  }

  /** Hex; null when bytes are missing, or passed twice. To be asked once, when nothing follows. */
  sha256(): string | null {
    const hash = this.#ahead.size === 0 ? this.#hash : null;
    this.#hash = null;
    return hash?.digest('hex') ?? null;
  }

  #fits(offset: number, data: Buffer): boolean {
    return this.#waiting + data.length <= WINDOW && this.#ahead.size < MOST_PIECES && !this.#ahead.has(offset);
  }

  #keep(offset: number, data: Buffer): void {
    this.#ahead.set(offset, Buffer.from(data));
    this.#waiting += data.length;
  }

  #take(hash: Hash, data: Buffer): void {
    hash.update(data);
    this.#next += data.length;
    for (let next = this.#ahead.get(this.#next); next !== undefined; next = this.#ahead.get(this.#next)) {
      this.#ahead.delete(this.#next);
      this.#waiting -= next.length;
      hash.update(next);
      this.#next += next.length;
    }
  }
}
