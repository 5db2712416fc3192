/** What a byte may be, each a bit: classes are joined with `|`. */
export const DIGIT = 1;
export const UPPER = 2;
export const LOWER = 4;
const HEX_LETTER = 8;
export const DASH_SIGN = 16;
const UNDERSCORE_SIGN = 32;
const PLUS_OR_SLASH = 64;
export const BLANK = 128;

export const LETTER = UPPER | LOWER;
export const ALPHANUMERIC = DIGIT | LETTER;
export const HEX = DIGIT | HEX_LETTER;
/** base64url without padding. */
export const URL_SAFE = ALPHANUMERIC | DASH_SIGN | UNDERSCORE_SIGN;
/** base64 without padding. */
export const BASE64 = ALPHANUMERIC | PLUS_OR_SLASH;
/** What two words need something between them for. */
export const WORD = ALPHANUMERIC | UNDERSCORE_SIGN;

const CLASSES = ((): Uint8Array => {
  const classes = new Uint8Array(256);
  const put = (written: string, bit: number): void => {
    for (const byte of Buffer.from(written, 'latin1')) classes[byte] = (classes[byte] ?? 0) | bit;
  };
  put('0123456789', DIGIT);
  put('ABCDEFGHIJKLMNOPQRSTUVWXYZ', UPPER);
  put('abcdefghijklmnopqrstuvwxyz', LOWER);
  put('abcdefABCDEF', HEX_LETTER);
  put('-', DASH_SIGN);
  put('_', UNDERSCORE_SIGN);
  put('+/', PLUS_OR_SLASH);
  put(' ', BLANK);
  return classes;
})();

/** Whether a byte is of a class. */
export function is(byte: number, of: number): boolean {
  return ((CLASSES[byte] ?? 0) & of) !== 0;
}

export function isDigit(byte: number): boolean {
  return is(byte, DIGIT);
}

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
      if ((is(byte, UPPER) ? byte | 0x20 : byte) !== word.charCodeAt(index)) return false;
    }
    return true;
  }

  /** The bytes from one place to another, as far as they are within the text, a character each. */
  latin1(from: number, to: number): string {
    return this.bytes.toString('latin1', Math.max(from, this.start), Math.min(to, this.end));
  }

  /** The first place from `from` on, at most `most` bytes away, whose byte is not of the class. */
  past(from: number, of: number, most: number): number {
    const last = Math.min(this.end, from + most);
    let place = from;
    while (place < last && is(this.bytes[place] ?? 0, of)) place++;
    return place;
  }

  /** The first place of those before `from`, at most `most` bytes away, that are of the class without a gap. */
  back(from: number, of: number, most: number): number {
    const first = Math.max(this.start, from - most);
    let place = Math.min(from, this.end);
    while (place > first && is(this.bytes[place - 1] ?? 0, of)) place--;
    return place;
  }

  /** Whether something new begins here: not in the middle of a word. */
  begins(place: number, word: number = WORD): boolean {
    return !is(this.at(place - 1), word) || this.endsEscape(place);
  }

  /** Whether an escape of JSON, COPY, a URL or a string literal ends before here: `\n`, `\u00e4`, `%3D`. */
  endsEscape(place: number): boolean {
    if (this.at(place - 2) === BACKSLASH && ESCAPED.has(this.at(place - 1))) return true;
    if (!is(this.at(place - 1), HEX) || !is(this.at(place - 2), HEX)) return false;
    if (this.at(place - 3) === PERCENT) return true;
    return (
      this.at(place - 6) === BACKSLASH &&
      this.at(place - 5) === SMALL_U &&
      is(this.at(place - 4), HEX) &&
      is(this.at(place - 3), HEX)
    );
  }

  /** How many bytes of an escape stand from here on, its backslash just before: 0 when that is no escape. */
  escaped(place: number): number {
    if (this.at(place - 1) !== BACKSLASH) return 0;
    if (ESCAPED.has(this.at(place))) return 1;
    return this.at(place) === SMALL_U && this.past(place + 1, HEX, 4) === place + 5 ? 5 : 0;
  }
}
