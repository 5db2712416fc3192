import { type CellMask, NULL_LENGTH } from '../../../core/mask.ts';
import { alphabetOf, codeOf, sizeOf, symbolOf } from './alphabets.ts';
import { put } from './cell.ts';
import type { Digest } from './digest.ts';
import { BLANK, unpadded } from './padding.ts';
import { MOST_SYMBOLS, Permutation } from './permutation.ts';
import { byteLength, codePoint, countCodePoints, putCodePoint } from './utf8.ts';

/*
 * Masks of text that depend on the text. Text and binary format are the same bytes. Blanks at the end of `char(n)` are
 * padding: they are no part of the value, and are put back. What is not valid UTF-8 is redacted.
 */

/** What the masks of text have in common: NULL, padding, and the constant for what cannot be masked otherwise. */
abstract class TextMask implements CellMask {
  readonly #redacted: Buffer;
  readonly #padded: boolean;

  /** `padded`: blanks at the end mean nothing. */
  constructor(redacted: Buffer, padded: boolean) {
    this.#redacted = redacted;
    this.#padded = padded;
  }

  bound(length: number): number {
    return length < 0 ? 0 : Math.max(this.most(length), this.#redacted.length);
  }

  /** Most bytes of what is shown of a value of this length. */
  protected most(length: number): number {
    return length;
  }

  /** What is shown of a value; −1 when that cannot be said, and nothing was written. */
  protected abstract shown(source: Buffer, start: number, end: number, target: Buffer, at: number): number;

  write(source: Buffer, start: number, length: number, target: Buffer, at: number): number {
    if (length < 0) return NULL_LENGTH;
    const end = this.#padded ? unpadded(source, start, start + length) : start + length;
    const padding = start + length - end;
    const written = this.shown(source, start, end, target, at);
    if (written < 0) return put(this.#redacted, target, at);
    if (padding === 0 || written + padding > length) return written;
    target.fill(BLANK, at + written, at + written + padding);
    return written + padding;
  }
}

/** Keeps the last code points, and never more than half of them; the others become asterisks. */
export class KeepLast extends TextMask {
  readonly #most: number;

  constructor(most: number, redacted: Buffer, padded: boolean) {
    super(redacted, padded);
    this.#most = most;
  }

  protected override shown(source: Buffer, start: number, end: number, target: Buffer, at: number): number {
    const count = countCodePoints(source, start, end);
    if (count < 0) return -1;
    const kept = Math.min(this.#most, count >> 1);
    let tail = end;
    for (let left = kept; left > 0; left -= 1) {
      do tail -= 1;
      while (((source[tail] ?? 0) & 0xc0) === 0x80);
    }
    const hidden = count - kept;
    // The tail first: it lies behind the asterisks, or where they are.
    if (source === target) target.copyWithin(at + hidden, tail, end);
    else source.copy(target, at + hidden, tail, end);
    target.fill(ASTERISK, at, at + hidden);
    return hidden + end - tail;
  }
}

const ASTERISK = 0x2a;
const AT = 0x40;
/** RFC 1035. */
const LONGEST_DOMAIN = 253;
const HIDDEN_NAME = Buffer.from('***');

/** Keeps the domain of an e-mail address; what is no plain address is redacted. */
export class KeepDomain extends TextMask {
  protected override most(length: number): number {
    // A name of one character becomes three.
    return length + HIDDEN_NAME.length - 1;
  }

  protected override shown(source: Buffer, start: number, end: number, target: Buffer, at: number): number {
    const sign = source.indexOf(AT, start);
    if (sign <= start || sign >= end - 1 || end - sign - 1 > LONGEST_DOMAIN) return -1;
    for (let index = start; index < sign; index += 1) if (!isNamePart(source[index] ?? 0)) return -1;
    for (let index = sign + 1; index < end; index += 1) if (!isDomainPart(source[index] ?? 0)) return -1;
    if (countCodePoints(source, start, end) < 0) return -1;
    const { length } = HIDDEN_NAME;
    if (source === target) target.copyWithin(at + length, sign, end);
    else source.copy(target, at + length, sign, end);
    put(HIDDEN_NAME, target, at);
    return length + end - sign;
  }
}

/** No blanks, no quotes, no second `@`. */
function isNamePart(byte: number): boolean {
  return byte > BLANK && byte !== 0x22 && byte !== AT && byte !== 0x7f;
}

/** Letters, digits, `-` and `.`, and whatever is not ASCII. */
function isDomainPart(byte: number): boolean {
  const letter = byte | 0x20;
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (letter >= 0x61 && letter <= 0x7a) ||
    byte >= 0x80 ||
    byte === 0x2d ||
    byte === 0x2e
  );
}

/** Bytes of the longest text that is permuted; what is longer is hashed. */
const LONGEST_TOKEN = MOST_SYMBOLS;
const QUESTION_MARK = 0x3f;

/** For each code point of the text at hand its alphabet; for those of none, the complement of what stands for them. */
const KINDS = new Int32Array(LONGEST_TOKEN);

/**
 * Every letter becomes another of its script and case, every digit another digit; what else is ASCII stays. Values that
 * differ stay different, but for characters that are of no known alphabet: each becomes a question mark, though what it
 * was goes into what the others become. Text without a letter or digit is redacted.
 */
export class TextToken extends TextMask {
  readonly #permutation: Permutation;
  readonly #digest: Digest;
  #length = 0;

  constructor(key: Uint8Array, digest: Digest, redacted: Buffer, padded: boolean) {
    super(redacted, padded);
    this.#permutation = new Permutation(key, 'token of text');
    this.#digest = digest;
  }

  protected override most(length: number): number {
    return Math.max(length, this.#digest.bound(length));
  }

  protected override shown(source: Buffer, start: number, end: number, target: Buffer, at: number): number {
    if (start === end) return 0;
    if (end - start > LONGEST_TOKEN) return this.#digest.write(source, start, end - start, target, at);
    const read = this.#read(source, start, end);
    this.#permutation.seal();
    if (!read || this.#permutation.count === 0) return -1;
    this.#permutation.permute();
    return this.#put(target, at);
  }

  #read(source: Buffer, start: number, end: number): boolean {
    const permutation = this.#permutation;
    permutation.clear();
    this.#length = 0;
    for (let at = start; at < end; this.#length += 1) {
      const code = codePoint(source, at, end);
      if (code < 0) return false;
      const alphabet = alphabetOf(code);
      if (alphabet >= 0) permutation.add(symbolOf(code), sizeOf(alphabet));
      const kind = alphabet >= 0 ? alphabet : ~(code < 0x80 ? code : QUESTION_MARK);
      KINDS[this.#length] = kind;
      this.#fix(alphabet, code);
      at += byteLength(code);
    }
    return true;
  }

  /** One byte for what is ASCII and stays, one for an alphabet, four for what will be a question mark. */
  #fix(alphabet: number, code: number): void {
    if (alphabet >= 0) this.#permutation.fix(0x80 | alphabet);
    else if (code < 0x80) this.#permutation.fix(code);
    else for (let shift = 24; shift >= 0; shift -= 8) this.#permutation.fix(shift === 24 ? 0xff : code >>> shift);
  }

  #put(target: Buffer, at: number): number {
    let symbol = 0;
    let to = at;
    for (let index = 0; index < this.#length; index += 1) {
      const kind = KINDS[index] ?? 0;
      if (kind < 0) {
        target[to] = ~kind;
        to += 1;
      } else {
        to += putCodePoint(codeOf(kind, this.#permutation.at(symbol)), target, to);
        symbol += 1;
      }
    }
    return to - at;
  }
}
