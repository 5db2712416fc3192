import { type CellMask, NULL_LENGTH } from '../../../core/mask.ts';
import { put } from './cell.ts';
import type { Constant } from './constants.ts';
import { HEX, nibbleOf } from './digest.ts';
import { Hmac } from './hmac.ts';
import { Permutation } from './permutation.ts';

const BYTES = 16;
const TEXT = 36;
const NIBBLES = 32;
const DASH = 0x2d;
/** The digits that tell the version and the variant (RFC 9562). */
const VERSION = 12;
const VARIANT = 16;

const isDash = (place: number): boolean => place === 8 || place === 13 || place === 18 || place === 23;

/** Reads a UUID in either format, makes another of it, and writes that in the same format. What is none becomes zeros. */
abstract class UuidMask implements CellMask {
  protected readonly nibbles = new Uint8Array(NIBBLES);
  readonly #binary: boolean;
  readonly #redacted: Buffer;

  constructor(format: 'text' | 'binary', redacted: Constant) {
    this.#binary = format === 'binary';
    this.#redacted = redacted[format];
  }

  protected abstract replace(): void;

  bound(length: number): number {
    if (length < 0) return 0;
    return this.#binary ? BYTES : TEXT;
  }

  write(source: Buffer, start: number, length: number, target: Buffer, at: number): number {
    if (length < 0) return NULL_LENGTH;
    const read = this.#binary ? this.#readBinary(source, start, length) : this.#readText(source, start, length);
    if (!read) return put(this.#redacted, target, at);
    this.replace();
    return this.#binary ? this.#putBinary(target, at) : this.#putText(target, at);
  }

  #readBinary(source: Buffer, start: number, length: number): boolean {
    for (let index = 0; index < NIBBLES; index += 1) {
      const byte = source[start + (index >> 1)] ?? 0;
      this.nibbles[index] = index % 2 === 0 ? byte >> 4 : byte & 15;
    }
    return length === BYTES;
  }

  #readText(source: Buffer, start: number, length: number): boolean {
    if (length !== TEXT) return false;
    let index = 0;
    for (let place = 0; place < TEXT; place += 1) {
      const byte = source[start + place] ?? 0;
      if (isDash(place)) {
        if (byte !== DASH) return false;
        continue;
      }
      const nibble = nibbleOf(byte);
      if (nibble < 0) return false;
      this.nibbles[index] = nibble;
      index += 1;
    }
    return true;
  }

  #putBinary(target: Buffer, at: number): number {
    for (let index = 0; index < BYTES; index += 1) {
      target[at + index] = ((this.nibbles[2 * index] ?? 0) << 4) | (this.nibbles[2 * index + 1] ?? 0);
    }
    return BYTES;
  }

  #putText(target: Buffer, at: number): number {
    let index = 0;
    for (let place = 0; place < TEXT; place += 1) {
      target[at + place] = isDash(place) ? DASH : (HEX[this.nibbles[index++] ?? 0] ?? 0);
    }
    return TEXT;
  }
}

/** A UUID of version 4, which says that it is random, made of a digest. */
export class UuidHash extends UuidMask {
  readonly #hmac: Hmac;

  constructor(key: Uint8Array, format: 'text' | 'binary', redacted: Constant) {
    super(format, redacted);
    this.#hmac = new Hmac(key, 'hash of a uuid');
  }

  protected override replace(): void {
    this.#hmac.bytes(this.nibbles, 0, NIBBLES);
    this.#hmac.end();
    for (let index = 0; index < NIBBLES; index += 1) {
      this.nibbles[index] = ((this.#hmac.words[index >> 3] ?? 0) >>> (28 - 4 * (index & 7))) & 15;
    }
    this.nibbles[VERSION] = 4;
    this.nibbles[VARIANT] = 8 | ((this.nibbles[VARIANT] ?? 0) & 3);
  }
}

/** Another UUID of the same version and variant; different ones stay different. */
export class UuidToken extends UuidMask {
  readonly #permutation: Permutation;

  constructor(key: Uint8Array, format: 'text' | 'binary', redacted: Constant) {
    super(format, redacted);
    this.#permutation = new Permutation(key, 'token of a uuid');
  }

  protected override replace(): void {
    const permutation = this.#permutation;
    permutation.clear();
    for (let index = 0; index < NIBBLES; index += 1) {
      const nibble = this.nibbles[index] ?? 0;
      if (index === VERSION || index === VARIANT) permutation.fix(nibble);
      else permutation.add(nibble, 16);
    }
    permutation.seal();
    permutation.permute();
    let symbol = 0;
    for (let index = 0; index < NIBBLES; index += 1) {
      if (index === VERSION || index === VARIANT) continue;
      this.nibbles[index] = permutation.at(symbol);
      symbol += 1;
    }
  }
}
