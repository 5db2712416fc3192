/** Of a place: no byte that waits to be shown stands for this letter. */
export const SHOWN = -1;

/** A letter that another was written over: it stood at a byte of the text, and has bytes that wait, too. */
export interface Covered {
  readonly at: number;
  readonly place: number;
  readonly length: number;
}

/** Letters as UTF-8, each byte with its place among those that wait. */
export interface Letters {
  readonly text: Buffer;
  readonly places: Int32Array;
  readonly covered: readonly Covered[];
}

/** Letters that are taken out of a text. */
export interface Piece {
  readonly text: Buffer;
  readonly places: Int32Array;
}

/**
 * A text that grows at its end and is changed anywhere: letters as UTF-8, each with the place of its bytes among those that
 * wait to be shown.
 */
export class Sheet implements Letters {
  /** The letters: those that were shown and are needed as what stands before, and those that wait. */
  text = Buffer.alloc(4096);
  /** How much of `text` there is. */
  length = 0;
  /** For each byte of `text`: its place among the bytes that wait, or `SHOWN`. */
  places = new Int32Array(4096);
  /** Letters that were written over and wait. */
  covered: Covered[] = [];
  /** Where in `text` the next letter goes. */
  cursor = 0;
  /** Behind what was written last; null when that is the end. */
  protected written: number | null = null;
  /** Nothing before waits. */
  protected waitsFrom = 0;

  /** The first letter that waits; `length` when none does. */
  firstWaiting(): number {
    let at = Math.min(this.waitsFrom, this.length);
    while (at < this.length && this.places[at] === SHOWN) at++;
    this.waitsFrom = at;
    return at;
  }

  /** Whether a letter waits among these. */
  hasWaiting(from: number, to: number): boolean {
    for (let at = Math.max(from, this.waitsFrom); at < to; at++) if (this.places[at] !== SHOWN) return true;
    return false;
  }

  /** The first place among the bytes that wait of a letter in `[from, to)`; `none` when there is none. */
  placeIn(from: number, to: number, none: number): number {
    let first = none;
    for (let at = Math.max(from, this.waitsFrom); at < to; at++) {
      const place = this.places[at] ?? SHOWN;
      if (place !== SHOWN && place < first) first = place;
    }
    for (const { at, place } of this.covered) if (at >= from && at < to && place < first) first = place;
    return first;
  }

  /** Puts `count` bytes for which nothing waits in the place of `gone` others. */
  splice(at: number, gone: number, count: number, byte: number): void {
    const delta = count - gone;
    if (delta > 0) this.room(delta);
    if (delta !== 0) {
      this.text.copy(this.text, at + count, at + gone, this.length);
      this.places.copyWithin(at + count, at + gone, this.length);
    }
    this.text.fill(byte, at, at + count);
    this.places.fill(SHOWN, at, at + count);
    this.length += delta;
    if (this.cursor > at) this.cursor = Math.max(at, this.cursor + delta);
    if (this.written !== null && this.written > at) this.written = Math.max(at, this.written + delta);
    // What waits behind moves to the front as well.
    if (this.waitsFrom > at) this.waitsFrom = Math.max(at, Math.min(this.waitsFrom, this.waitsFrom + delta));
    if (this.covered.length > 0 && (gone > 0 || delta > 0)) this.#moveCovered(at, gone, delta);
  }

  #moveCovered(from: number, gone: number, delta: number): void {
    this.covered = this.covered.flatMap((one) => {
      if (one.at < from) return [one];
      return one.at < from + gone ? [] : [{ ...one, at: one.at + delta }];
    });
  }

  /** Puts the character at `raw[from]` where `size` bytes of room are. */
  write(at: number, raw: Buffer, from: number, size: number): void {
    for (let index = 0; index < size; index++) {
      this.text[at + index] = raw[from + index] ?? 0;
      this.places[at + index] = from + index;
    }
    this.waitsFrom = Math.min(this.waitsFrom, at);
  }

  /** Letters with their places, to be laid elsewhere. */
  take(from: number, to: number): Piece {
    return { text: Buffer.from(this.text.subarray(from, to)), places: this.places.slice(from, to) };
  }

  /** Lays letters where as many bytes of room are. */
  lay(at: number, { text, places }: Piece): void {
    text.copy(this.text, at);
    this.places.set(places, at);
    this.waitsFrom = Math.min(this.waitsFrom, at);
  }

  /** The next letter goes behind what was written now. */
  wrote(cursor: number): void {
    this.cursor = cursor;
    this.written = cursor === this.length ? null : cursor;
  }

  /** The letter of `size` bytes that stands at `at` is written over with what means the same. */
  cover(at: number, size: number): void {
    for (let index = at; index < at + size; index++) {
      const place = this.places[index] ?? SHOWN;
      if (place !== SHOWN) this.covered.push({ at, place, length: 1 });
    }
  }

  /** Forgets the first `count` bytes. */
  protected drop(count: number): void {
    this.text.copy(this.text, 0, count, this.length);
    this.places.copyWithin(0, count, this.length);
    this.length -= count;
    this.cursor -= count;
    if (this.written !== null) this.written = Math.max(0, this.written - count);
    this.waitsFrom = Math.max(0, this.waitsFrom - count);
    this.covered = this.covered.flatMap((one) => (one.at < count ? [] : [{ ...one, at: one.at - count }]));
  }

  protected room(size: number): void {
    const wanted = this.length + size;
    if (wanted <= this.text.length) return;
    const capacity = Math.max(wanted, this.text.length * 2);
    const text = Buffer.alloc(capacity);
    this.text.copy(text, 0, 0, this.length);
    const places = new Int32Array(capacity);
    places.set(this.places.subarray(0, this.length));
    [this.text, this.places] = [text, places];
  }
}
