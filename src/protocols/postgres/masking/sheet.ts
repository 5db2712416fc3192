import type { Slate } from './slate.ts';

/** Below this, a loop copies faster than a call. */
const SHORT = 24;

/** Bytes that are written one behind the other onto a slate. */
export class Sheet {
  readonly #slate: Slate;
  #bytes: Buffer = EMPTY;
  #length = 0;

  constructor(slate: Slate) {
    this.#slate = slate;
  }

  /** Begins anew, for about so many bytes. */
  begin(expected: number): void {
    this.#bytes = this.#slate.room(expected);
    this.#length = 0;
  }

  /** All that was written. */
  end(): Buffer {
    const whole = this.#bytes.subarray(0, this.#length);
    this.#slate.claim(this.#length);
    this.#bytes = EMPTY;
    return whole;
  }

  /** Where the next byte goes. */
  get length(): number {
    return this.#length;
  }

  /** The memory that is written to, with room for so many bytes behind `length`; until the next call of any other method. */
  ensure(count: number): Buffer {
    const needed = this.#length + count;
    if (needed > this.#bytes.length) {
      const room = this.#slate.room(Math.max(needed, 2 * this.#bytes.length));
      this.#bytes.copy(room, 0, 0, this.#length);
      this.#bytes = room;
    }
    return this.#bytes;
  }

  /** So many of the ensured bytes were written. */
  wrote(count: number): void {
    this.#length += count;
  }

  byte(value: number): void {
    this.ensure(1)[this.#length] = value;
    this.#length += 1;
  }

  bytes(source: Buffer, start: number, end: number): void {
    const count = end - start;
    const target = this.ensure(count);
    const at = this.#length;
    if (count < SHORT) for (let index = 0; index < count; index += 1) target[at + index] = source[start + index] ?? 0;
    else target.set(new Uint8Array(source.buffer, source.byteOffset + start, count), at);
    this.#length += count;
  }

  int32At(value: number, at: number): void {
    this.#bytes.writeInt32BE(value, at);
  }
}

const EMPTY = Buffer.alloc(0);
