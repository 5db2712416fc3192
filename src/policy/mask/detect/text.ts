/** What a byte may be; each a bit. */
const DIGIT = 1;
const UPPER = 2;
const LOWER = 4;
const HEX = 8;
const URL_SAFE = 16;
const BASE64 = 32;

const CLASSES = ((): Uint8Array => {
  const classes = new Uint8Array(256);
  const put = (written: string, bits: number): void => {
    for (const letter of written) classes[letter.charCodeAt(0)] = (classes[letter.charCodeAt(0)] ?? 0) | bits;
  };
  put('0123456789', DIGIT | HEX);
  put('ABCDEFGHIJKLMNOPQRSTUVWXYZ', UPPER);
  put('abcdefghijklmnopqrstuvwxyz', LOWER);
  put('abcdefABCDEF', HEX);
  put('-_', URL_SAFE);
  put('+/', BASE64);
  return classes;
})();

const has = (byte: number, bits: number): boolean => ((CLASSES[byte] ?? 0) & bits) !== 0;

export const isDigit = (byte: number): boolean => has(byte, DIGIT);
export const isUpper = (byte: number): boolean => has(byte, UPPER);
export const isLower = (byte: number): boolean => has(byte, LOWER);
export const isLetter = (byte: number): boolean => has(byte, UPPER | LOWER);
export const isAlphanumeric = (byte: number): boolean => has(byte, DIGIT | UPPER | LOWER);
export const isHex = (byte: number): boolean => has(byte, HEX);
/** base64url without padding. */
export const isUrlSafe = (byte: number): boolean => has(byte, DIGIT | UPPER | LOWER | URL_SAFE);
/** base64 without padding. */
export const isBase64 = (byte: number): boolean => has(byte, DIGIT | UPPER | LOWER | BASE64);
/** Letters, digits and `_`: what two words need something between them for. */
export const isWord = (byte: number): boolean => has(byte, DIGIT | UPPER | LOWER) || byte === UNDERSCORE;

const UNDERSCORE = 0x5f;
const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const SMALL_U = 0x75;
const ESCAPED = new Set(Buffer.from('nrtbfv', 'latin1'));

/** One text within some bytes: a cell, a message. Outside of it there is nothing, whatever the bytes hold there. */
export class Text {
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;

  /** The byte at a place in `bytes`; 0, which is in no text, outside of the text. */
  at(place: number): number {
    return place >= this.start && place < this.end ? (this.bytes[place] ?? 0) : 0;
  }

  /** Whether these bytes stand there. ASCII only. */
  reads(place: number, word: string): boolean {
    for (let index = 0; index < word.length; index++) {
      if (this.at(place + index) !== word.charCodeAt(index)) return false;
    }
    return true;
  }

  /** The same, whatever the case of its letters. `word` is in lower case. */
  readsLoosely(place: number, word: string): boolean {
    for (let index = 0; index < word.length; index++) {
      const byte = this.at(place + index);
      if ((isUpper(byte) ? byte | 0x20 : byte) !== word.charCodeAt(index)) return false;
    }
    return true;
  }

  /** The bytes from one place to another, as far as they are within the text, a character each. */
  latin1(from: number, to: number): string {
    return this.bytes.toString('latin1', Math.max(from, this.start), Math.min(to, this.end));
  }

  /** The first place from `from` on, at most `most` bytes away, whose byte is not of the class. */
  past(from: number, isIn: (byte: number) => boolean, most: number): number {
    const last = Math.min(this.end, from + most);
    let place = from;
    while (place < last && isIn(this.at(place))) place++;
    return place;
  }

  /** The first place of those before `from`, at most `most` bytes away, that are of the class without a gap. */
  back(from: number, isIn: (byte: number) => boolean, most: number): number {
    const first = Math.max(this.start, from - most);
    let place = from;
    while (place > first && isIn(this.at(place - 1))) place--;
    return place;
  }

  /** Whether something new begins here: not in the middle of a word. */
  begins(place: number, isIn: (byte: number) => boolean = isWord): boolean {
    return !isIn(this.at(place - 1)) || this.endsEscape(place);
  }

  /** Whether an escape of JSON, COPY, a URL or a string literal ends before here: `\n`, `\u00e4`, `%3D`. */
  endsEscape(place: number): boolean {
    if (this.at(place - 2) === BACKSLASH && ESCAPED.has(this.at(place - 1))) return true;
    if (!isHex(this.at(place - 1)) || !isHex(this.at(place - 2))) return false;
    if (this.at(place - 3) === PERCENT) return true;
    return (
      this.at(place - 6) === BACKSLASH &&
      this.at(place - 5) === SMALL_U &&
      isHex(this.at(place - 4)) &&
      isHex(this.at(place - 3))
    );
  }

  /** How many bytes of an escape stand from here on, its backslash just before: 0 when that is no escape. */
  escaped(place: number): number {
    if (this.at(place - 1) !== BACKSLASH) return 0;
    if (ESCAPED.has(this.at(place))) return 1;
    return this.at(place) === SMALL_U && this.past(place + 1, isHex, 4) === place + 5 ? 5 : 0;
  }
}
