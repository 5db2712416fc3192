import type { Edit, Rectangle } from './motion.ts';
import type { Rows } from './rows.ts';
import { type Piece, type Sheet, SHOWN } from './sheet.ts';
import { isWithin, type Sides } from './sides.ts';
import type { BeforeGone } from './surface.ts';

const SPACE = 0x20;
/** What stands between two screens: no part of anything that is looked for. */
const SEPARATOR = Buffer.from('\n\u0001\n', 'latin1');

/** What scrolls: rows and columns, all included. `sides` is null for whole rows. */
export interface Region {
  readonly top: number;
  readonly bottom: number;
  readonly sides: Sides | null;
}

/** Erases, inserts, takes out and scrolls what stands in rows. */
export class Edits {
  rows: Rows;
  readonly #sheet: Sheet;
  readonly #beforeGone: BeforeGone;

  constructor(sheet: Sheet, rows: Rows, beforeGone: BeforeGone) {
    this.#sheet = sheet;
    this.rows = rows;
    this.#beforeGone = beforeGone;
  }

  /** What waits in these rows is about to go. */
  leave(first: number, last: number): void {
    const from = this.rows.start(first);
    const to = this.rows.end(last);
    if (this.#sheet.hasWaiting(from, to)) this.#beforeGone(from, to);
  }

  apply(edit: Exclude<Edit, { kind: 'erase-rectangle' }>, region: Region): void {
    const { row, size } = this.rows;
    const { top, bottom, sides } = region;
    // Behind the last cell is on it.
    const column = Math.min(this.rows.column, size.columns - 1);
    const isInside = row >= top && row <= bottom && isWithin(sides, column);
    switch (edit.kind) {
      case 'erase':
        this.#eraseInRow(edit.what);
        return this.#stay(row);
      case 'erase-screen':
        if (edit.what === 'all') return this.renewInPlace();
        this.#eraseRows(edit.what);
        return this.#stay(row);
      case 'insert-cells':
        this.insertCells(edit.by, sides);
        break;
      case 'delete-cells':
        this.deleteCells(edit.by, sides);
        break;
      case 'erase-cells':
        this.#eraseCells(column, column + edit.by);
        break;
      case 'insert-rows':
        if (!isInside) break;
        this.scrollDown({ ...region, top: row }, edit.by);
        return this.rows.moveTo(row, sides?.left ?? 0);
      case 'delete-rows':
        if (!isInside) break;
        this.scrollUp({ ...region, top: row }, edit.by);
        return this.rows.moveTo(row, sides?.left ?? 0);
      case 'scroll-up':
        this.scrollUp(region, edit.by);
        return this.#stay(row);
      case 'scroll-down':
        this.scrollDown(region, edit.by);
        return this.#stay(row);
      case 'scroll-left':
        return this.#columns('deleteCells', sides?.left ?? 0, edit.by, region);
      case 'scroll-right':
        return this.#columns('insertCells', sides?.left ?? 0, edit.by, region);
      case 'insert-columns':
        return this.#columns('insertCells', column, edit.by, region);
      case 'delete-columns':
        return this.#columns('deleteCells', column, edit.by, region);
    }
    this.rows.goTo(row, column);
  }

  /** The cursor is where it was, be it behind the last cell: then all of the row is there, since what comes next does not. */
  #stay(row: number): void {
    const { column, size } = this.rows;
    if (column < size.columns) return this.rows.goTo(row, column);
    this.rows.fill(row);
    this.#sheet.cursor = this.rows.end(row);
    this.rows.wrote(0);
  }

  /** An empty screen, and the cursor where it was. */
  renewInPlace(letters?: Buffer): void {
    const { row, column } = this.rows;
    this.renew(row, column, letters);
    this.rows.column = column;
    this.#stay(row);
  }

  /** An empty screen, or one with other letters. */
  renew(row: number, column: number, letters?: Buffer): void {
    this.leave(0, this.rows.count - 1);
    this.rows.renew(SEPARATOR, letters);
    this.rows.moveTo(row, column);
  }

  /** What is beyond the last row goes. */
  cutRows(count: number): void {
    const { row, column } = this.rows;
    const from = this.rows.count - count;
    this.leave(from, this.rows.count - 1);
    this.rows.remove(from, count);
    this.rows.goTo(row, column);
  }

  /** Cells in all rows that scroll, from this column on. */
  #columns(edit: 'insertCells' | 'deleteCells', column: number, by: number, { top, bottom, sides }: Region): void {
    const { row, column: before, size } = this.rows;
    if (row < top || row > bottom || !isWithin(sides, Math.min(before, size.columns - 1))) return;
    for (let index = top; index <= bottom; index++) {
      this.rows.goTo(index, column);
      this[edit](by, sides);
    }
    this.rows.row = row;
    this.rows.column = before;
    this.#stay(row);
  }

  /** Blanks in all of its cells. */
  eraseRectangle({ top, left, bottom, right }: Rectangle): void {
    const { row, column, size } = this.rows;
    const last = Math.min(bottom ?? size.rows - 1, size.rows - 1);
    for (let index = top; index <= last && left <= (right ?? left) && left < size.columns; index++) {
      this.rows.goTo(index, 0);
      this.#eraseCells(left, (right ?? size.columns - 1) + 1);
    }
    this.rows.row = row;
    this.rows.column = column;
    this.#stay(row);
  }

  /** What stands from the cursor on goes. */
  eraseBehind(): void {
    this.#eraseInRow('behind');
  }

  scrollUp(region: Region, by: number): void {
    const { top, bottom, sides } = region;
    const count = Math.min(by, bottom - top + 1);
    this.rows.reach(bottom);
    if (sides !== null) return this.#scrollSides(region, sides, count);
    const isAll = top === 0 && bottom === this.rows.size.rows - 1;
    if (isAll) return this.rows.scroll(count);
    this.leave(top, top + count - 1);
    this.#replace(top, bottom - count + 1, count);
  }

  scrollDown(region: Region, by: number): void {
    const { top, bottom, sides } = region;
    const count = Math.min(by, bottom - top + 1);
    this.rows.reach(bottom);
    if (sides !== null) return this.#scrollSides(region, sides, -count);
    this.leave(Math.max(top, bottom - count + 1), bottom);
    this.#replace(bottom - count + 1, top, count);
  }

  /** What stands between margins at the sides goes up by so many rows, or down. */
  #scrollSides({ top, bottom }: Region, { left, right }: Sides, by: number): void {
    const { row: before, column } = this.rows;
    this.leave(top, bottom);
    const pieces: Piece[] = [];
    for (let row = top; row <= bottom; row++) {
      const [from, to] = this.#cells(row, left, right);
      pieces.push(this.#sheet.take(from, to));
    }
    const blank = Buffer.alloc(right - left + 1, SPACE);
    for (let row = top; row <= bottom; row++) {
      const piece = pieces[row - top + by] ?? { text: blank, places: new Int32Array(blank.length).fill(SHOWN) };
      const [from, to] = this.#cells(row, left, right);
      this.rows.splice(row, from, to - from, piece.text.length, SPACE);
      this.#sheet.lay(from, piece);
    }
    this.rows.row = before;
    this.rows.column = column;
  }

  /** Where the letters of these cells stand, all of which are there then. */
  #cells(row: number, left: number, right: number): readonly [number, number] {
    const { rows } = this;
    rows.untab(row);
    if (right < rows.size.columns - 1) rows.moveTo(row, right + 1);
    else {
      rows.close(row);
      rows.fill(row);
    }
    rows.moveTo(row, left);
    return [rows.find(row, left), rows.find(row, right + 1)];
  }

  /** Takes rows away, and puts as many empty ones elsewhere. */
  #replace(from: number, to: number, count: number): void {
    const before = this.rows.count;
    this.rows.remove(from, count);
    this.rows.insert(to, before - this.rows.count);
  }

  #eraseInRow(what: 'behind' | 'before' | 'all'): void {
    const { row, column, size } = this.rows;
    const at = Math.min(column, size.columns - 1);
    this.leave(row, row);
    // What waits for its row to go on is not erased with what is behind it.
    if (what !== 'before') this.#cut(row, what === 'all' ? 0 : column);
    if (what === 'before') this.#eraseCells(0, at + 1);
    this.rows.column = column;
  }

  #eraseRows(what: 'behind' | 'before'): void {
    const { row } = this.rows;
    const rows = this.rows;
    if (what === 'before') {
      this.leave(0, row);
      for (let index = 0; index < row; index++) this.#cut(index, 0);
    } else {
      this.leave(row, rows.count - 1);
      if (rows.count > row + 1) rows.remove(row + 1, rows.count - row - 1);
    }
    this.#eraseInRow(what);
  }

  /** Takes away what stands in a row from a column on. */
  #cut(row: number, column: number): void {
    const rows = this.rows;
    const at = rows.find(row, column);
    const end = rows.end(row);
    if (at >= end) return;
    rows.close(row);
    // What takes several cells begins before.
    const over = Math.max(0, rows.found - column);
    rows.splice(row, at, end - at, 0, SPACE);
    if (over > 0) rows.moveTo(row, column);
  }

  /** The cursor is left anywhere in the row. */
  #eraseCells(from: number, to: number): void {
    const rows = this.rows;
    const { row, size } = rows;
    this.leave(row, row);
    if (to >= size.columns) return this.#cut(row, from);
    rows.moveTo(row, to);
    const end = this.#sheet.cursor;
    rows.moveTo(row, from);
    const at = this.#sheet.cursor;
    // Letters that take several cells have been taken apart by now.
    rows.splice(row, at, Math.max(0, rows.find(row, to, Math.max(at, end)) - at), to - from, SPACE);
  }

  insertCells(by: number, sides: Sides | null): void {
    const rows = this.rows;
    const { row, column, size } = rows;
    if (!isWithin(sides, Math.min(column, size.columns - 1))) return;
    const end = sides === null ? size.columns : sides.right + 1;
    const count = Math.min(by, end - Math.min(column, end - 1));
    this.leave(row, row);
    rows.untab(row);
    // What is beyond the margin stays where it is.
    if (end < size.columns) this.#takeOut(row, end - count, count);
    rows.moveTo(row, column);
    const at = this.#sheet.cursor;
    this.#trim(row, size.columns - count);
    rows.splice(row, at, 0, count, SPACE);
    rows.moveTo(row, column);
  }

  /** Takes away what stands beyond so many cells of a row. */
  #trim(row: number, cells: number): void {
    const behind = this.rows.find(row, cells);
    // What takes several cells and does not fit any more goes as a whole.
    const at = this.rows.found > cells ? this.rows.letterBefore(behind) : behind;
    const end = this.rows.end(row);
    if (at >= end) return;
    this.rows.close(row);
    this.rows.splice(row, at, end - at, 0, SPACE);
  }

  deleteCells(by: number, sides: Sides | null): void {
    const rows = this.rows;
    const { row, column, size } = rows;
    if (!isWithin(sides, Math.min(column, size.columns - 1))) return;
    this.leave(row, row);
    rows.untab(row);
    if (sides === null || sides.right === size.columns - 1) return this.#takeOut(row, column, by);
    const count = Math.min(by, sides.right + 1 - column);
    this.#takeOut(row, column, count);
    rows.moveTo(row, sides.right + 1 - count);
    rows.splice(row, this.#sheet.cursor, 0, count, SPACE);
  }

  #takeOut(row: number, column: number, by: number): void {
    const rows = this.rows;
    rows.moveTo(row, column);
    const at = this.#sheet.cursor;
    rows.close(row);
    const to = rows.find(row, column + by);
    const half = Math.max(0, rows.found - column - by);
    rows.splice(row, at, Math.max(0, to - at), half, SPACE);
  }
}
