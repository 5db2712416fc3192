import type { Edit } from './motion.ts';
import type { Rows } from './rows.ts';
import type { Sheet } from './sheet.ts';
import type { BeforeGone } from './surface.ts';

const SPACE = 0x20;
/** What stands between two screens: no part of anything that is looked for. */
const SEPARATOR = Buffer.from('\n\u0001\n', 'latin1');

/** Rows, both included. */
export interface Region {
  readonly top: number;
  readonly bottom: number;
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

  apply(edit: Edit, { top, bottom }: Region): void {
    const { row, size } = this.rows;
    // Behind the last cell is on it.
    const column = Math.min(this.rows.column, size.columns - 1);
    const isInside = row >= top && row <= bottom;
    switch (edit.kind) {
      case 'erase':
        this.#eraseInRow(edit.what);
        return this.#stay(row);
      case 'erase-screen':
        if (edit.what === 'all') return this.renewInPlace();
        this.#eraseRows(edit.what);
        return this.#stay(row);
      case 'insert-cells':
        this.insertCells(edit.by);
        break;
      case 'delete-cells':
        this.deleteCells(edit.by);
        break;
      case 'erase-cells':
        this.#eraseCells(column, column + edit.by);
        break;
      case 'insert-rows':
        if (!isInside) break;
        this.scrollDown(row, bottom, edit.by);
        return this.rows.moveTo(row, 0);
      case 'delete-rows':
        if (!isInside) break;
        this.scrollUp(row, bottom, edit.by);
        return this.rows.moveTo(row, 0);
      case 'scroll-up':
        this.scrollUp(top, bottom, edit.by);
        return this.#stay(row);
      case 'scroll-down':
        this.scrollDown(top, bottom, edit.by);
        return this.#stay(row);
      case 'scroll-left':
        return this.#columns('deleteCells', 0, edit.by, { top, bottom });
      case 'scroll-right':
        return this.#columns('insertCells', 0, edit.by, { top, bottom });
      case 'insert-columns':
        return this.#columns('insertCells', column, edit.by, { top, bottom });
      case 'delete-columns':
        return this.#columns('deleteCells', column, edit.by, { top, bottom });
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
  #columns(edit: 'insertCells' | 'deleteCells', column: number, by: number, { top, bottom }: Region): void {
    const { row, column: before } = this.rows;
    if (row < top || row > bottom) return;
    for (let index = top; index <= bottom; index++) {
      this.rows.goTo(index, column);
      this[edit](by);
    }
    this.rows.row = row;
    this.rows.column = before;
    this.#stay(row);
  }

  /** What stands from the cursor on goes. */
  eraseBehind(): void {
    this.#eraseInRow('behind');
  }

  scrollUp(top: number, bottom: number, by: number): void {
    const count = Math.min(by, bottom - top + 1);
    this.rows.reach(bottom);
    const isAll = top === 0 && bottom === this.rows.size.rows - 1;
    if (isAll) return this.rows.scroll(count);
    this.leave(top, top + count - 1);
    this.#replace(top, bottom - count + 1, count);
  }

  scrollDown(top: number, bottom: number, by: number): void {
    const count = Math.min(by, bottom - top + 1);
    this.rows.reach(bottom);
    this.leave(Math.max(top, bottom - count + 1), bottom);
    this.#replace(bottom - count + 1, top, count);
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

  insertCells(by: number): void {
    const rows = this.rows;
    const { row, column, size } = rows;
    const count = Math.min(by, size.columns - Math.min(column, size.columns - 1));
    this.leave(row, row);
    rows.untab(row);
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

  deleteCells(by: number): void {
    const rows = this.rows;
    const { row, column } = rows;
    this.leave(row, row);
    rows.untab(row);
    rows.moveTo(row, column);
    const at = this.#sheet.cursor;
    rows.close(row);
    const to = rows.find(row, column + by);
    const half = Math.max(0, rows.found - column - by);
    rows.splice(row, at, Math.max(0, to - at), half, SPACE);
  }
}
