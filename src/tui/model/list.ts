/** Which rows of a long list are seen, and which one is chosen. */
export interface ListState {
  readonly count: number;
  /** The chosen one; 0 when there is none. */
  readonly selected: number;
  /** The first row that is seen. */
  readonly top: number;
  /** Rows that are seen. */
  readonly height: number;
}

export type ListMove = 'up' | 'down' | 'page-up' | 'page-down' | 'first' | 'last';

export function emptyList(height = 0): ListState {
  return { count: 0, selected: 0, top: 0, height };
}

/** The state with the chosen row in sight, and no empty rows below the last where rows above it are hidden. */
function settled({ count, selected, top, height }: ListState): ListState {
  const chosen = clamp(selected, 0, count - 1);
  const least = chosen - Math.max(1, height) + 1;
  return { count, height, selected: chosen, top: clamp(clamp(top, least, chosen), 0, count - height) };
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, 0, Math.min(value, most));
}

export function moveList(list: ListState, move: ListMove): ListState {
  const page = Math.max(1, list.height - 1);
  switch (move) {
    case 'up':
      return select(list, list.selected - 1);
    case 'down':
      return select(list, list.selected + 1);
    case 'page-up':
      return settled({ ...list, selected: list.selected - page, top: list.top - page });
    case 'page-down':
      return settled({ ...list, selected: list.selected + page, top: list.top + page });
    case 'first':
      return select(list, 0);
    case 'last':
      return select(list, list.count - 1);
  }
}

export function select(list: ListState, selected: number): ListState {
  return settled({ ...list, selected });
}

/** With another number of rows, or another height; the chosen one stays as far as it is there. */
export function resizeList(list: ListState, count: number, height: number): ListState {
  return settled({ ...list, count, height });
}

/** The indices of the rows that are seen. */
export function seenRows({ count, top, height }: ListState): readonly number[] {
  return Array.from({ length: Math.max(0, Math.min(height, count - top)) }, (_, index) => top + index);
}
