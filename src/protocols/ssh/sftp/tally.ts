import { createHash, type Hash } from 'node:crypto';

/** Bytes that may wait for those before them: what a client has under way at once comes to less. */
const WINDOW = 4 * 1024 * 1024;
/** Pieces that may wait: each takes more memory than its bytes. */
const MOST_PIECES = 1024;
/** The same, for all files of one conversation. */
const MOST = { bytes: 4 * WINDOW, pieces: 4 * MOST_PIECES } as const;

/** What waits for bytes before it in all files that are open in one conversation. */
export class Ahead {
  #bytes = 0;
  #pieces = 0;

  /** False when there is no room for one more piece. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > MOST.bytes || this.#pieces >= MOST.pieces) return false;
    this.#bytes += bytes;
    this.#pieces += 1;
    return true;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
    this.#pieces -= 1;
  }
}

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
  readonly #shared: Ahead;
  readonly #ahead = new Map<number, Buffer>();
  #waiting = 0;

  /** `isOrdered`: offsets say where the bytes lie. `shared`: what waits in all files together. */
  constructor(isOrdered: boolean, shared: Ahead) {
    this.#hash = isOrdered ? createHash('sha256') : null;
    this.#shared = shared;
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
    for (const [offset, piece] of this.#ahead) this.#let(offset, piece);
  }

  /** Hex; null when bytes are missing, or passed twice. To be asked once, when nothing follows. */
  sha256(): string | null {
    const hash = this.#ahead.size === 0 ? this.#hash : null;
    this.spoil();
    return hash?.digest('hex') ?? null;
  }

  #fits(offset: number, data: Buffer): boolean {
    const isRoom = this.#waiting + data.length <= WINDOW && this.#ahead.size < MOST_PIECES && !this.#ahead.has(offset);
    return isRoom && this.#shared.take(data.length);
  }

  #keep(offset: number, data: Buffer): void {
    this.#ahead.set(offset, Buffer.from(data));
    this.#waiting += data.length;
  }

  #take(hash: Hash, data: Buffer): void {
    hash.update(data);
    this.#next += data.length;
    for (let next = this.#ahead.get(this.#next); next !== undefined; next = this.#ahead.get(this.#next)) {
      this.#let(this.#next, next);
      hash.update(next);
      this.#next += next.length;
    }
  }

  #let(offset: number, piece: Buffer): void {
    this.#ahead.delete(offset);
    this.#waiting -= piece.length;
    this.#shared.give(piece.length);
  }
}
