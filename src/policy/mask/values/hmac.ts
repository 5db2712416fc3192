import { createHmac } from 'node:crypto';
import { compress, INITIAL } from './sha256.ts';

/*
 * HMAC (RFC 2104) over SHA-256. The key's two blocks are compressed once; after that a short message costs two
 * compressions and allocates nothing, where a call into node:crypto costs several times as much per cell.
 */

const BLOCK = 64;
/** A message's last block has room for so many bytes beside the 0x80 and the length. */
export const LAST = 55;
/** Bits of the key's block, which count as part of the message. */
const KEY_BITS = BLOCK * 8;

/** A keyed pseudo-random function. Feed it between `begin` and `end`; `words` holds the outcome until the next `end`. */
export class Hmac {
  /** The last outcome, as eight 32-bit words. */
  readonly words = new Int32Array(8);
  readonly #inner = new Int32Array(8);
  readonly #outer = new Int32Array(8);
  readonly #state = new Int32Array(8);
  readonly #block = new Uint8Array(BLOCK);
  #filled = 0;
  #length = 0;

  /** `key` is shared by many; `purpose` makes one of its own of it. */
  constructor(key: Uint8Array, purpose: string) {
    const own = createHmac('sha256', key).update(purpose).digest();
    this.#absorbKey(own, 0x36, this.#inner);
    this.#absorbKey(own, 0x5c, this.#outer);
    this.begin();
  }

  #absorbKey(key: Uint8Array, pad: number, state: Int32Array): void {
    for (let index = 0; index < BLOCK; index += 1) this.#block[index] = (key[index] ?? 0) ^ pad;
    state.set(INITIAL);
    compress(state, this.#block, 0);
  }

  begin(): void {
    this.#state.set(this.#inner);
    this.#filled = 0;
    this.#length = 0;
  }

  byte(value: number): void {
    this.#block[this.#filled] = value;
    this.#filled += 1;
    this.#length += 1;
    if (this.#filled === BLOCK) this.#full();
  }

  /** The lower 32 bits, the highest byte first. */
  word(value: number): void {
    this.byte(value >>> 24);
    this.byte(value >>> 16);
    this.byte(value >>> 8);
    this.byte(value);
  }

  bytes(source: Uint8Array, start: number, end: number): void {
    let position = start;
    while (this.#filled > 0 && position < end) {
      this.byte(source[position] ?? 0);
      position += 1;
    }
    for (; position + BLOCK <= end; position += BLOCK) {
      compress(this.#state, source, position);
      this.#length += BLOCK;
    }
    for (; position < end; position += 1) this.byte(source[position] ?? 0);
  }

  end(): void {
    const bits = this.#length * 8 + KEY_BITS;
    this.#pad(this.#state, bits);
    for (let index = 0; index < 8; index += 1) put(this.#block, index * 4, this.#state[index] ?? 0);
    this.#filled = 32;
    this.words.set(this.#outer);
    this.#pad(this.words, 32 * 8 + KEY_BITS);
    this.begin();
  }

  /**
   * Ends a message of at most `LAST` bytes, for half the price of `end`: the inner hash alone, which is one compression of
   * one block under the key. It is as good as long as nothing else is ever done under the same purpose: it is the outer
   * hash that makes messages of different lengths safe.
   */
  endShort(): void {
    this.words.set(this.#state);
    this.#pad(this.words, this.#length * 8 + KEY_BITS);
    this.begin();
  }

  #full(): void {
    compress(this.#state, this.#block, 0);
    this.#filled = 0;
  }

  /** Closes what stands in the block as the end of a message of so many bits. */
  #pad(state: Int32Array, bits: number): void {
    const block = this.#block;
    block[this.#filled] = 0x80;
    block.fill(0, this.#filled + 1);
    if (this.#filled > LAST) {
      compress(state, block, 0);
      block.fill(0);
    }
    put(block, BLOCK - 8, Math.floor(bits / 2 ** 32));
    put(block, BLOCK - 4, bits);
    compress(state, block, 0);
  }
}

/** Writes a 32-bit word, the highest byte first. */
function put(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}
