import { type CellMask, NULL_LENGTH } from '../../../core/mask.ts';
import { put } from './cell.ts';
import type { Constant } from './constants.ts';
import { nibbleOf, putHex } from './digest.ts';
import { Hmac } from './hmac.ts';

const WORDS = 8;
const PREFIX = Buffer.from('\\x');

/**
 * HMAC-SHA-256 over the bytes themselves: 32 bytes. As text they are read and written in hexadecimal; text in the
 * `escape` style (setting `bytea_output`) becomes empty.
 */
export class ByteaHash implements CellMask {
  readonly #hmac: Hmac;
  readonly #binary: boolean;
  readonly #redacted: Buffer;

  constructor(key: Uint8Array, format: 'text' | 'binary', redacted: Constant) {
    this.#hmac = new Hmac(key, 'hash of bytes');
    this.#binary = format === 'binary';
    this.#redacted = redacted[format];
  }

  bound(length: number): number {
    if (length < 0) return 0;
    return this.#binary ? WORDS * 4 : PREFIX.length + WORDS * 8;
  }

  write(source: Buffer, start: number, length: number, target: Buffer, at: number): number {
    if (length < 0) return NULL_LENGTH;
    if (this.#binary) this.#hmac.bytes(source, start, start + length);
    const read = this.#binary || this.#feed(source, start, length);
    this.#hmac.end();
    if (!read) return put(this.#redacted, target, at);
    if (this.#binary) return putWords(this.#hmac.words, target, at);
    return put(PREFIX, target, at) + putHex(this.#hmac.words, WORDS, target, at + PREFIX.length);
  }

  #feed(source: Buffer, start: number, length: number): boolean {
    if (length % 2 !== 0 || source[start] !== PREFIX[0] || source[start + 1] !== PREFIX[1] || length < 2) return false;
    for (let at = start + 2; at < start + length; at += 2) {
      const high = nibbleOf(source[at] ?? 0);
      const low = nibbleOf(source[at + 1] ?? 0);
      if (high < 0 || low < 0) return false;
      this.#hmac.byte((high << 4) | low);
    }
    return true;
  }
}

function putWords(words: Int32Array, target: Buffer, at: number): number {
  for (let index = 0; index < WORDS; index += 1) target.writeInt32BE(words[index] ?? 0, at + 4 * index);
  return WORDS * 4;
}
