import { type Letters, SHOWN } from './sheet.ts';

/** Bytes of a string that wait for its end; of a longer one the last are kept, since something may go on from them. */
const LONGEST = 16 * 1024;
const KEPT = 2048;
/** Bytes that say what a string is about. */
const HEAD = 64;
const SEMICOLON = 0x3b;
/** OSC 52: what it names, and the clipboard's new contents in base64. */
const CLIPBOARD = /^52;[^;]*;/;
/** Pictures, which hold no letters: sixels, and those of kitty. */
const PICTURE: Readonly<Record<string, RegExp>> = { P: /^[\d;]*q/, _: /^G/ };

/** What a string for the terminal says: as it is, or as it is decoded. */
export interface Said extends Letters {
  readonly length: number;
  /** Contents of a clipboard, and where their base64 begins; null for what is said as it is. */
  readonly decoded: Buffer | null;
  readonly payload: number;
}

/** Collects what a program says to the terminal itself: titles, links, clipboards. What is not over waits. */
export class Strings {
  #text = Buffer.alloc(0);
  #places = new Int32Array(0);
  #length = 0;
  #payload = 0;
  /** The letter that it is begun with. */
  #kind = '';
  #isPicture = false;
  readonly #said: (said: Said) => void;

  /** `said` is told of each that is over, and of what there is of long ones. */
  constructor(said: (said: Said) => void) {
    this.#said = said;
  }

  /** The first place that waits for the end of a string; null when none does. */
  get place(): number | null {
    for (let at = 0; at < this.#length; at++) if (this.#places[at] !== SHOWN) return this.#places[at] ?? null;
    return null;
  }

  begin(kind: string): void {
    this.#kind = kind;
  }

  add(byte: number, place: number): void {
    if (this.#length >= LONGEST) this.#relieve();
    if (this.#length >= this.#text.length) this.#grow();
    this.#text[this.#length] = byte;
    this.#places[this.#length] = place;
    this.#length += 1;
    if (this.#length < HEAD) this.#isPicture = PICTURE[this.#kind]?.test(this.#head()) ?? false;
    if (byte === SEMICOLON && this.#payload === 0) {
      this.#payload = CLIPBOARD.exec(this.#head())?.[0].length ?? 0;
    }
  }

  #head(): string {
    return this.#text.toString('latin1', 0, Math.min(this.#length, HEAD));
  }

  #grow(): void {
    const capacity = Math.max(256, 2 * this.#text.length);
    this.#text = Buffer.concat([this.#text], capacity);
    const places = new Int32Array(capacity);
    places.set(this.#places);
    this.#places = places;
  }

  end(): void {
    this.#tell();
    this.#length = 0;
    this.#payload = 0;
    this.#isPicture = false;
  }

  #tell(): void {
    if (this.#length === 0 || this.#isPicture) return;
    const decoded =
      this.#payload === 0 ? null : Buffer.from(this.#text.toString('latin1', this.#payload, this.#length), 'base64');
    const [text, places, length, payload] = [this.#text, this.#places, this.#length, this.#payload];
    this.#said({ text, places, covered: [], length, decoded, payload });
  }

  /** Most of a long one does not wait any more. */
  #relieve(): void {
    this.#tell();
    // Base64 is read in groups of four.
    const gone = this.#length - KEPT - ((this.#length - KEPT - this.#payload) & 3);
    this.#text.copyWithin(this.#payload, gone, this.#length);
    this.#places.copyWithin(this.#payload, gone, this.#length);
    this.#length -= gone - this.#payload;
  }

  /** The first `gone` bytes that waited do not any more. */
  settle(gone: number): void {
    for (let at = 0; at < this.#length; at++) {
      const place = this.#places[at] ?? SHOWN;
      this.#places[at] = place < gone ? SHOWN : place - gone;
    }
  }
}
