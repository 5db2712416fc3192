import { cellsAt, isAscii, isSame, sizeOf } from './character.ts';
import { Edits } from './edits.ts';
import { Margins } from './margins.ts';
import { type Mode, type Motion, STAYS } from './motion.ts';
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
const MODES: Readonly<Record<Mode, boolean>> = {
  insert: false,
  wrap: true,
  origin: false,
  newline: false,
  margins: false,
};

/**
 * What a terminal shows: puts letters where the cursor is, and moves, erases and scrolls what stands in its rows, as the
 * VT220 and xterm do (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html).
 */
export class Page implements Surface {
  readonly #sheet: Sheet;
  readonly #edits: Edits;
  #rows: Rows;
  #margins: Margins;
  /** Behind the right margin, what comes next goes to the next row. */
  #isBehindSide = false;
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
    this.#margins = new Margins(size);
    this.#edits = new Edits(sheet, this.#rows, beforeGone);
  }

  set size(size: Size) {
    this.#rows.sync();
    this.#rows = new Rows(this.#sheet, size, this.#rows.top());
    this.#edits.rows = this.#rows;
    this.#margins = new Margins(size);
    this.#margins.isOrigin = this.#modes.origin;
    this.#isBehindSide = false;
    const below = this.#rows.locate();
    if (below > 0) this.#edits.cutRows(below);
  }

  get size(): Size {
    return this.#rows.size;
  }

  get isOrdinary(): boolean {
    const { wrap, insert, newline } = this.#modes;
    return this.#margins.isNone && wrap && !insert && !newline && this.#stops.isUsual;
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

  /** Behind the last column that what is put now goes to. */
  #limit(): number {
    const { column, size } = this.#rows;
    const { sides } = this.#margins;
    return sides === null || (column > sides.right && !this.#isBehindSide) ? size.columns : sides.right + 1;
  }

  put(raw: Buffer, from: number, size: number): void {
    const rows = this.#rows;
    rows.sync();
    if (size === 1 && this.#isOverLetter()) return this.#overwrite(raw, from);
    rows.split();
    const cells = cellsAt(raw, from, size, rows.column);
    const limit = this.#limit();
    if (cells > 0 && rows.column + cells > limit && !this.#wrap(cells, limit)) return;
    if (cells > 0 && this.#modes.insert) this.#edits.insertCells(cells, this.#margins.sides);
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
    this.#isBehindSide = rows.column === limit && limit < rows.size.columns;
  }

  /** Whether a letter of one byte and cell stands where the next one goes: the way of nearly all that is drawn again. */
  #isOverLetter(): boolean {
    const { text, cursor, length } = this.#sheet;
    if (cursor >= length || this.#rows.column >= this.#rows.size.columns) return false;
    if (this.#modes.insert || this.#margins.sides !== null) return false;
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
  #wrap(cells: number, limit: number): boolean {
    const { row, column, size } = this.#rows;
    const isInside = limit < size.columns;
    if (this.#modes.wrap) {
      // A cell that is too few for it is blank.
      if (column < limit && !isInside) this.#edits.eraseBehind();
      this.#feed(Math.min(column, limit - 1), this.#margins.firstColumn(column));
    } else if (cells > 1) return false;
    else this.#rows.moveTo(row, limit - 1);
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
    const { sides } = this.#margins;
    const isBehind = this.#isBehindSide;
    this.#isBehindSide = false;
    if (sides === null || !isBehind) return this.#do(motion);
    // Behind the right margin is on it.
    this.#rows.goTo(this.#rows.row, sides.right);
    this.#do(motion);
    if (!STAYS.has(motion.kind) || this.#margins.sides !== sides || this.#rows.column !== sides.right) return;
    this.#rows.goTo(this.#rows.row, sides.right + 1);
    this.#isBehindSide = true;
  }

  #do(motion: Exclude<Motion, { kind: 'none' }>): void {
    const { row, column, size } = this.#rows;
    // Behind the last cell is on it.
    const at = Math.min(column, size.columns - 1);
    const margins = this.#margins;
    const [first, last] = [margins.firstColumn(at), margins.lastColumn(at)];
    switch (motion.kind) {
      case 'back':
        return this.#rows.goTo(row, Math.max(at - motion.by, first));
      case 'forward':
        return this.#rows.goTo(row, Math.min(at + motion.by, last));
      case 'tab':
        if (column >= size.columns) return;
        return this.#rows.goTo(row, this.#stops.next(at, motion.by, last));
      case 'back-tab':
        if (column >= size.columns) return;
        return this.#rows.goTo(row, Math.max(this.#stops.previous(at, motion.by), this.#modes.origin ? first : 0));
      case 'up':
        return this.#vertical(-motion.by, motion.home ? first : at);
      case 'down':
        return this.#vertical(motion.by, motion.home ? first : at);
      case 'rows':
        return this.#rows.goTo(row + motion.by, at);
      case 'column':
        return this.#rows.goTo(row, margins.columnAt(motion.at));
      case 'row':
        return this.#rows.goTo(margins.rowAt(motion.at), at);
      case 'place':
        return this.#place(motion.row, motion.column);
      case 'return':
        return this.#rows.goTo(row, first);
      case 'line-feed':
        return this.#feed(at, this.#modes.newline ? first : at);
      case 'feed':
        return this.#feed(at, at);
      case 'next-line':
        return this.#feed(at, first);
      case 'reverse-feed':
        if (row !== margins.region.top) return this.#rows.goTo(row - 1, at);
        if (margins.isWithin(at)) this.#edits.scrollDown(margins.region, 1);
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
        if (margins.setRows(motion.top, motion.bottom)) this.#place(0, 0);
        return;
      case 'sides':
        if (!this.#modes.margins) return this.#save({ row, column: at });
        if (margins.setSides(motion.left, motion.right)) this.#place(0, 0);
        return;
      case 'mode':
        return this.#setMode(motion.mode, motion.on);
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
        margins.clear();
        this.#edits.renew(0, 0, Buffer.from(Array<string>(size.rows).fill('E'.repeat(size.columns)).join('\n')));
        return this.#rows.goTo(0, 0);
      case 'several':
        for (const one of motion.motions) this.apply(one);
        return;
      case 'repeat':
        return this.#repeat(motion.by);
      case 'erase-rectangle':
        return this.#edits.eraseRectangle(margins.rectangleAt(motion.at));
      default:
        return this.#edits.apply(motion, margins.region);
    }
  }

  /** Up and down stop at the end of what scrolls, when they begin within. */
  #vertical(by: number, column: number): void {
    const { row } = this.#rows;
    const [least, most] = this.#margins.rowsAround(row);
    this.#rows.goTo(Math.max(least, Math.min(most, row + by)), column);
  }

  #place(row: number, column: number): void {
    this.#rows.goTo(this.#margins.rowAt(row), this.#margins.columnAt(column));
  }

  /** A row down from this column, to another one. */
  #feed(at: number, column: number): void {
    const { row } = this.#rows;
    const { region } = this.#margins;
    if (row !== region.bottom) return this.#rows.goTo(row + 1, column);
    if (this.#margins.isWithin(at)) this.#edits.scrollUp(region, 1);
    this.#rows.goTo(row, column);
  }

  #setMode(mode: Mode, on: boolean): void {
    this.#modes[mode] = on;
    if (mode === 'margins' && !on) this.#margins.clearSides();
    if (mode !== 'origin') return;
    this.#margins.isOrigin = on;
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
    this.#margins.clear();
    this.#margins.isOrigin = false;
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
    const start = this.#limit();
    if (rows.column + cells > start && !this.#wrap(cells, start)) return 0;
    const limit = this.#limit();
    const count = Math.min(most, Math.floor((limit - rows.column) / cells));
    if (count === 0) return 0;
    if (this.#modes.insert) this.#edits.insertCells(count * cells, this.#margins.sides);
    const at = this.#sheet.cursor;
    const old = this.#under(at, rows.end(rows.row), count * cells);
    if (old.bytes > 0) this.#edits.leave(rows.row, rows.row);
    const rest = Math.max(0, old.cells - count * cells);
    rows.splice(rows.row, at, old.bytes, count * letter.length + rest, SPACE);
    this.#sheet.text.fill(letter, at, at + count * letter.length);
    this.#sheet.wrote(at + count * letter.length);
    rows.wrote(count * cells);
    this.#isBehindSide = rows.column === limit && limit < rows.size.columns;
    // Where nothing wraps, what is left of them goes to the last cell.
    return this.#modes.wrap ? count : most;
  }
}
