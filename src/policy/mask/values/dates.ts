import { type CellMask, NULL_LENGTH } from '../../../core/mask.ts';
import { put } from './cell.ts';
import type { Constant } from './constants.ts';
import { Permutation } from './permutation.ts';

/* Binary: days since 2000-01-01, int32. Text: `YYYY-MM-DD`, where DateStyle is ISO. */

const BINARY = 4;
const TEXT = 10;
const DASH = 0x2d;
const ZERO = 0x30;
const DAY = 86_400_000;
const EPOCH = Date.UTC(2000, 0, 1);
/** Days that are permuted among each other: 1900-01-01 up to 2099-12-31, by their number from the first. */
const FIRST = (Date.UTC(1900, 0, 1) - EPOCH) / DAY;
const DAYS = (Date.UTC(2100, 0, 1) - Date.UTC(1900, 0, 1)) / DAY;
/** Two symbols for a day: the rows and columns of the least square that holds them all. */
const SIDE = Math.ceil(Math.sqrt(DAYS));

/**
 * Another day between 1900 and 2099; different days stay different. Days outside, the infinities, and dates in another
 * style than ISO become 2000-01-01.
 */
export class DateToken implements CellMask {
  readonly #permutation: Permutation;
  readonly #binary: boolean;
  readonly #redacted: Buffer;

  constructor(key: Uint8Array, format: 'text' | 'binary', redacted: Constant) {
    this.#permutation = new Permutation(key, 'token of a date');
    this.#binary = format === 'binary';
    this.#redacted = redacted[format];
  }

  bound(length: number): number {
    if (length < 0) return 0;
    return this.#binary ? BINARY : TEXT;
  }

  write(source: Buffer, start: number, length: number, target: Buffer, at: number): number {
    if (length < 0) return NULL_LENGTH;
    const day = this.#binary ? readBinary(source, start, length) : readText(source, start, length);
    if (day < 0 || day >= DAYS) return put(this.#redacted, target, at);
    const other = this.#permuted(day);
    return this.#binary ? target.writeInt32BE(other + FIRST, at) - at : putText(other, target, at);
  }

  #permuted(day: number): number {
    const permutation = this.#permutation;
    permutation.clear();
    permutation.add(Math.floor(day / SIDE), SIDE);
    permutation.add(day % SIDE, SIDE);
    permutation.seal();
    let other: number;
    // What is no day is permuted again: that leads back at the latest to the day itself.
    do {
      permutation.permute();
      other = permutation.at(0) * SIDE + permutation.at(1);
    } while (other >= DAYS);
    return other;
  }
}

function readBinary(source: Buffer, start: number, length: number): number {
  return length === BINARY ? source.readInt32BE(start) - FIRST : -1;
}

/** −1 for what is no such date. */
function readText(source: Buffer, start: number, length: number): number {
  if (length !== TEXT || source[start + 4] !== DASH || source[start + 7] !== DASH) return -1;
  const year = number(source, start, 4);
  const month = number(source, start + 5, 2);
  const day = number(source, start + 8, 2);
  if (year < 1900 || year > 2099 || month < 1 || day < 1) return -1;
  const time = Date.UTC(year, month - 1, day);
  // The 30th of February is another day.
  if (new Date(time).getUTCDate() !== day || new Date(time).getUTCMonth() !== month - 1) return -1;
  return (time - EPOCH) / DAY - FIRST;
}

/** −1 when it is not all digits. */
function number(source: Buffer, start: number, length: number): number {
  let value = 0;
  for (let index = 0; index < length; index += 1) {
    const digit = (source[start + index] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function putText(day: number, target: Buffer, at: number): number {
  const date = new Date(EPOCH + (day + FIRST) * DAY);
  putNumber(date.getUTCFullYear(), 4, target, at);
  target[at + 4] = DASH;
  putNumber(date.getUTCMonth() + 1, 2, target, at + 5);
  target[at + 7] = DASH;
  putNumber(date.getUTCDate(), 2, target, at + 8);
  return TEXT;
}

function putNumber(value: number, width: number, target: Buffer, at: number): void {
  let rest = value;
  for (let index = width - 1; index >= 0; index -= 1) {
    target[at + index] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}
