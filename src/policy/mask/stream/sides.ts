/** Columns between margins at the sides (DECSLRM), both included. */
export interface Sides {
  readonly left: number;
  readonly right: number;
}

/** Whether what is done in this column is done between the margins; everything is, where there are none. */
export function isWithin(sides: Sides | null, column: number): boolean {
  return sides === null || (column >= sides.left && column <= sides.right);
}
