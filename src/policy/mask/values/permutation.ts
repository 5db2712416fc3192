import { Hmac } from './hmac.ts';

/** As many as FF1 (NIST SP 800-38G) has. */
const ROUNDS = 10;
/** Words of the outcome that stand for the shape in each round: 128 bits. */
const SHAPE_WORDS = 4;
/** Tells the expansion of a round's outcome from the rounds themselves. */
const EXPANSION = 0xff;

/** Symbols of the longest sequence. */
export const MOST_SYMBOLS = 4096;

/** The sequence at hand, which is never of more than one permutation at a time: what was added, then what it became. */
const SYMBOLS = new Int32Array(MOST_SYMBOLS);
const RADICES = new Int32Array(MOST_SYMBOLS);

/**
 * A keyed permutation of sequences of symbols, each from an alphabet of its own size: a Feistel network that adds, symbol
 * by symbol, what a pseudo-random function makes of one half to the other half. Sequences of one shape are mapped one
 * to one onto sequences of that shape; which permutation it is depends on the key and the shape.
 *
 * Few symbols make a small world: one symbol is only shifted, and whoever sees enough pairs of a two-symbol shape
 * knows all of them.
 */
export class Permutation {
  readonly #hmac: Hmac;
  readonly #shape = new Int32Array(SHAPE_WORDS);
  readonly #seed = new Int32Array(8);
  #count = 0;

  /** `purpose` keeps what different kinds of values become apart. */
  constructor(key: Uint8Array, purpose: string) {
    this.#hmac = new Hmac(key, purpose);
  }

  /** Begins another sequence. */
  clear(): void {
    this.#count = 0;
  }

  get count(): number {
    return this.#count;
  }

  /** `radix`: size of the symbol's alphabet, at most 65536. What cannot change is given to `fix`. */
  add(symbol: number, radix: number): void {
    SYMBOLS[this.#count] = symbol;
    RADICES[this.#count] = radix;
    this.#count += 1;
  }

  /** Something of the shape that sizes of alphabets do not tell. To be called before `permute`, in order. */
  fix(word: number): void {
    this.#hmac.word(word);
  }

  at(index: number): number {
    return SYMBOLS[index] ?? 0;
  }

  /** Takes in the shape: once for each sequence, before the first `permute`. */
  seal(): void {
    for (let index = 0; index < this.#count; index += 1) this.#hmac.word(RADICES[index] ?? 0);
    this.#hmac.end();
    for (let index = 0; index < SHAPE_WORDS; index += 1) this.#shape[index] = this.#hmac.words[index] ?? 0;
  }

  /** Permutes the sequence, again and again if called again. */
  permute(): void {
    const half = this.#count >> 1;
    for (let round = 0; round < ROUNDS; round += 1) {
      if (round % 2 === 0) this.#mix(round, 0, half, this.#count);
      else this.#mix(round, half, this.#count, half);
    }
  }

  /**
   * Adds what is made of one half to the other: of the symbols from 0 to `half` to those behind, in even rounds, and the
   * other way around.
   */
  #mix(round: number, from: number, to: number, end: number): void {
    const [first, last] = from === 0 ? [to, end] : [0, end];
    if (first === last) return;
    const hmac = this.#hmac;
    hmac.byte(round);
    for (let index = 0; index < SHAPE_WORDS; index += 1) hmac.word(this.#shape[index] ?? 0);
    for (let index = from; index < to; index += 1) {
      const symbol = SYMBOLS[index] ?? 0;
      hmac.byte(symbol >>> 8);
      hmac.byte(symbol);
    }
    hmac.end();
    if (last - first > 8) this.#seed.set(hmac.words);
    for (let index = first; index < last; index += 1) {
      const word = (index - first) % 8;
      if (word === 0 && index > first) this.#expand(index - first);
      const radix = RADICES[index] ?? 1;
      SYMBOLS[index] = ((SYMBOLS[index] ?? 0) + ((hmac.words[word] ?? 0) >>> 0)) % radix;
    }
  }

  /** Eight more words of what the round's function gave. */
  #expand(counter: number): void {
    this.#hmac.byte(EXPANSION);
    for (let index = 0; index < 8; index += 1) this.#hmac.word(this.#seed[index] ?? 0);
    this.#hmac.word(counter);
    this.#hmac.end();
  }
}
