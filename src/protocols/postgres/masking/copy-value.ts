import { type CellMask, NULL_LENGTH } from '../../../core/mask.ts';

/** A value of COPY data without what quoting adds, and what is shown of it. Grows to the longest value. */
export class CopyValue {
  #plain: Buffer = Buffer.allocUnsafe(LEAST);
  #shown: Buffer = Buffer.allocUnsafe(LEAST);
  #length = 0;

  /** Begins a value of at most so many bytes. */
  begin(most: number): void {
    if (most > this.#plain.length) this.#plain = Buffer.allocUnsafe(2 * most);
    this.#length = 0;
  }

  /** The value is these bytes. */
  set(bytes: Buffer, start: number, end: number): void {
    this.begin(end - start);
    bytes.copy(this.#plain, 0, start, end);
    this.#length = end - start;
  }

  push(byte: number): void {
    this.#plain[this.#length] = byte;
    this.#length += 1;
  }

  /** What is shown of the value, or of NULL; null for NULL. Valid until the next value. */
  masked(mask: CellMask, isNull: boolean): Buffer | null {
    const length = isNull ? NULL_LENGTH : this.#length;
    const bound = mask.bound(length);
    if (bound > this.#shown.length) this.#shown = Buffer.allocUnsafe(2 * bound);
    const shown = mask.write(this.#plain, 0, length, this.#shown, 0);
    return shown < 0 ? null : this.#shown.subarray(0, shown);
  }
}

const LEAST = 256;

/** Whether these bytes are the same as all of the others. Of mostly other lengths, this is faster than a call. */
export function isSame(bytes: Buffer, start: number, end: number, as: Buffer): boolean {
  if (end - start !== as.length) return false;
  for (let index = 0; index < as.length; index += 1) if (bytes[start + index] !== as[index]) return false;
  return true;
}
