import { type Line, safeLine } from '../safe-text.ts';

/** A part of a screen's row: exactly `width` cells of it. */
export interface Segment {
  readonly line: Line;
  readonly width: number;
  /** Under the cursor. */
  readonly chosen?: boolean;
}

export type ScreenRow = readonly Segment[];

/** The row with nothing in it that a terminal obeys, whatever its lines were made of. */
export function guardedRow(row: ScreenRow): ScreenRow {
  return row.map(({ line, ...rest }) => ({ line: line.flatMap(({ text, tone }) => safeLine(text, tone)), ...rest }));
}

/** Exactly `height` rows: the rest is left out, what is missing is empty. */
export function filledRows(rows: readonly ScreenRow[], height: number, width: number): readonly ScreenRow[] {
  return Array.from({ length: height }, (_, index) => rows[index] ?? [{ line: [], width }]);
}
