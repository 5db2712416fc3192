import { cellsAt, isFirst, sizeOf } from './character.ts';
import type { Sheet } from './sheet.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const NOTHING = Buffer.alloc(0);

/** Cells of a terminal. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/**
 * Where the rows of a terminal's screen lie in the text of it. A row ends with LF, or where the next letter does not fit.
 * What scrolled away is text before the first row. Rows that nothing was written to yet may be missing at the end.
 */
export class Rows {
  readonly size: Size;
  readonly #sheet: Sheet;
  #starts: number[] = [0];
  /** Where the cursor is; the column is one too far behind a row's last cell. */
  row = 0;
  column = 0;
  /** What the text was like when all of this was found out: at its end it grows by itself. */
  #length = -1;
  #cursor = -1;
  /** Text behind this has been added since. */
  #old: number;
  /** Cells that were passed by the last walk. */
  #cells = 0;
  /** Where the letter of several cells ends that the cursor is within; −1 when it is before one. */
  #within = -1;

  /** `least`: no row begins before. */
  constructor(sheet: Sheet, size: Size, least: number) {
    this.#sheet = sheet;
    this.size = size;
    this.#old = sheet.length;
    this.#starts = [least];
  }

  /** How many rows there are by now. */
  get count(): number {
    return this.#starts.length;
  }

  start(row: number): number {
    return this.#starts[row] ?? this.#sheet.length;
  }

  /** Behind the last letter of a row. */
  end(row: number): number {
    const { text, length } = this.#sheet;
    const next = this.#starts[row + 1];
    if (next === undefined) return length;
    if (!this.#hasEnd(row, next)) return next;
    return next - 2 >= this.start(row) && text[next - 2] === CR ? next - 2 : next - 1;
  }

  #hasEnd(row: number, next: number): boolean {
    return next > this.start(row) && this.#sheet.text[next - 1] === LF;
  }

  /** Where the first row begins, as far as that is known without counting: not behind it. `least`: not before. */
  top(least = this.#starts[0] ?? 0): number {
    const { text, length, cursor } = this.#sheet;
    if (this.#length === length && this.#cursor === cursor) return Math.max(least, this.#starts[0] ?? 0);
    let at = length;
    for (let row = 0; row < this.size.rows; row++) {
      at = at <= least ? -1 : text.lastIndexOf(LF, at - 1);
      if (at < least) return least;
    }
    return at + 1;
  }

  /** The first `count` bytes of the text are gone. */
  drop(count: number): void {
    const kept = this.#starts.filter((start) => start >= count).map((start) => start - count);
    this.#starts = kept.length > 0 ? kept : [0];
    this.#old -= count;
    this.#length -= count;
    this.#cursor -= count;
    if (this.#within >= 0) this.#within -= count;
  }

  /** Looks at what has been added to the text. */
  sync(): void {
    const { length, cursor } = this.#sheet;
    if (this.#length === length && this.#cursor === cursor) return;
    const top = this.top();
    const last = this.#starts.at(-1) ?? 0;
    const from = top > last ? this.#staircase(top, last) : last;
    if (top > last) this.#starts = from === top ? [top] : [];
    let indent = 0;
    for (let start = this.#next(from, indent); start >= 0; start = this.#next(start, indent)) {
      indent = this.#indent(start);
      // Rows that are gone again by now only say in which column the next one begins.
      if (start < top) continue;
      this.#starts.push(start);
      if (indent > 0) this.#sheet.splice(start, 0, indent, SPACE);
      if (this.#sheet.cursor === start) this.#sheet.cursor = this.#sheet.length;
      indent = 0;
    }
    const above = this.#starts.length - this.size.rows;
    if (above > 0) this.#starts.splice(0, above);
    this.#within = -1;
    this.row = this.#starts.length - 1;
    this.column = this.#cells;
    this.#settled();
  }

  /** The row from which on all up to `top` end in LF without CR: each begins in the column where the one before ended. */
  #staircase(top: number, least: number): number {
    const { text } = this.#sheet;
    const first = Math.max(least, this.#old);
    let at = top;
    while (at > first && text[at - 2] !== CR) at = at < 2 ? 0 : text.lastIndexOf(LF, at - 2) + 1;
    return Math.max(at, least);
  }

  /** Cells before the first letter of the row that begins at `start`: LF without CR goes down in the same column. */
  #indent(start: number): number {
    const { text } = this.#sheet;
    if (start <= this.#old || text[start - 1] !== LF || text[start - 2] === CR) return 0;
    return Math.min(this.#cells, this.size.columns - 1);
  }

  #settled(): void {
    this.#length = this.#sheet.length;
    this.#cursor = this.#sheet.cursor;
  }

  /** Where the row behind the one that begins at `start`, so many cells in, begins; -1 when there is none. */
  #next(start: number, indent: number): number {
    const { text, length } = this.#sheet;
    this.#cells = indent;
    for (let at = start; at < length;) {
      const byte = text[at] ?? 0;
      if (byte === LF) return at + 1;
      const size = Math.min(sizeOf(byte), length - at);
      const cells = size === 1 && byte > SPACE && byte < 0x80 ? 1 : this.cellsAt(at, size, this.#cells);
      // What is wider than a row has one for itself.
      if (cells > 0 && at > start && this.#cells + cells > this.size.columns) return at;
      this.#cells += cells;
      at += size;
    }
    return -1;
  }

  /** Puts the cursor where it is in the window, and makes sure that letters may be put there. */
  moveTo(row: number, column: number): void {
    this.goTo(row, column);
    this.split();
  }

  /** The same; but a letter of several cells stays whole where the cursor is within, until something is put there. */
  goTo(row: number, column: number): void {
    this.sync();
    const sheet = this.#sheet;
    this.row = Math.max(0, Math.min(row, this.size.rows - 1));
    this.column = Math.max(0, Math.min(column, this.size.columns - 1));
    this.reach(this.row);
    // What is put there does not have to go on with the rows around.
    if (this.row > 0) this.close(this.row - 1);
    this.close(this.row);
    let at = this.find(this.row, this.column);
    if (this.#cells > this.column && this.untab(this.row)) at = this.find(this.row, this.column);
    const missing = this.column - this.#cells;
    this.#within = missing < 0 ? at : -1;
    if (missing < 0) at = Math.max(this.start(this.row), this.letterBefore(at));
    else if (missing > 0) {
      this.splice(this.row, at, 0, missing, SPACE);
      at += missing;
    }
    sheet.cursor = at;
    this.#settled();
  }

  /** The letter that the cursor is within becomes blanks. */
  split(): void {
    if (this.#within < 0) return;
    const sheet = this.#sheet;
    const first = sheet.cursor;
    const size = this.#within - first;
    this.find(this.row, Infinity, this.#within);
    const behind = this.#cells;
    this.find(this.row, Infinity, first);
    const column = this.#cells;
    this.splice(this.row, first, size, behind - column, SPACE);
    this.#within = -1;
    sheet.cursor = first + this.column - column;
    this.#settled();
  }

  /** Where the letter begins that ends at `end`. */
  #before(end: number): number {
    const { text } = this.#sheet;
    let first = end - 1;
    while (first > this.start(this.row) && !isFirst(text[first] ?? 0)) first--;
    return first;
  }

  /** Tabs become blanks: what stands behind may be moved. False when there was none. */
  untab(row: number): boolean {
    let any = false;
    const tab = (from: number): number => this.#sheet.text.indexOf(TAB, from);
    for (let at = tab(this.start(row)); at >= 0 && at < this.end(row); at = tab(at)) {
      any = true;
      this.find(row, Infinity, at);
      this.splice(row, at, 1, this.cellsAt(at, 1, this.#cells), SPACE);
    }
    return any;
  }

  /** There are rows up to this one. */
  reach(row: number): void {
    const missing = row + 1 - this.#starts.length;
    if (missing > 0) {
      const { length } = this.#sheet;
      this.#sheet.splice(length, 0, missing, LF);
      for (let index = 1; index <= missing; index++) this.#starts.push(length + index);
    }
    this.#settled();
  }

  /** Where the letter begins that ends at `end`, with its marks; −1 when there is none in this row. */
  letterBefore(end: number): number {
    const { text } = this.#sheet;
    const least = this.start(this.row);
    let first = end;
    do {
      first = this.#before(first);
      if (first < least || (text[first] ?? 0) < SPACE) return -1;
    } while (cellsAt(text, first, sizeOf(text[first] ?? 0), 0) === 0);
    return first;
  }

  /** Where a column of a row is, or the row ends before it: at `until` at the latest. */
  find(row: number, column: number, until = this.end(row)): number {
    const { text } = this.#sheet;
    let at = this.start(row);
    this.#cells = 0;
    while (at < until) {
      const size = sizeOf(text[at] ?? 0);
      const cells = this.cellsAt(at, size, this.#cells);
      // What takes no cell belongs to the letter before it.
      if (this.#cells >= column && cells > 0) break;
      this.#cells += cells;
      at += size;
    }
    return at;
  }

  /** Cells that the character takes which stands in this column of a row. */
  cellsAt(at: number, size: number, column: number): number {
    const { text } = this.#sheet;
    const cells = cellsAt(text, at, size, column);
    return text[at] === TAB ? Math.max(0, Math.min(cells, this.size.columns - 1 - column)) : cells;
  }

  /** Cells between the beginning of the row and what `find` found last. */
  get found(): number {
    return this.#cells;
  }

  /** As of the text; the rows behind move along. */
  splice(row: number, at: number, gone: number, count: number, byte: number): void {
    this.#sheet.splice(at, gone, count, byte);
    this.#shift(row + 1, count - gone);
    this.#settled();
  }

  #shift(from: number, delta: number): void {
    if (delta !== 0) for (let row = from; row < this.#starts.length; row++) this.#starts[row] = this.start(row) + delta;
  }

  /** Blanks up to the last cell of a row. */
  fill(row: number): void {
    const at = this.find(row, this.size.columns);
    const missing = this.size.columns - this.#cells;
    if (missing > 0) this.splice(row, at, 0, missing, SPACE);
  }

  /** A row that has no end of its own gets one: what comes next does not go on with it. */
  close(row: number): void {
    const next = this.#starts[row + 1];
    if (next !== undefined && !this.#hasEnd(row, next)) this.splice(row, next, 0, 1, LF);
  }

  /** Takes so many rows away; the only one that there is becomes empty. */
  remove(row: number, count: number): void {
    if (row > 0) this.close(row - 1);
    const from = this.start(row);
    const next = this.#starts[row + count];
    if (next !== undefined) {
      this.#sheet.splice(from, next - from, 0, SPACE);
      this.#starts.splice(row, count);
      this.#shift(row, from - next);
    } else {
      // With the end of the row before, of which nothing is left then.
      const end = row > 0 ? this.end(row - 1) : from;
      this.#sheet.splice(end, this.#sheet.length - end, 0, SPACE);
      this.#starts.splice(Math.max(1, row));
    }
    this.#settled();
  }

  /** So many empty rows, before the one that is there. */
  insert(row: number, count: number): void {
    if (row >= this.#starts.length) return this.reach(row + count - 1);
    if (row > 0) this.close(row - 1);
    const at = this.start(row);
    this.#sheet.splice(at, 0, count, LF);
    this.#starts.splice(row, 0, ...Array.from({ length: count }, (_, index) => at + index));
    this.#shift(row + count, count);
    this.#settled();
  }

  /** The first rows go up to what scrolled away, and empty ones come at the end. */
  scroll(count: number): void {
    this.reach(this.size.rows + count - 1);
    this.#starts.splice(0, count);
  }

  /** What stands in the rows. */
  copy(): Buffer {
    this.sync();
    return Buffer.from(this.#sheet.text.subarray(this.start(0), this.#sheet.length));
  }

  /** Other rows: what was there counts as scrolled away. `separator`: what stands between; `letters`: as `copy` gives them. */
  renew(separator: Buffer, letters: Buffer = NOTHING): void {
    const sheet = this.#sheet;
    this.#append(separator);
    this.#starts = [sheet.length];
    this.#append(letters);
    this.#old = sheet.length;
    this.#length = -1;
    sheet.cursor = sheet.length;
    this.sync();
  }

  #append(bytes: Buffer): void {
    const { length } = this.#sheet;
    this.#sheet.splice(length, 0, bytes.length, SPACE);
    bytes.copy(this.#sheet.text, length);
  }

  /**
   * Looks for the row and column of the cursor, in rows of another size than they were written in. What would lie above
   * the first one counts as scrolled away; gives how many lie below the last one.
   */
  locate(): number {
    const { cursor } = this.#sheet;
    this.#starts = [this.start(0)];
    for (let start = this.#next(this.start(0), 0); start >= 0; start = this.#next(start, 0)) this.#starts.push(start);
    const row = Math.max(
      0,
      this.#starts.findLastIndex((start) => start <= cursor),
    );
    const above = Math.max(0, row + 1 - this.size.rows);
    this.#starts.splice(0, above);
    this.row = row - above;
    this.find(this.row, Infinity, cursor);
    this.column = this.#cells;
    this.#settled();
    return Math.max(0, this.#starts.length - this.size.rows);
  }

  /** The cursor was put behind a letter that was written. */
  wrote(cells: number): void {
    this.column += cells;
    this.#within = -1;
    this.#settled();
  }
}
