import { type CellMask, NULL_LENGTH } from '../../../core/mask.ts';

/** Every cell is NULL. */
export const NOTHING: CellMask = { bound: () => 0, write: () => NULL_LENGTH };

/** Puts the same bytes in the place of every cell; NULL stays NULL. */
export class Fixed implements CellMask {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  bound(length: number): number {
    return length < 0 ? 0 : this.#bytes.length;
  }

  write(_source: Buffer, _start: number, length: number, target: Buffer, at: number): number {
    return length < 0 ? NULL_LENGTH : put(this.#bytes, target, at);
  }
}

/** Puts the same bytes in the place of every cell, NULL or not. */
export class Withheld implements CellMask {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  bound(): number {
    return this.#bytes.length;
  }

  write(_source: Buffer, _start: number, _length: number, target: Buffer, at: number): number {
    return put(this.#bytes, target, at);
  }
}

/** Copies a few bytes; for so few, a loop is several times faster than a call. */
export function put(bytes: Buffer, target: Buffer, at: number): number {
  const { length } = bytes;
  for (let index = 0; index < length; index += 1) target[at + index] = bytes[index] ?? 0;
  return length;
}
