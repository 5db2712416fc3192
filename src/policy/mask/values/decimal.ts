/*
 * A decimal number that is read from one form of a number and written in another, digit by digit, without rounding.
 *
 * Binary numeric: uint16 groups, int16 weight (of the first group, in groups), uint16 sign, uint16 scale (digits behind
 * the point), then groups of four digits. int2, int4 and int8 are big-endian.
 */

/** Digits of the longest number that is read. */
export const LONGEST_NUMBER = 400;
/** Digits of a group of binary numeric. */
const GROUP = 4;
const NUMERIC_HEADER = 8;
const MINUS_SIGN = 0x4000;

/** Most bytes of such a number in binary: up to two of its groups are not full. */
export const LONGEST_NUMERIC = NUMERIC_HEADER + 2 * (LONGEST_NUMBER / GROUP + 2);

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;

export class Decimal {
  readonly digits = new Uint8Array(LONGEST_NUMBER + 2 * GROUP);
  negative = false;
  /** How many digits there are, and how many of them stand before the point: at least one. */
  count = 0;
  whole = 0;

  /** A number as PostgreSQL prints it. False for anything else, such as NaN, and for what is too long. */
  readText(source: Buffer, start: number, length: number): boolean {
    const end = start + length;
    this.negative = source[start] === MINUS && length > 0;
    this.count = 0;
    this.whole = -1;
    for (let at = start + (this.negative ? 1 : 0); at < end; at += 1) {
      const byte = source[at] ?? 0;
      if (byte === POINT && this.whole < 0 && this.count > 0) this.whole = this.count;
      else if (!this.#push(byte - ZERO)) return false;
    }
    // Behind a point there is something.
    if (this.whole === this.count) return false;
    if (this.whole < 0) this.whole = this.count;
    return this.count > 0;
  }

  #push(digit: number): boolean {
    if (digit < 0 || digit > 9 || this.count >= LONGEST_NUMBER) return false;
    this.digits[this.count] = digit;
    this.count += 1;
    return true;
  }

  /** An integer of 2, 4 or 8 bytes. */
  readInteger(source: Buffer, start: number, width: number): void {
    if (width === 8) this.setInteger(source.readBigInt64BE(start));
    else this.setInteger(width === 4 ? source.readInt32BE(start) : source.readInt16BE(start));
  }

  setInteger(value: number | bigint): void {
    this.negative = value < 0;
    this.count = 0;
    if (typeof value === 'bigint' && (value > Number.MAX_SAFE_INTEGER || value < -Number.MAX_SAFE_INTEGER)) {
      for (const digit of String(value < 0n ? -value : value)) this.#push(digit.charCodeAt(0) - ZERO);
    } else this.#spell(Math.abs(Number(value)));
    this.whole = this.count;
  }

  #spell(value: number): void {
    let digits = 1;
    for (let power = 10; power <= value; power *= 10) digits += 1;
    this.count = digits;
    let rest = value;
    for (let index = digits - 1; index >= 0; index -= 1) {
      const next = Math.floor(rest / 10);
      this.digits[index] = rest - next * 10;
      rest = next;
    }
  }

  /** Binary numeric. False for NaN, the infinities, what is malformed, and what is too long. */
  readNumeric(source: Buffer, start: number, length: number): boolean {
    if (length < NUMERIC_HEADER) return false;
    const groups = source.readUInt16BE(start);
    const weight = source.readInt16BE(start + 2);
    const sign = source.readUInt16BE(start + 4);
    const scale = source.readUInt16BE(start + 6);
    if (length !== NUMERIC_HEADER + 2 * groups || (sign !== 0 && sign !== MINUS_SIGN)) return false;
    if ((Math.max(weight, 0) + 1) * GROUP + scale > LONGEST_NUMBER) return false;
    this.negative = sign === MINUS_SIGN;
    this.count = 0;
    const group = (index: number): number =>
      index >= 0 && index < groups ? source.readUInt16BE(start + NUMERIC_HEADER + 2 * index) : 0;
    for (let index = 0; index <= weight; index += 1) if (!this.#pushGroup(group(index), GROUP, true)) return false;
    if (this.count === 0) this.#push(0);
    this.whole = this.count;
    // The first group behind the point has the weight −1.
    for (let left = scale, index = weight + 1; left > 0; left -= GROUP, index += 1) {
      if (!this.#pushGroup(group(index), Math.min(left, GROUP), false)) return false;
    }
    return true;
  }

  /** The first digits of a group. `leading`: zeros before the number's first digit are left out. */
  #pushGroup(group: number, count: number, leading: boolean): boolean {
    if (group > 9999) return false;
    let power = 1000;
    for (let index = 0; index < count; index += 1) {
      const digit = Math.floor(group / power) % 10;
      power /= 10;
      if (leading && digit === 0 && this.count === 0) continue;
      if (!this.#push(digit)) return false;
    }
    return true;
  }

  writeText(target: Buffer, at: number): number {
    let to = at;
    if (this.negative) target[to++] = MINUS;
    for (let index = 0; index < this.count; index += 1) {
      if (index === this.whole) target[to++] = POINT;
      target[to++] = ZERO + (this.digits[index] ?? 0);
    }
    return to - at;
  }

  /** An integer of so many bytes, which it must fit. */
  writeInteger(target: Buffer, at: number, width: number): number {
    if (width < 8) {
      let value = 0;
      for (let index = 0; index < this.whole; index += 1) value = value * 10 + (this.digits[index] ?? 0);
      target.writeIntBE(this.negative ? -value : value, at, width);
      return width;
    }
    let value = 0n;
    for (let index = 0; index < this.whole; index += 1) value = value * 10n + BigInt(this.digits[index] ?? 0);
    target.writeBigInt64BE(this.negative ? -value : value, at);
    return width;
  }

  writeNumeric(target: Buffer, at: number): number {
    const before = Math.ceil(this.whole / GROUP);
    const behind = Math.ceil((this.count - this.whole) / GROUP);
    let first = -before;
    let last = behind;
    while (first < last && this.#group(first) === 0) first += 1;
    while (last > first && this.#group(last - 1) === 0) last -= 1;
    target.writeUInt16BE(last - first, at);
    // Of nothing, 0 is as good as any.
    target.writeInt16BE(first === last ? 0 : -first - 1, at + 2);
    target.writeUInt16BE(this.negative && first < last ? MINUS_SIGN : 0, at + 4);
    target.writeUInt16BE(this.count - this.whole, at + 6);
    for (let index = first; index < last; index += 1) {
      target.writeUInt16BE(this.#group(index), at + NUMERIC_HEADER + 2 * (index - first));
    }
    return NUMERIC_HEADER + 2 * (last - first);
  }

  /** Four digits; group 0 is the first behind the point. */
  #group(index: number): number {
    let value = 0;
    for (let offset = 0; offset < GROUP; offset += 1) {
      const place = this.whole + index * GROUP + offset;
      value = value * 10 + (place >= 0 && place < this.count ? (this.digits[place] ?? 0) : 0);
    }
    return value;
  }
}
