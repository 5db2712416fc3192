import { Sweep } from '../detect/sweep/sweep.ts';
import { Controls, type Motion } from './controls.ts';
import { SPECIALS, specialLength } from './specials.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
/** Of a place: no byte that waits to be shown stands for this letter. */
export const SHOWN = -1;

/** A letter that another was written over: it stood at a byte of the text, and has bytes that wait, too. */
export interface Covered {
  readonly at: number;
  readonly place: number;
  readonly length: number;
}

/** What is told of letters before they are gone: all that is in sight may be looked at as it is. */
export type BeforeCovered = () => void;

/**
 * The text that a reader sees of a stream: its letters in the order in which they stand, without control sequences and what
 * is not seen, each with the place of its bytes. Letters that are written over take the room of what stood there.
 */
export class Reading {
  /** The letters, as UTF-8: those that were shown and are needed as what stands before, and those that wait. */
  text = Buffer.alloc(4096);
  /** How much of `text` there is. */
  length = 0;
  /** For each byte of `text`: its place among the bytes that wait, or `SHOWN`. */
  places = new Int32Array(4096);
  /** Letters that were written over and wait. */
  covered: Covered[] = [];
  /** Where in `text` the next letter goes. */
  cursor = 0;
  /** Cells in a row of the terminal; null when that is not known, or it is none. */
  columns: number | null = null;
  readonly #controls = new Controls();
  readonly #specials = new Sweep([SPECIALS]);
  readonly #beforeCovered: BeforeCovered;

  constructor(beforeCovered: BeforeCovered) {
    this.#beforeCovered = beforeCovered;
  }

  /** True within something that is neither drawn nor over: a title, a link. */
  get isString(): boolean {
    return this.#controls.isString;
  }

  /** Reads `raw` from one place to another: whole characters. */
  read(raw: Buffer, from: number, to: number): void {
    this.#specials.begin(raw, from, to);
    let at = from;
    // What follows a CR at the end of what was read before.
    if (at < to && this.#endsWithReturn()) this.#afterReturn(raw[at] ?? 0);
    while (at < to) {
      if (!this.#isPlain()) {
        at = this.#one(raw, at, to);
        continue;
      }
      while (this.#specials.at >= 0 && this.#specials.at < at) this.#specials.skip();
      const hit = this.#specials.at;
      const length = hit < 0 ? 0 : specialLength(raw, hit);
      const plain = hit < 0 ? to : Math.max(at, hit + 1 - length);
      this.#append(raw, at, plain);
      at = plain;
      if (hit < 0) break;
      if (this.#endsWithReturn()) this.#afterReturn(raw[at] ?? 0);
      at = this.#one(raw, at, to);
      if (this.#specials.at === hit) this.#specials.skip();
    }
  }

  /** Forgets all but the last `kept` bytes of what was shown; the first `gone` bytes that waited are shown now. */
  settle(gone: number, kept: number): void {
    const { places } = this;
    for (let at = this.firstWaiting(); at < this.length; at++) {
      const place = places[at] ?? SHOWN;
      places[at] = place < gone ? SHOWN : place - gone;
    }
    this.covered = this.covered.flatMap(({ at, place, length }) =>
      place < gone ? [] : [{ at, place: place - gone, length }],
    );
    const drop = Math.min(this.firstWaiting(), this.cursor) - kept;
    if (drop > 0) this.#drop(drop);
  }

  /** Where the line that the cursor is in begins. */
  lineStart(): number {
    const end = this.cursor === 0 ? -1 : this.text.subarray(0, this.length).lastIndexOf(LF, this.cursor - 1);
    return end + 1;
  }

  /** Where the text may go on: at the cursor, and at its end as long as nothing has been written elsewhere since. */
  ends(): readonly number[] {
    const end = this.#endsWithReturn() ? this.length - 1 : this.length;
    const cursor = Math.min(this.cursor, end);
    return cursor === end || this.#strayed ? [cursor] : [cursor, end];
  }

  #strayed = false;
  /** Where the next letter would go on with writing over others. */
  #covering = -1;
  #waitsFrom = 0;

  /** The first letter that waits; `length` when none does. */
  firstWaiting(): number {
    let at = Math.min(this.#waitsFrom, this.length);
    while (at < this.length && this.places[at] === SHOWN) at++;
    this.#waitsFrom = at;
    return at;
  }

  /** The first place among the bytes that wait of a letter that stands at `bound` or behind; `none` when there is none. */
  placeFrom(bound: number, none: number): number {
    let first = none;
    for (let at = Math.max(bound, 0); at < this.length; at++) {
      const place = this.places[at] ?? SHOWN;
      if (place !== SHOWN && place < first) first = place;
    }
    for (const { at, place } of this.covered) if (at >= bound && place < first) first = place;
    return first;
  }

  #drop(count: number): void {
    this.text.copy(this.text, 0, count, this.length);
    this.places.copyWithin(0, count, this.length);
    this.length -= count;
    this.cursor -= count;
    this.#covering = Math.max(-1, this.#covering - count);
    this.#waitsFrom = Math.max(0, this.#waitsFrom - count);
    this.covered = this.covered.flatMap((one) => (one.at < count ? [] : [{ ...one, at: one.at - count }]));
  }

  #isPlain(): boolean {
    return this.#controls.isGround && this.cursor === this.length;
  }

  #endsWithReturn(): boolean {
    return this.cursor === this.length && this.length > 0 && this.text[this.length - 1] === CR;
  }

  /** A CR was taken for the first half of a line's end. */
  #afterReturn(next: number): void {
    if (next === LF) return;
    this.length--;
    this.cursor--;
    this.#waitsFrom = Math.min(this.#waitsFrom, this.length);
    this.#move({ kind: 'return' });
  }

  /** Takes one character, wherever the cursor is and whatever has been begun. */
  #one(raw: Buffer, at: number, to: number): number {
    const byte = raw[at] ?? 0;
    const isControl = byte < SPACE || byte === 0x7f;
    if (!this.#controls.isGround || (isControl && byte !== LF && byte !== 0x09)) {
      if (byte === CR && this.#controls.isGround) return this.#return(raw, at, to);
      this.#move(this.#controls.take(byte));
      return at + 1;
    }
    const size = Math.min(sizeOf(byte), to - at);
    if (size > 1 && specialLength(raw, at + size - 1) === size) {
      const code = raw[at + 1] ?? 0;
      if (byte === 0xc2 && code <= 0x9f) this.#move(this.#controls.c1(code));
      return at + size;
    }
    if (byte === LF) this.cursor = this.length;
    this.#put(raw, at, size);
    return at + size;
  }

  #return(raw: Buffer, at: number, to: number): number {
    const next = at + 1 < to ? raw[at + 1] : null;
    if (next === LF || next === null) {
      this.cursor = this.length;
      this.#append(raw, at, at + 1);
    } else this.#move({ kind: 'return' });
    return at + 1;
  }

  #move(motion: Motion): void {
    if (motion.kind === 'none') return;
    this.#covering = -1;
    switch (motion.kind) {
      case 'back':
        this.cursor = this.#backwards(motion.by);
        return;
      case 'forward':
        this.#forwards(motion.by);
        return;
      case 'column':
        this.cursor = this.lineStart();
        this.#forwards(motion.at);
        return;
      case 'return':
        this.cursor = this.#rowStart();
        return;
      case 'erase':
        this.#erase();
        return;
      case 'away':
        this.#beforeCovered();
        this.cursor = this.length;
        if (this.length > 0 && this.text[this.length - 1] !== LF) this.#virtual(LF);
    }
  }

  /** Where the row of the terminal begins: a line that is longer takes several. */
  #rowStart(): number {
    const start = this.lineStart();
    if (this.columns === null) return start;
    let cells = 0;
    for (let at = start; at < this.cursor; at++) if (isFirst(this.text[at] ?? 0)) cells++;
    let back = cells <= this.columns ? cells : ((cells - 1) % this.columns) + 1;
    let at = this.cursor;
    for (; at > start && back > 0; at--) if (isFirst(this.text[at - 1] ?? 0)) back--;
    return at;
  }

  #backwards(by: number): number {
    const start = this.lineStart();
    let at = this.cursor;
    for (let left = by; left > 0 && at > start; left--) {
      at--;
      while (at > start && !isFirst(this.text[at] ?? 0)) at--;
    }
    return at;
  }

  #forwards(by: number): void {
    let left = by;
    for (; left > 0 && this.cursor < this.length; left--) {
      this.cursor++;
      while (this.cursor < this.length && !isFirst(this.text[this.cursor] ?? 0)) this.cursor++;
    }
    // Blanks are what is seen where nothing was written; more than a screen has are as good as a few.
    for (let blank = Math.min(left, 256); blank > 0; blank--) this.#virtual(SPACE);
  }

  #erase(): void {
    if (this.cursor >= this.length) return;
    this.#beforeCovered();
    this.length = this.cursor;
  }

  /** Letters of one character, where the cursor is. */
  #put(raw: Buffer, from: number, size: number): void {
    this.#strayed = this.cursor < this.length;
    if (this.#strayed) this.#clear(raw, from, size);
    const at = this.cursor;
    this.#room(size);
    raw.copy(this.text, at, from, from + size);
    for (let index = 0; index < size; index++) this.places[at + index] = from + index;
    this.cursor += size;
    this.#covering = this.#strayed ? this.cursor : -1;
    this.length = Math.max(this.length, this.cursor);
    this.#waitsFrom = Math.min(this.#waitsFrom, at);
  }

  /** Makes room for a character of `size` bytes in place of the one at the cursor. */
  #clear(raw: Buffer, from: number, size: number): void {
    const at = this.cursor;
    const old = Math.min(sizeOf(this.text[at] ?? 0), this.length - at);
    const same = old === size && raw.compare(this.text, at, at + old, from, from + size) === 0;
    // Bold and underlined, as they are written on paper, are one letter that was written twice.
    const twice = at + old === this.length && (same || this.text[at] === 0x5f);
    // One letter behind the other is one act.
    if (!twice && at !== this.#covering) this.#beforeCovered();
    if (twice) for (let index = 0; index < old; index++) this.#cover(at + index, at);
    if (old === size) return;
    this.#room(Math.max(0, size - old));
    this.text.copy(this.text, at + size, at + old, this.length);
    this.places.copyWithin(at + size, at + old, this.length);
    this.length += size - old;
  }

  #cover(from: number, at: number): void {
    const place = this.places[from] ?? SHOWN;
    if (place !== SHOWN) this.covered.push({ at, place, length: 1 });
  }

  #virtual(byte: number): void {
    this.#room(1);
    this.text[this.length] = byte;
    this.places[this.length] = SHOWN;
    this.length++;
    this.cursor = this.length;
  }

  #append(raw: Buffer, from: number, to: number): void {
    const size = to - from;
    if (size <= 0) return;
    this.#room(size);
    raw.copy(this.text, this.length, from, to);
    const { places, length } = this;
    for (let index = 0; index < size; index++) places[length + index] = from + index;
    this.#waitsFrom = Math.min(this.#waitsFrom, length);
    this.#strayed = false;
    this.length += size;
    this.cursor = this.length;
  }

  #room(size: number): void {
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

/** Whether a character begins with this byte of UTF-8. */
function isFirst(byte: number): boolean {
  return (byte & 0xc0) !== 0x80;
}

/** Bytes of the character that begins with this one; 1 for what begins none. */
export function sizeOf(byte: number): number {
  if (byte < 0xc2) return 1;
  if (byte < 0xe0) return 2;
  if (byte < 0xf0) return 3;
  return byte < 0xf5 ? 4 : 1;
}
