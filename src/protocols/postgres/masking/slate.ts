/** Bytes that are kept between chunks: more than a busy socket gives at once. */
const KEPT = 1_048_576;
const LEAST = 65_536;

/**
 * Memory that the rewritten rows of one chunk stand in. `wipe` it when the bytes of the chunk before have left this
 * process, and are on record.
 */
export class Slate {
  #memory: Buffer = EMPTY;
  #used = 0;

  /** From now on everything that was handed out may be overwritten. */
  wipe(): void {
    if (this.#memory.length > KEPT) this.#memory = EMPTY;
    this.#used = 0;
  }

  /** Room for at least so many bytes, which nobody else has. It stays free until a part is `claimed`. */
  room(least: number): Buffer {
    if (this.#memory.length - this.#used < least) {
      this.#memory = Buffer.allocUnsafeSlow(Math.max(least, LEAST));
      this.#used = 0;
    }
    return this.#memory.subarray(this.#used);
  }

  /** The first bytes of the room that was given last are in use. */
  claim(length: number): void {
    this.#used += length;
  }
}

const EMPTY = Buffer.alloc(0);
