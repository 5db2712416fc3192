import { cellsAt, sizeOf } from './character.ts';
import { Edits } from './edits.ts';
import type { Mode, Motion } from './motion.ts';
import { Rows, type Size } from './rows.ts';
import type { Sheet } from './sheet.ts';
import { Stops } from './stops.ts';
import type { BeforeGone, Surface } from './surface.ts';

const SPACE = 0x20;
const UNDERLINE = 0x5f;
/** Bytes of a screen's text, for each of its cells and besides, beyond which it is made of marks, and given up. */
const MOST_BYTES = { cell: 16, besides: 64 * 1024 };

interface Place {
  readonly row: number;
  readonly column: number;
}

const HOME: Place = { row: 0, column: 0 };
const MODES: Readonly<Record<Mode, boolean>> = { insert: false, wrap: true, origin: false, newline: false };

/**
 * What a terminal shows: puts letters where the cursor is, and moves, erases and scrolls what stands in its rows, as the
 * VT220 and xterm do (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html).
 */
export class Page implements Surface {
  readonly #sheet: Sheet;
  readonly #edits: Edits;
  #rows: Rows;
  #top = 0;
  #bottom: number | null = null;
  #modes: Record<Mode, boolean> = { ...MODES };
  readonly #stops = new Stops();
  /** Of the first screen and the other one. */
  #saved: [Place, Place] = [HOME, HOME];
  /** What stands on the first screen while the other one is shown. */
  #first: Buffer | null = null;
  /** Where the next letter would go on with writing over others. */
  #covering = -1;

  constructor(sheet: Sheet, size: Size, beforeGone: BeforeGone) {
    this.#sheet = sheet;
    this.#rows = new Rows(sheet, size, 0);
    this.#edits = new Edits(sheet, this.#rows, beforeGone);
  }

  set size(size: Size) {
    this.#rows.sync();
    this.#rows = new Rows(this.#sheet, size, this.#rows.top());
    this.#edits.rows = this.#rows;
    [this.#top, this.#bottom] = [0, null];
    const below = this.#rows.locate();
    if (below > 0) this.#edits.cutRows(below);
  }

  get size(): Size {
    return this.#rows.size;
  }

  get isOrdinary(): boolean {
    const { wrap, insert, newline } = this.#modes;
    return this.#bottom === null && this.#top === 0 && wrap && !insert && !newline && this.#stops.isUsual;
  }

  get start(): number {
    // In which row and column what comes next goes hangs on what may be forgotten then.
    this.#rows.sync();
    const { columns, rows } = this.size;
    if (this.#sheet.length - this.#rows.top() > MOST_BYTES.besides + MOST_BYTES.cell * columns * rows)
      this.#edits.renewInPlace();
    return this.#rows.top();
  }

  drop(count: number): void {
    this.#rows.drop(count);
    this.#covering = Math.max(-1, this.#covering - count);
  }

  get #last(): number {
    return this.#rows.size.rows - 1;
  }

  get #floor(): number {
    return this.#bottom ?? this.#last;
  }

  put(raw: Buffer, from: number, size: number): void {
    const rows = this.#rows;
    rows.sync();
    if (size === 1 && this.#isOverLetter()) return this.#overwrite(raw, from);
    rows.split();
    const cells = cellsAt(raw, from, size, rows.column);
    if (cells > 0 && rows.column + cells > rows.size.columns && !this.#wrap(cells)) return;
    if (cells > 0 && this.#modes.insert) this.#edits.insertCells(cells);
    const at = this.#sheet.cursor;
    const end = cells === 0 ? at : rows.end(rows.row);
    const old = at < end ? this.#under(at, end, cells) : { bytes: 0, cells: 0 };
    if (old.bytes > 0) this.#cover(raw, from, size, at, old.bytes);
    const rest = Math.max(0, old.cells - cells);
    if (size + rest !== old.bytes || rest > 0) rows.splice(rows.row, at, old.bytes, size + rest, SPACE);
    this.#sheet.write(at, raw, from, size);
    this.#sheet.wrote(at + size);
    rows.wrote(cells);
    this.#covering = at + size;
  }

  /** Whether a letter of one byte and cell stands where the next one goes: the way of nearly all that is drawn again. */
  #isOverLetter(): boolean {
    const { text, cursor, length } = this.#sheet;
    if (cursor >= length || this.#rows.column >= this.#rows.size.columns || this.#modes.insert) return false;
    return isAscii(text[cursor] ?? 0) && (cursor + 1 === length || (text[cursor + 1] ?? 0) < 0x80);
  }

  #overwrite(raw: Buffer, from: number): void {
    const { cursor } = this.#sheet;
    this.#cover(raw, from, 1, cursor, 1);
    this.#sheet.write(cursor, raw, from, 1);
    this.#sheet.wrote(cursor + 1);
    this.#rows.wrote(1);
    this.#covering = cursor + 1;
  }

  /** Makes room for a letter that does not fit in the row; false when there is none. */
  #wrap(cells: number): boolean {
    const { row, column, size } = this.#rows;
    if (this.#modes.wrap) {
      // A cell that is too few for it is blank.
      if (column < size.columns) this.#edits.eraseBehind();
      this.#feed(0);
    } else if (cells > 1) return false;
    else this.#rows.moveTo(row, size.columns - 1);
    return true;
  }

  /** What stands where a character goes that takes so many cells. */
  #under(at: number, end: number, wanted: number): { readonly bytes: number; readonly cells: number } {
    const { text } = this.#sheet;
    let [to, cells] = [at, 0];
    while (to < end) {
      const size = sizeOf(text[to] ?? 0);
      const more = this.#rows.cellsAt(to, size, this.#rows.column + cells);
      if (cells >= wanted && more > 0) break;
      cells += more;
      to += size;
    }
    return { bytes: to - at, cells };
  }

  /** A character of `size` bytes goes where `old` bytes are. */
  #cover(raw: Buffer, from: number, size: number, at: number, old: number): void {
    if (at === this.#covering) return;
    const { text } = this.#sheet;
    const { row } = this.#rows;
    const isLast = at + old === this.#rows.end(row);
    // Bold and underlined, as they are written on paper, are one letter that was written twice.
    if (isLast && (text[at] === UNDERLINE || isSame(raw, from, size, text, at, old))) this.#sheet.cover(at, old);
    // One letter behind the other is one act.
    else this.#edits.leave(row, row);
  }

  apply(motion: Motion): void {
    if (motion.kind === 'none') return;
    this.#covering = -1;
    this.#rows.sync();
    const { row, column, size } = this.#rows;
    // Behind the last cell is on it.
    const at = Math.min(column, size.columns - 1);
    switch (motion.kind) {
      case 'back':
        return this.#rows.goTo(row, at - motion.by);
      case 'forward':
        return this.#rows.goTo(row, at + motion.by);
      case 'tab':
        if (column >= size.columns) return;
        return this.#rows.goTo(row, this.#stops.next(at, motion.by, size.columns - 1));
      case 'back-tab':
        if (column >= size.columns) return;
        return this.#rows.goTo(row, this.#stops.previous(at, motion.by));
      case 'up':
        return this.#vertical(-motion.by, motion.home ? 0 : at);
      case 'down':
        return this.#vertical(motion.by, motion.home ? 0 : at);
      case 'rows':
        return this.#rows.goTo(row + motion.by, at);
      case 'column':
        return this.#rows.goTo(row, motion.at);
      case 'row':
        return this.#place(motion.at, at);
      case 'place':
        return this.#place(motion.row, motion.column);
      case 'return':
        return this.#rows.goTo(row, 0);
      case 'line-feed':
        return this.#feed(this.#modes.newline ? 0 : at);
      case 'feed':
        return this.#feed(at);
      case 'next-line':
        return this.#feed(0);
      case 'reverse-feed':
        if (row !== this.#top) return this.#rows.goTo(row - 1, at);
        this.#edits.scrollDown(this.#top, this.#floor, 1);
        return this.#rows.goTo(row, at);
      case 'set-stop':
      case 'clear-stop':
      case 'clear-stops':
        return this.#setStops(motion.kind, at);
      case 'save':
        return this.#save({ row, column: at });
      case 'restore':
        return this.#restore();
      case 'region':
        return this.#setRegion(motion.top, motion.bottom);
      case 'mode':
        this.#modes[motion.mode] = motion.on;
        if (motion.mode === 'origin') this.#place(0, 0);
        return;
      case 'other-screen':
        return this.#switch(motion.on, motion.keepsCursor);
      case 'soft-reset':
        this.#save(HOME);
        return this.#reset(this.#modes.newline);
      case 'reset':
        this.#reset(false);
        this.#stops.reset();
        this.#saved = [HOME, HOME];
        this.#first = null;
        return this.#edits.renew(0, 0);
      case 'align':
        this.#edits.renew(0, 0, Buffer.from(Array<string>(size.rows).fill('E'.repeat(size.columns)).join('\n')));
        return this.#place(0, 0);
      case 'several':
        for (const one of motion.motions) this.apply(one);
        return;
      case 'repeat':
        return this.#repeat(motion.by);
      default:
        return this.#edits.apply(motion, { top: this.#top, bottom: this.#floor });
    }
  }

  /** Up and down stop at the end of what scrolls, when they begin within. */
  #vertical(by: number, column: number): void {
    const { row } = this.#rows;
    const least = row >= this.#top ? this.#top : 0;
    const most = row <= this.#floor ? this.#floor : this.#last;
    this.#rows.goTo(Math.max(least, Math.min(most, row + by)), column);
  }

  #place(row: number, column: number): void {
    if (this.#modes.origin) this.#rows.goTo(Math.min(this.#top + row, this.#floor), column);
    else this.#rows.goTo(row, column);
  }

  #feed(column: number): void {
    const { row } = this.#rows;
    if (row !== this.#floor) return this.#rows.goTo(row + 1, column);
    this.#edits.scrollUp(this.#top, this.#floor, 1);
    this.#rows.goTo(row, column);
  }

  #setRegion(top: number, bottom: number | null): void {
    const last = Math.min(bottom ?? this.#last, this.#last);
    if (top >= last) return;
    this.#top = top;
    this.#bottom = last === this.#last ? null : last;
    this.#place(0, 0);
  }

  #save(place: Place): void {
    this.#saved[this.#first === null ? 0 : 1] = place;
  }

  #restore(): void {
    const { row, column } = this.#saved[this.#first === null ? 0 : 1];
    this.#rows.goTo(row, column);
  }

  #reset(newline: boolean): void {
    [this.#top, this.#bottom] = [0, null];
    this.#modes = { ...MODES, newline };
  }

  /** Tabs that are there stay where they are. */
  #setStops(how: 'set-stop' | 'clear-stop' | 'clear-stops', column: number): void {
    const { count, size } = this.#rows;
    for (let row = 0; row < count && this.#stops.isUsual; row++) this.#rows.untab(row);
    if (how === 'set-stop') this.#stops.set(column, size.columns);
    else if (how === 'clear-stop') this.#stops.clear(column, size.columns);
    else this.#stops.clearAll();
  }

  #switch(on: boolean, keepsCursor: boolean): void {
    const { row, column, size } = this.#rows;
    const first = this.#first;
    if (on && keepsCursor) this.#save({ row, column: Math.min(column, size.columns - 1) });
    if (on && first === null) {
      this.#first = this.#rows.copy();
      this.#edits.renewInPlace();
    } else if (!on && first !== null) {
      this.#first = null;
      this.#edits.renewInPlace(first);
    }
    if (!on && keepsCursor) this.#restore();
  }

  /** The letter before the cursor, with its marks, once more: its bytes stand for all of them. */
  #repeat(by: number): void {
    const { text, cursor } = this.#sheet;
    const { columns, rows } = this.size;
    const first = this.#rows.letterBefore(cursor);
    if (first < 0) return;
    const letter = Buffer.from(text.subarray(first, cursor));
    // Of what scrolls away again only how far the last row is filled matters.
    const cells = Math.max(1, cellsAt(letter, 0, sizeOf(letter[0] ?? 0), 0));
    const inRow = Math.floor(columns / cells);
    const most = inRow * (rows + 1);
    for (let left = by > most ? most + ((by - most) % inRow) : by; left > 0;) {
      const done = this.#putRun(letter, cells, left);
      if (done === 0) return;
      left -= done;
    }
  }

  /** Puts a letter of so many cells once or more often in one row; gives how often. */
  #putRun(letter: Buffer, cells: number, most: number): number {
    const rows = this.#rows;
    rows.split();
    if (rows.column + cells > rows.size.columns && !this.#wrap(cells)) return 0;
    const count = Math.min(most, Math.floor((rows.size.columns - rows.column) / cells));
    if (count === 0) return 0;
    if (this.#modes.insert) this.#edits.insertCells(count * cells);
    const at = this.#sheet.cursor;
    const old = this.#under(at, rows.end(rows.row), count * cells);
    if (old.bytes > 0) this.#edits.leave(rows.row, rows.row);
    const rest = Math.max(0, old.cells - count * cells);
    rows.splice(rows.row, at, old.bytes, count * letter.length + rest, SPACE);
    this.#sheet.text.fill(letter, at, at + count * letter.length);
    this.#sheet.wrote(at + count * letter.length);
    rows.wrote(count * cells);
    // Where nothing wraps, what is left of them goes to the last cell.
    return this.#modes.wrap ? count : most;
  }
}

function isAscii(byte: number): boolean {
  return byte >= SPACE && byte < 0x7f;
}

function isSame(raw: Buffer, from: number, size: number, text: Buffer, at: number, old: number): boolean {
  if (size !== old) return false;
  for (let index = 0; index < size; index++) if (raw[from + index] !== text[at + index]) return false;
  return true;
}
