import { Marks } from './marks.ts';
import { sizeOf } from './character.ts';
import { Reading } from './reading.ts';
import type { Size } from './rows.ts';
import { type Broken, Seams } from './seams.ts';
import type { StreamSearch } from './search.ts';
import type { Replaced } from '../detect/replace.ts';
import { keyReach } from './key-reach.ts';
import type { Said } from './strings.ts';
import { Typed } from './typed.ts';
import { Unseen } from './unseen.ts';

/** What may pass of a stream by now, masked. */
export interface Passed {
  /** For whoever looks on. */
  readonly shown: Buffer;
  /** For the record: the same in the end, but what somebody types is echoed to them before it is known what it is. */
  readonly recorded: Buffer;
}

/** How long what is held back may wait: `briefly` for what could be anything, `on` for what is hardly anything else. */
export type Waiting = 'nothing' | 'briefly' | 'on';

type When = 'open' | 'late' | 'end';

/** What may go on at `end`: see `Unfinished`. */
interface Open {
  from: number;
  sure: number;
  readonly end: number;
  /** Else it is where something was written last. */
  readonly isCursor: boolean;
}

/** Bytes of text before what waits that findings hang on. */
const CONTEXT = 1024;
/** Most bytes that wait; what is longer and not over is masked as far as it has come. */
const MOST_WAITING = 64 * 1024;
/** From here on what waits is not looked at again for every byte. */
const MANY = 1024;
/** No terminal is larger, whatever a client says: what is on it is kept. */
const LARGEST: Size = { columns: 1000, rows: 500 };
const DASH = 0x2d;
const NOTHING = Buffer.alloc(0);

/**
 * Masks a stream of bytes in whatever slices it comes: what is found does not depend on them. What could be the beginning
 * of a finding waits; the rest passes at once. Control sequences pass as they are, within a finding too.
 */
export class StreamMask {
  readonly #search: StreamSearch;
  readonly #seams: Seams;
  readonly #unseen: Unseen;
  readonly #reading: Reading;
  readonly #marks: Marks;
  readonly #typed = new Typed();
  /** What waits, and how much of it has been read. */
  #raw: Buffer = NOTHING;
  #read = 0;
  /** How much of what waits was shown, since it is an echo. */
  #echoed = 0;
  #evaluated = 0;
  /** What is masked until it ends, since it is too long to wait for. */
  #within: 'key' | 'run' | null = null;
  #waiting: Waiting = 'nothing';
  /** A private key has begun, and is not over. */
  #isKeyOpen = false;

  /** `keepsWidth`: what stands for a finding takes as many cells as it does, since a terminal's layout hangs on them. */
  constructor(search: StreamSearch, keepsWidth: boolean) {
    this.#search = search;
    this.#seams = new Seams(search);
    this.#unseen = new Unseen(search);
    this.#marks = new Marks(search, keepsWidth);
    this.#reading = new Reading(
      (from, to) => this.#close(from, to),
      (said) => this.#said(said),
      (place, length, bytes) => this.#marks.say(place, length, bytes),
    );
  }

  /** How many findings were masked since this was last asked. */
  takeCount(): number {
    return this.#marks.takeCount();
  }

  get waiting(): Waiting {
    return this.#waiting;
  }

  /** Cells of the terminal that shows it: without, only what goes on in a line is known to belong together. */
  set size({ columns, rows }: Size) {
    this.#reading.size = { columns: Math.min(columns, LARGEST.columns), rows: Math.min(rows, LARGEST.rows) };
  }

  /** Says what whoever looks on has typed: its echo is nothing new to them. */
  typed(bytes: Buffer): void {
    this.#typed.add(bytes);
  }

  push(bytes: Buffer): Passed {
    const held = this.#raw.length;
    this.#raw = held === 0 ? bytes : Buffer.concat([this.#raw, bytes]);
    // Where much waits, looking at all of it for each byte would take the square of its length.
    const few = this.#raw.length - this.#evaluated < this.#evaluated / 4;
    if (held > MANY && few && !bytes.includes(0x0a) && !this.#reading.isString) {
      // When no more comes, it is looked at after all.
      this.#waiting = 'briefly';
      return { shown: NOTHING, recorded: NOTHING };
    }
    this.#readTo(wholeEnd(this.#raw));
    return this.#pass('open', held);
  }

  /** What waits only in case something follows, when nothing does. */
  late(): Passed {
    this.#readTo(wholeEnd(this.#raw));
    return this.#pass('late', this.#raw.length);
  }

  end(): Passed {
    this.#readTo(this.#raw.length);
    return this.#pass('end', this.#raw.length);
  }

  #readTo(end: number): void {
    this.#reading.read(this.#raw, this.#read, end);
    this.#read = Math.max(this.#read, end);
  }

  /** Letters of `[from, to)` are about to go, or the cursor goes elsewhere: what is there is all that there is of it. */
  #close(from: number, to: number): void {
    const { text, length } = this.#reading;
    const start = Math.max(this.#reading.firstWaiting(), from);
    if (start >= length) return;
    const end = Math.min(length, to + CONTEXT);
    for (const one of this.#findings(text, Math.max(0, start - CONTEXT), end)) this.#mark(one);
  }

  /** A title, a link, a clipboard's contents: what is found in it is hidden like any letters. */
  #said(said: Said): void {
    const { text, length, decoded, payload } = said;
    if (decoded === null) {
      for (const one of this.#search.findings(text, 0, length)) this.#marks.add(said, one.start, one.end, one.method);
    } else if (this.#search.findings(decoded, 0, decoded.length).length > 0)
      this.#marks.add(said, payload, length, 'redact');
  }

  #pass(when: When, held: number): Passed {
    const { cut, sure } = this.#settled(when);
    this.#evaluated = this.#raw.length - cut;
    const recorded = this.#marks.render(this.#raw, 0, cut);
    const shown = this.#echoed === 0 ? recorded : this.#marks.render(this.#raw, Math.min(cut, this.#echoed), cut);
    const early = when === 'late' ? this.#early(cut, sure) : when === 'open' ? this.#echo(held, cut) : NOTHING;
    this.#waiting = this.#waitingFor(cut, sure);
    this.#raw = Buffer.from(this.#raw.subarray(cut));
    this.#read -= cut;
    this.#echoed = Math.max(0, this.#echoed - cut);
    this.#reading.settle(cut, CONTEXT);
    this.#marks.settle(cut);
    return { shown: early.length === 0 ? shown : Buffer.concat([shown, early]), recorded };
  }

  /** What is shown though it could be the beginning of something: in the record it waits on. */
  #early(cut: number, sure: number): Buffer {
    const from = Math.max(cut, this.#echoed);
    if (sure <= from) return NOTHING;
    this.#echoed = sure;
    return this.#marks.render(this.#raw, from, sure);
  }

  #waitingFor(cut: number, sure: number): Waiting {
    const seen = Math.max(cut, this.#echoed);
    if (seen >= this.#raw.length) return 'nothing';
    // Of a key it is known what it is: the rest of it need not come, as where a pager's screen ends.
    return sure <= seen && !this.#isKeyOpen ? 'on' : 'briefly';
  }

  /** What waits of this slice, when all of it is what was typed and nothing else waits before it. */
  #echo(held: number, cut: number): Buffer {
    if (!this.#typed.isAny) return NOTHING;
    const echoes = this.#typed.matches(this.#reading, held);
    if (!echoes || cut >= this.#raw.length || Math.max(cut, this.#echoed) < held) return NOTHING;
    const echo = this.#marks.render(this.#raw, Math.max(cut, this.#echoed), this.#raw.length, true);
    this.#echoed = this.#raw.length;
    return echo;
  }

  /**
   * Marks what was found and is over; gives how many of the bytes that wait need not any more, and from which on they look
   * too much like a finding to be shown before that is known.
   */
  #settled(when: When): { readonly cut: number; readonly sure: number } {
    const reading = this.#reading;
    const start = this.#goOn();
    const { text, length } = reading;
    const found = this.#findings(text, Math.max(0, start - CONTEXT), length);
    const ends = when === 'end' ? [] : reading.ends();
    const open = ends.map((end, index) => this.#openAt(start, end, index === ends.length - 1));
    let isKey = false;
    for (const { start: from, end: to } of found.toReversed()) {
      for (const one of open) {
        const touches = one.isCursor && to > start && to === one.end;
        if (touches) one.sure = Math.min(one.sure, Math.max(start, from));
        if (touches && text[from] === DASH) isKey = true;
        if (touches || (from < one.from && to > one.from && to < one.end))
          one.from = Math.min(one.from, Math.max(start, from));
      }
    }
    // What stands behind the cursor as well is all there: nothing can be put in but over it.
    const isOpen = (one: Replaced): boolean =>
      open.some(({ from, end, isCursor }) => one.end > from && (one.end < end || (isCursor && one.end === end)));
    for (const one of found) if (!isOpen(one)) this.#mark(one);
    const whole = when === 'end' ? this.#raw.length : this.#read;
    // A terminal does not show a string before it is over either.
    const string = when === 'end' ? whole : (reading.strings.place ?? whole);
    const cut = Math.min(string, ...open.map(({ from, end }) => reading.placeIn(from, end, whole)));
    this.#isKeyOpen = isKey;
    const isTooMuch = this.#raw.length - cut > MOST_WAITING || (isKey && when === 'late');
    if (when !== 'end' && isTooMuch) return this.#tooMuch(open);
    // Half a character is shown when the rest of it does not come.
    const sure = open.map((one) => (one.sure < one.end ? reading.placeIn(one.sure, one.end, whole) : this.#raw.length));
    return { cut, sure: Math.max(cut, Math.min(reading.strings.place ?? this.#raw.length, ...sure)) };
  }

  /** What may go on of the text that ends at `end`. */
  #openAt(start: number, end: number, isCursor: boolean): Open {
    const { text, size } = this.#reading;
    if (end < start) return { from: end, sure: end, end, isCursor };
    const { from, sure } = this.#search.unfinished(text, start, end);
    const broken = size === null ? null : this.#seams.unfinished(text, end, size.columns);
    const unseen = this.#unseen.unfinished(text, end);
    const first = (...places: readonly (number | undefined)[]): number =>
      Math.max(start, Math.min(...places.map((place) => place ?? end)));
    // Where the cursor has left, nothing is waited for in earnest.
    const surely = isCursor ? first(sure, broken?.sure, unseen?.sure) : end;
    return { from: first(from, broken?.from, unseen?.from), sure: surely, end, isCursor };
  }

  #findings(text: Buffer, start: number, end: number): readonly (Replaced | Broken)[] {
    const found = this.#search.findings(text, start, end);
    const unseen = this.#unseen.findings(text, start, end);
    const columns = this.#reading.size?.columns;
    const broken = columns === undefined ? [] : this.#seams.findings(text, start, end, columns);
    return broken.length + unseen.length === 0 ? found : [...found, ...broken, ...unseen];
  }

  #mark(found: Replaced | Broken): void {
    if (!('pieces' in found)) return this.#marks.add(this.#reading, found.start, found.end, found.method);
    // Its method is for a value that is whole.
    const [first, ...rest] = found.pieces;
    if (first !== undefined) this.#marks.add(this.#reading, first.start, first.end, 'redact');
    for (const { start, end } of rest) this.#marks.hide(this.#reading, start, end);
  }

  /** What is too long to wait for is masked, and goes on being masked until it is over. */
  #tooMuch(open: readonly Open[]): { readonly cut: number; readonly sure: number } {
    const { text } = this.#reading;
    for (const { from, end } of open) {
      if (from >= end) continue;
      this.#marks.add(this.#reading, from, end, 'redact');
      this.#within = text[from] === DASH ? 'key' : 'run';
    }
    return { cut: this.#read, sure: this.#read };
  }

  /** Where that is over; where what waits begins when there is no such thing. */
  #goOn(): number {
    const start = this.#reading.firstWaiting();
    if (this.#within === null) return start;
    const { text, length } = this.#reading;
    const end = this.#within === 'key' ? keyEnd(text, start, length) : runEnd(text, start, length);
    this.#marks.hide(this.#reading, start, end < 0 ? length : end);
    if (end >= 0) this.#within = null;
    return end < 0 ? length : end;
  }
}

function keyEnd(text: Buffer, start: number, end: number): number {
  const label = text.subarray(0, end).indexOf('-----END ', Math.max(0, start - 64));
  const close = label < 0 ? -1 : text.subarray(0, end).indexOf('-----', label + 9);
  return close >= 0 ? close + 5 : keyReach(text, Math.max(0, start - 1), end);
}

function runEnd(text: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at++) if ((text[at] ?? 0) <= 0x20) return at;
  return -1;
}

/** Where the last whole character ends. */
function wholeEnd(raw: Buffer): number {
  for (let back = 1; back <= Math.min(3, raw.length); back++) {
    const byte = raw[raw.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) return sizeOf(byte) > back ? raw.length - back : raw.length;
  }
  return raw.length;
}
