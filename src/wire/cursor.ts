/**
 * Reads a byte string from front to back and never past its end. A read that would is remembered: every later one
 * gives an empty value, and `intact` is false. A decoder reads all it wants and looks once.
 */
export class Cursor {
  readonly #bytes: Buffer;
  #position: number;
  #intact = true;

  constructor(bytes: Buffer, position = 0) {
    this.#bytes = bytes;
    this.#position = position;
  }

  /** True when no read went past the end. */
  get intact(): boolean {
    return this.#intact;
  }

  /** True when everything was read, and nothing more. */
  get finished(): boolean {
    return this.#intact && this.#position === this.#bytes.length;
  }

  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  #take(length: number): number | null {
    if (!this.#intact || length < 0 || length > this.remaining) {
      this.#intact = false;
      return null;
    }
    const start = this.#position;
    this.#position += length;
    return start;
  }

  uint8(): number {
    const start = this.#take(1);
    return start === null ? 0 : this.#bytes.readUInt8(start);
  }

  int16(): number {
    const start = this.#take(2);
    return start === null ? 0 : this.#bytes.readInt16BE(start);
  }

  uint16(): number {
    const start = this.#take(2);
    return start === null ? 0 : this.#bytes.readUInt16BE(start);
  }

  int32(): number {
    const start = this.#take(4);
    return start === null ? 0 : this.#bytes.readInt32BE(start);
  }

  uint32(): number {
    const start = this.#take(4);
    return start === null ? 0 : this.#bytes.readUInt32BE(start);
  }

  /** A view, not a copy. */
  bytes(length: number): Buffer {
    const start = this.#take(length);
    return start === null ? EMPTY : this.#bytes.subarray(start, start + length);
  }

  /** The bytes before the next NUL, which is consumed. */
  terminated(): Buffer {
    const end = this.#intact ? this.#bytes.indexOf(0, this.#position) : -1;
    if (end < 0) {
      this.#intact = false;
      return EMPTY;
    }
    const start = this.#position;
    this.#position = end + 1;
    return this.#bytes.subarray(start, end);
  }
}

const EMPTY = Buffer.alloc(0);
