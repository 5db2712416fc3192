import { Sweep } from '../detect/sweep/sweep.ts';
import { sizeOf } from './character.ts';
import { Controls } from './controls.ts';
import type { Motion } from './motion.ts';
import { Line } from './line.ts';
import { NOTHING } from './meaning.ts';
import { Page } from './page.ts';
import type { Size } from './rows.ts';
import { Sheet, SHOWN } from './sheet.ts';
import { SPECIALS, specialLength } from './specials.ts';
import { type Said, Strings } from './strings.ts';
import type { BeforeGone, Surface } from './surface.ts';
import { wellFormed } from './well-formed.ts';

const LF = 0x0a;
const [ESC, BRACKET, SMALL_M] = [0x1b, 0x5b, 0x6d];
const [ZERO, SEMICOLON] = [0x30, 0x3b];
const CR = 0x0d;
const SPACE = 0x20;
const BAR = 0x7c;
/** ST as a C1 control. */
const STRING_END = 0x9c;
/** U+202D and U+202E, which have letters stand from right to left whatever they are, as UTF-8. */
const REORDERS: ReadonlySet<number> = new Set([0xe280ad, 0xe280ae]);
/** Says what is to be said in place of `length` bytes that wait, at this place among them. */
export type Instead = (place: number, length: number, bytes: string) => void;

/**
 * The text that a reader sees of a stream: its letters in the order in which they stand, without control sequences and what
 * is not seen, each with the place of its bytes. Letters that are written over take the room of what stood there.
 */
export class Reading extends Sheet {
  readonly #controls = new Controls();
  /** What is said to the terminal itself, and is not over. */
  readonly strings: Strings;
  readonly #specials = new Sweep([SPECIALS]);
  readonly #beforeGone: BeforeGone;
  readonly #instead: Instead;
  #surface: Surface;
  #page: Page | null = null;
  #isOrdinary = true;
  /** Behind the last byte that was read, among those that wait. */
  #read = 0;
  /** Whether nothing but what is being read came behind the last letter. */
  #isBehindLetter = false;

  /** `said` is told of strings for the terminal itself; `instead`, of a screen, of what terminals differ over. */
  constructor(beforeGone: BeforeGone, said: (said: Said) => void, instead: Instead = () => undefined) {
    super();
    this.#instead = instead;
    this.strings = new Strings(said);
    this.#beforeGone = beforeGone;
    this.#surface = new Line(this, beforeGone);
  }

  /** Cells of the terminal's screen; null when there is none, or nobody knows. */
  get size(): Size | null {
    return this.#page?.size ?? null;
  }

  set size(size: Size) {
    if (this.#page === null) this.#page = new Page(this, size, this.#beforeGone);
    else this.#page.size = size;
    this.#surface = this.#page;
    this.#isOrdinary = this.#page.isOrdinary;
  }

  /** True within something that is neither drawn nor over: a title, a link. */
  get isString(): boolean {
    return this.#controls.isString;
  }

  /** Reads bytes from one place to another: whole characters, where they are any. */
  read(bytes: Buffer, from: number, to: number): void {
    this.#read = Math.max(this.#read, to);
    const raw = wellFormed(bytes, from, to);
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
      const behind = colourEnd(raw, at, to);
      if (behind < 0) at = this.#one(raw, at, to);
      else {
        at = behind;
        this.#isBehindLetter = false;
      }
      if (this.#specials.at === hit) this.#specials.skip();
    }
  }

  /** Forgets all but the last `kept` bytes of what was shown; the first `gone` bytes that waited are shown now. */
  settle(gone: number, kept: number): void {
    const { start } = this.#surface;
    this.strings.settle(gone);
    const { places } = this;
    if (gone >= this.#read) places.fill(SHOWN, this.firstWaiting(), this.length);
    else
      for (let at = this.firstWaiting(); at < this.length; at++) {
        const place = places[at] ?? SHOWN;
        places[at] = place < gone ? SHOWN : place - gone;
      }
    this.#read = Math.max(0, this.#read - gone);
    this.covered = this.covered.flatMap(({ at, place, length }) =>
      place < gone ? [] : [{ at, place: place - gone, length }],
    );
    const drop = Math.min(this.firstWaiting(), this.cursor, start) - kept;
    // What is on a screen is not moved for every letter.
    if (drop <= (this.#page === null ? 0 : kept)) return;
    this.drop(drop);
    this.#surface.drop(drop);
  }

  /** Where the text may go on: at the cursor, and, first, behind what was written last, when that is elsewhere. */
  ends(): readonly number[] {
    const end = this.#endsWithReturn() ? this.length - 1 : this.length;
    const cursor = Math.min(this.cursor, end);
    const written = Math.min(this.written ?? end, end);
    return cursor === written ? [cursor] : [written, cursor];
  }

  #isPlain(): boolean {
    return this.#controls.isGround && this.cursor === this.length && this.#isOrdinary && !this.#controls.drawsLines;
  }

  #endsWithReturn(): boolean {
    return this.cursor === this.length && this.length > 0 && this.text[this.length - 1] === CR;
  }

  /** A CR was taken for the first half of a line's end. */
  #afterReturn(next: number): void {
    if (next === LF) return;
    this.length--;
    this.cursor--;
    this.waitsFrom = Math.min(this.waitsFrom, this.length);
    this.#move({ kind: 'return' });
  }

  /** Takes one character, wherever the cursor is and whatever has been begun. */
  #one(raw: Buffer, at: number, to: number): number {
    const byte = raw[at] ?? 0;
    const isControl = byte < SPACE || byte === 0x7f;
    if (!this.#controls.isGround || (isControl && byte !== LF && byte !== 0x09)) {
      if (byte === CR && this.#controls.isGround) return this.#return(raw, at, to);
      if (byte >= 0x80 && !this.isString) return this.#withinSequence(raw, at, to);
      if (byte === 0xc2 && isC1(raw, at, to)) return this.#c1(raw, at);
      this.#control(byte, at);
      return at + 1;
    }
    if (isControl && this.#page !== null && !this.#isPlain()) {
      this.#isBehindLetter = false;
      this.#move(this.#controls.take(byte));
      return at + 1;
    }
    const size = Math.min(sizeOf(byte), to - at);
    if (size > 1 && specialLength(raw, at + size - 1) === size) return this.#special(raw, at, size);
    if (byte === LF) this.cursor = this.length;
    if (this.#isPlain()) this.#append(raw, at, at + size);
    else this.#put(raw, at, size);
    return at + size;
  }

  /** What is not seen, and what is a control in 8 bits; what reorders letters is not said to terminals. */
  #special(raw: Buffer, at: number, size: number): number {
    if (size === 2 && isC1(raw, at, at + size)) return this.#c1(raw, at);
    if (size === 3 && REORDERS.has(raw.readUIntBE(at, size))) this.#say(at, size, '');
    return at + size;
  }

  /** C1 controls in UTF-8 are controls to some terminals, and nothing to others: on a screen they are nothing. */
  #c1(raw: Buffer, at: number): number {
    if (this.#page !== null) {
      this.#say(at, 2, '');
      return at + 2;
    }
    const code = raw[at + 1] ?? 0;
    const wasString = this.isString;
    if (wasString && code !== STRING_END) {
      for (const place of [at, at + 1]) this.#control(raw[place] ?? 0, place);
      return at + 2;
    }
    this.#move(this.#controls.c1(code));
    if (wasString) this.strings.end();
    else if (this.isString) this.strings.begin(String.fromCharCode(code - 0x40));
    return at + 2;
  }

  /** No letter beyond ASCII belongs to a sequence. */
  #withinSequence(raw: Buffer, at: number, to: number): number {
    const size = Math.min(to - at, sizeOf(raw[at] ?? 0));
    const instead = this.#controls.breakOff();
    if (this.#page === null && size === 2 && isC1(raw, at, to)) return this.#c1(raw, at);
    this.#say(at, size, instead);
    return at + size;
  }

  #say(place: number, length: number, bytes: string): void {
    if (this.#page !== null) this.#instead(place, length, bytes);
  }

  #control(byte: number, at: number): void {
    const wasString = this.#controls.isString;
    const motion = this.#controls.take(byte);
    this.#instruct(motion, at);
    this.#move(motion);
    if (this.#controls.isGround) this.#isBehindLetter = false;
    const isString = this.#controls.isString;
    if (isString && wasString) this.strings.add(byte, at);
    else if (isString) this.strings.begin(String.fromCharCode(byte));
    else if (wasString) this.strings.end();
  }

  /** Has terminals do what is done here. */
  #instruct(motion: Motion, at: number): void {
    const isNothing = motion.kind === 'repeat' && !this.#isBehindLetter;
    const instead = isNothing ? NOTHING : this.#controls.instead;
    if (instead !== null) this.#say(at, 1, instead);
  }

  #put(raw: Buffer, at: number, size: number): void {
    this.#surface.put(raw, at, size);
    this.#isBehindLetter = true;
    // Lines and corners are no letters.
    if (this.#controls.drawsLines && size === 1 && (raw[at] ?? 0) >= 0x5f) this.text[this.cursor - 1] = BAR;
  }

  #return(raw: Buffer, at: number, to: number): number {
    const next = at + 1 < to ? raw[at + 1] : null;
    const isEnd = (next === LF || next === null) && (this.#page === null || this.#isPlain());
    if (isEnd) {
      this.cursor = this.length;
      this.#append(raw, at, at + 1);
    } else this.#move({ kind: 'return' });
    return at + 1;
  }

  #move(motion: Motion): void {
    if (motion.kind === 'none' || (motion.kind === 'repeat' && !this.#isBehindLetter)) return;
    this.#surface.apply(motion);
    this.#isOrdinary = this.#surface.isOrdinary;
  }

  #append(raw: Buffer, from: number, to: number): void {
    const size = to - from;
    if (size <= 0) return;
    this.room(size);
    raw.copy(this.text, this.length, from, to);
    const { places, length } = this;
    for (let index = 0; index < size; index++) places[length + index] = from + index;
    this.waitsFrom = Math.min(this.waitsFrom, length);
    this.written = null;
    this.length += size;
    this.cursor = this.length;
    this.#isBehindLetter = (raw[to - 1] ?? 0) >= SPACE;
  }
}

function isC1(raw: Buffer, at: number, to: number): boolean {
  const code = raw[at + 1] ?? 0;
  return raw[at] === 0xc2 && at + 1 < to && code >= 0x80 && code <= 0x9f;
}

/** Behind a sequence that is all there and only colours, as most are; −1 for anything else. */
function colourEnd(raw: Buffer, start: number, to: number): number {
  if (raw[start] !== ESC || raw[start + 1] !== BRACKET) return -1;
  for (let at = start + 2; at < to; at++) {
    const byte = raw[at] ?? 0;
    if (byte === SMALL_M) return at + 1;
    if (byte < ZERO || byte > SEMICOLON) return -1;
  }
  return -1;
}
