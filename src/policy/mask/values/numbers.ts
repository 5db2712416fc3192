import { type CellMask, NULL_LENGTH } from '../../../core/mask.ts';
import { put } from './cell.ts';
import { Decimal, LONGEST_NUMERIC } from './decimal.ts';
import { Hmac } from './hmac.ts';
import { Permutation } from './permutation.ts';
import type { Constant } from './constants.ts';

/** A type of numbers: how wide it is, and how far it reaches. */
export interface NumberType {
  /** Bytes of the binary form; 0 when it has any number of them. */
  readonly width: 0 | 2 | 4 | 8;
  /** Digits of the largest value, and of the smallest; null when there is none. */
  readonly largest: string | null;
  readonly smallest: string | null;
}

export const INT2: NumberType = { width: 2, largest: '32767', smallest: '32768' };
export const INT4: NumberType = { width: 4, largest: '2147483647', smallest: '2147483648' };
export const INT8: NumberType = { width: 8, largest: '9223372036854775807', smallest: '9223372036854775808' };
export const NUMERIC: NumberType = { width: 0, largest: null, smallest: null };

/** Bytes of the longest int8 as text. */
const LONGEST_INTEGER = 20;

/** Reads a number in either format, makes another of it, and writes that in the same format. What is none becomes 0. */
abstract class NumberMask implements CellMask {
  protected readonly type: NumberType;
  protected readonly decimal = new Decimal();
  readonly #binary: boolean;
  readonly #redacted: Buffer;

  constructor(type: NumberType, format: 'text' | 'binary', redacted: Constant) {
    this.type = type;
    this.#binary = format === 'binary';
    this.#redacted = redacted[format];
  }

  /** Makes another number of the same type of it; false when that cannot be. */
  protected abstract replace(): boolean;

  bound(length: number): number {
    if (length < 0) return 0;
    if (this.#binary) return this.type.width === 0 ? LONGEST_NUMERIC : this.type.width;
    return Math.max(length, LONGEST_INTEGER);
  }

  write(source: Buffer, start: number, length: number, target: Buffer, at: number): number {
    if (length < 0) return NULL_LENGTH;
    const { decimal } = this;
    if (!this.#read(source, start, length) || !this.replace()) return put(this.#redacted, target, at);
    if (!this.#binary) return decimal.writeText(target, at);
    return this.type.width === 0 ? decimal.writeNumeric(target, at) : decimal.writeInteger(target, at, this.type.width);
  }

  #read(source: Buffer, start: number, length: number): boolean {
    const { decimal, type } = this;
    if (!this.#binary) {
      if (!decimal.readText(source, start, length)) return false;
      return type.width === 0 || (decimal.whole === decimal.count && this.fits());
    }
    if (type.width === 0) return decimal.readNumeric(source, start, length);
    if (length === type.width) decimal.readInteger(source, start, type.width);
    return length === type.width;
  }

  /** The number is within the type's range. */
  protected fits(): boolean {
    const { decimal, type } = this;
    const limit = decimal.negative ? type.smallest : type.largest;
    if (limit === null || decimal.count < limit.length) return true;
    if (decimal.count > limit.length) return false;
    for (let index = 0; index < limit.length; index += 1) {
      const difference = (decimal.digits[index] ?? 0) - digitOf(limit, index);
      if (difference !== 0) return difference < 0;
    }
    return true;
  }
}

const digitOf = (digits: string, index: number): number => digits.charCodeAt(index) - 0x30;

/** A keyed pseudo-random number that is not negative: the same for numbers that are equal, however they are written. */
export class NumberHash extends NumberMask {
  readonly #hmac: Hmac;

  constructor(key: Uint8Array, type: NumberType, format: 'text' | 'binary', redacted: Constant) {
    super(type, format, redacted);
    this.#hmac = new Hmac(key, 'hash of a number');
  }

  protected override replace(): boolean {
    const { decimal } = this;
    let end = decimal.count;
    while (end > decimal.whole && decimal.digits[end - 1] === 0) end -= 1;
    this.#hmac.byte(decimal.negative ? 1 : 0);
    this.#hmac.word(decimal.whole);
    this.#hmac.bytes(decimal.digits, 0, end);
    this.#hmac.end();
    decimal.setInteger(this.#number());
    return true;
  }

  #number(): number | bigint {
    const high = (this.#hmac.words[0] ?? 0) >>> 0;
    const low = (this.#hmac.words[1] ?? 0) >>> 0;
    switch (this.type.width) {
      case 2:
        return high & 0x7fff;
      case 4:
        return high & 0x7fffffff;
      case 8:
        return (BigInt(high & 0x7fffffff) << 32n) | BigInt(low);
      case 0:
        return (high & 0x1fffff) * 2 ** 32 + low;
    }
  }
}

/**
 * Another number with the same sign and the same number of digits before and behind the point; numbers that differ stay
 * different. A number that is too long to be read becomes 0.
 */
export class NumberToken extends NumberMask {
  readonly #permutation: Permutation;

  constructor(key: Uint8Array, type: NumberType, format: 'text' | 'binary', redacted: Constant) {
    super(type, format, redacted);
    this.#permutation = new Permutation(key, 'token of a number');
  }

  protected override replace(): boolean {
    const { decimal } = this;
    const permutation = this.#permutation;
    const lowest = this.#lowest();
    const highest = this.#highest();
    // No number is printed with a zero in front.
    if (lowest > (decimal.digits[0] ?? 0)) return false;
    // A zero in front of the point has to stay where a sign stands.
    const first = decimal.negative && decimal.digits[0] === 0 ? 1 : 0;
    permutation.clear();
    for (let index = first; index < decimal.count; index += 1) {
      const digit = decimal.digits[index] ?? 0;
      if (index === 0) permutation.add(digit - lowest, highest - lowest + 1);
      else permutation.add(digit, 10);
    }
    permutation.fix((decimal.negative ? 2 : 0) + first);
    permutation.fix(highest);
    permutation.fix(decimal.whole >> 8);
    permutation.fix(decimal.whole);
    permutation.fix(decimal.count >> 8);
    permutation.fix(decimal.count);
    permutation.seal();
    // The server prints no zero with a sign.
    if (this.#isMinusZero()) return false;
    // From what is no such number it goes on: a permutation leads back at the latest to the number itself.
    do {
      permutation.permute();
      for (let index = first; index < decimal.count; index += 1) {
        decimal.digits[index] = permutation.at(index - first) + (index === 0 ? lowest : 0);
      }
    } while (!this.fits() || this.#isMinusZero());
    return true;
  }

  #isMinusZero(): boolean {
    const { decimal } = this;
    if (!decimal.negative) return false;
    for (let index = 0; index < decimal.count; index += 1) if (decimal.digits[index] !== 0) return false;
    return true;
  }

  /** Least first digit that keeps the number of digits, and the sign. */
  #lowest(): number {
    const { whole, negative, digits } = this.decimal;
    return whole > 1 || (negative && digits[0] !== 0) ? 1 : 0;
  }

  /** Greatest first digit that the type has with so many digits. */
  #highest(): number {
    const { largest } = this.type;
    return largest !== null && this.decimal.count === largest.length ? digitOf(largest, 0) : 9;
  }
}
