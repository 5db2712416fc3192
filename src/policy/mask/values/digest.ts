import { type CellMask, NULL_LENGTH } from '../../../core/mask.ts';
import { put } from './cell.ts';
import { Hmac } from './hmac.ts';
import { unpadded } from './padding.ts';

/** 128 bits: values of any number do not collide, and what stands for them stays short. */
const WORDS = 4;

const NOTHING = Buffer.alloc(0);

/** What a digest stands in, and which bytes of a value it is made of. */
export interface DigestForm {
  /** Bytes before and behind the hexadecimal digits. */
  readonly before?: Buffer;
  readonly after?: Buffer;
  /** Bytes at the value's beginning that tell of its encoding only. */
  readonly skip?: number;
  /** Blanks at the value's end mean nothing. */
  readonly padded?: boolean;
}

/** HMAC-SHA-256 over the bytes of the text, cut to 128 bits, as 32 hexadecimal digits. */
export class Digest implements CellMask {
  readonly #hmac: Hmac;
  readonly #before: Buffer;
  readonly #after: Buffer;
  readonly #skip: number;
  readonly #padded: boolean;

  constructor(key: Uint8Array, purpose: string, form: DigestForm = {}) {
    this.#hmac = new Hmac(key, purpose);
    this.#before = form.before ?? NOTHING;
    this.#after = form.after ?? NOTHING;
    this.#skip = form.skip ?? 0;
    this.#padded = form.padded ?? false;
  }

  bound(length: number): number {
    return length < 0 ? 0 : this.#before.length + WORDS * 8 + this.#after.length;
  }

  write(source: Buffer, start: number, length: number, target: Buffer, at: number): number {
    if (length < 0) return NULL_LENGTH;
    const end = this.#padded ? unpadded(source, start, start + length) : start + length;
    this.#hmac.bytes(source, start + this.#skip, end);
    this.#hmac.end();
    let to = at + put(this.#before, target, at);
    to += putHex(this.#hmac.words, WORDS, target, to);
    to += put(this.#after, target, to);
    return to - at;
  }
}

/** Writes words as hexadecimal digits; how many bytes that were. */
export function putHex(words: Int32Array, count: number, target: Buffer, at: number): number {
  let to = at;
  for (let index = 0; index < count; index += 1) {
    const word = words[index] ?? 0;
    for (let shift = 28; shift >= 0; shift -= 4) {
      target[to] = HEX[(word >>> shift) & 15] ?? 0;
      to += 1;
    }
  }
  return to - at;
}

/** The value of a hexadecimal digit; −1 for what is none. */
export function nibbleOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

export const HEX = Buffer.from('0123456789abcdef');
