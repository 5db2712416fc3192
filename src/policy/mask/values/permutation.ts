import { Hmac, LAST } from './hmac.ts';

/** As many as FF1 (NIST SP 800-38G) has. */
const ROUNDS = 10;
/** Words of the outcome that stand for the shape in each round: 128 bits. */
const SHAPE_WORDS = 4;
/** Most symbols of a half that are taken in one block with the round's number and the shape: two bytes each. */
const SHORT = (LAST - 1 - 4 * SHAPE_WORDS) >> 1;
/** Tells the expansion of a round's outcome from the rounds themselves. */
const EXPANSION = 0xff;
/** Up to this size of all alphabets 16 bits make a symbol: then none is likelier than another by more than 1 in 1000. */
const NARROW = 64;

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
  /** For rounds whose input fits in one block. */
  readonly #short: Hmac;
  readonly #shape = new Int32Array(SHAPE_WORDS);
  readonly #seed = new Int32Array(8);
  #count = 0;
  #narrow = true;

  /** `purpose` keeps what different kinds of values become apart. */
  constructor(key: Uint8Array, purpose: string) {
    this.#hmac = new Hmac(key, purpose);
    this.#short = new Hmac(key, `${purpose}, short`);
  }

  /** Begins another sequence. */
  clear(): void {
    this.#count = 0;
    this.#narrow = true;
  }

  get count(): number {
    return this.#count;
  }

  /** `radix`: size of the symbol's alphabet, at most 65536. */
  add(symbol: number, radix: number): void {
    SYMBOLS[this.#count] = symbol;
    RADICES[this.#count] = radix;
    this.#count += 1;
    if (radix > NARROW) this.#narrow = false;
  }

  /**
   * Takes in what tells the shape: which alphabets there are, and whatever else stays as it is. Sequences of different
   * shapes must differ in it.
   */
  fix(byte: number): void {
    this.#hmac.byte(byte);
  }

  at(index: number): number {
    return SYMBOLS[index] ?? 0;
  }

  /** The shape is told: once for each sequence, before the first `permute`. */
  seal(): void {
    this.#hmac.end();
    for (let index = 0; index < SHAPE_WORDS; index += 1) this.#shape[index] = this.#hmac.words[index] ?? 0;
  }

  /** Permutes the sequence, again and again if called again. */
  permute(): void {
    const half = this.#count >> 1;
    for (let round = 0; round < ROUNDS; round += 1) {
      if (round % 2 === 0) this.#mix(round, 0, half);
      else this.#mix(round, half, this.#count);
    }
  }

  /** Adds what is made of the half from `from` to `to` to the other one. */
  #mix(round: number, from: number, to: number): void {
    const first = from === 0 ? to : 0;
    const last = from === 0 ? this.#count : from;
    if (first === last) return;
    let words = this.#round(round, from, to);
    const batch = this.#narrow ? 16 : 8;
    if (last - first > batch) this.#seed.set(words);
    for (let index = first; index < last; index += 1) {
      const place = (index - first) % batch;
      if (place === 0 && index > first) words = this.#expand(index - first);
      const addend = this.#narrow
        ? ((words[place >> 1] ?? 0) >>> (16 * (place & 1))) & 0xffff
        : (words[place] ?? 0) >>> 0;
      SYMBOLS[index] = ((SYMBOLS[index] ?? 0) + addend) % (RADICES[index] ?? 1);
    }
  }

  /** What the round's function makes of a half: 256 bits. */
  #round(round: number, from: number, to: number): Int32Array {
    const isShort = to - from <= SHORT;
    const hmac = isShort ? this.#short : this.#hmac;
    hmac.byte(round);
    for (let index = 0; index < SHAPE_WORDS; index += 1) hmac.word(this.#shape[index] ?? 0);
    for (let index = from; index < to; index += 1) {
      const symbol = SYMBOLS[index] ?? 0;
      hmac.byte(symbol >>> 8);
      hmac.byte(symbol);
    }
    if (isShort) hmac.endShort();
    else hmac.end();
    return hmac.words;
  }

  /** 256 bits more of what the round's function gave. */
  #expand(counter: number): Int32Array {
    this.#hmac.byte(EXPANSION);
    for (let index = 0; index < 8; index += 1) this.#hmac.word(this.#seed[index] ?? 0);
    this.#hmac.word(counter);
    this.#hmac.end();
    return this.#hmac.words;
  }
}
