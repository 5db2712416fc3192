import type { Region } from './edits.ts';
import type { Rectangle } from './motion.ts';
import type { Size } from './rows.ts';
import { isWithin, type Sides } from './sides.ts';

/** The rows and columns of a screen that scroll, and what a program counts from them. */
export class Margins {
  readonly #size: Size;
  #top = 0;
  /** Null for the last row. */
  #bottom: number | null = null;
  #sides: Sides | null = null;
  /** Rows and columns are counted from them (DECOM). */
  isOrigin = false;

  constructor(size: Size) {
    this.#size = size;
  }

  get isNone(): boolean {
    return this.#bottom === null && this.#top === 0 && this.#sides === null;
  }

  get region(): Region {
    return { top: this.#top, bottom: this.#bottom ?? this.#size.rows - 1, sides: this.#sides };
  }

  get sides(): Sides | null {
    return this.#sides;
  }

  /** All of the screen again. */
  clear(): void {
    [this.#top, this.#bottom, this.#sides] = [0, null, null];
  }

  clearSides(): void {
    this.#sides = null;
  }

  /** False when there are no such rows. */
  setRows(top: number, bottom: number | null): boolean {
    const last = this.#size.rows - 1;
    const end = Math.min(bottom ?? last, last);
    if (top >= end) return false;
    [this.#top, this.#bottom] = [top, end === last ? null : end];
    return true;
  }

  /** The same of columns. */
  setSides(left: number, right: number | null): boolean {
    const last = this.#size.columns - 1;
    const end = Math.min(right ?? last, last);
    if (left >= end) return false;
    this.#sides = left === 0 && end === last ? null : { left, right: end };
    return true;
  }

  /** Where a row or a column is that a program counts. */
  rowAt(row: number): number {
    const { top, bottom } = this.region;
    return this.isOrigin ? Math.min(top + row, bottom) : row;
  }

  columnAt(column: number): number {
    if (!this.isOrigin || this.#sides === null) return column;
    return Math.min(this.#sides.left + column, this.#sides.right);
  }

  rectangleAt({ top, left, bottom, right }: Rectangle): Rectangle {
    const { rows, columns } = this.#size;
    return {
      top: this.rowAt(top),
      left: this.columnAt(left),
      bottom: this.rowAt(bottom ?? rows - 1),
      right: this.columnAt(right ?? columns - 1),
    };
  }

  /** The column that a return goes to. */
  firstColumn(column: number): number {
    const sides = this.#sides;
    return sides !== null && (this.isOrigin || column >= sides.left) ? sides.left : 0;
  }

  /** The last column that steps to the right go to. */
  lastColumn(column: number): number {
    return this.#sides !== null && column <= this.#sides.right ? this.#sides.right : this.#size.columns - 1;
  }

  /** The rows that steps up and down from this one stay in. */
  rowsAround(row: number): readonly [number, number] {
    const { top, bottom } = this.region;
    return [row >= top ? top : 0, row <= bottom ? bottom : this.#size.rows - 1];
  }

  isWithin(column: number): boolean {
    return isWithin(this.#sides, column);
  }
}
