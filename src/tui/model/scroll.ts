/** How far rows that do not fit are moved, down and to the right. */
export interface ScrollState {
  readonly top: number;
  readonly left: number;
}

export const UNSCROLLED: ScrollState = { top: 0, left: 0 };

export type ScrollMove = 'up' | 'down' | 'page-up' | 'page-down' | 'first' | 'last' | 'left' | 'right';

/** What is scrolled, and the window on it, in rows and cells. */
export interface ScrollArea {
  readonly rows: number;
  readonly columns: number;
  readonly height: number;
  readonly width: number;
}

/** Cells that one step to the side moves. */
const SIDEWAYS = 8;

export function scroll(state: ScrollState, move: ScrollMove, area: ScrollArea): ScrollState {
  const page = Math.max(1, area.height - 1);
  const { top, left } = state;
  switch (move) {
    case 'up':
      return within({ top: top - 1, left }, area);
    case 'down':
      return within({ top: top + 1, left }, area);
    case 'page-up':
      return within({ top: top - page, left }, area);
    case 'page-down':
      return within({ top: top + page, left }, area);
    case 'first':
      return within({ top: 0, left }, area);
    case 'last':
      return within({ top: area.rows, left }, area);
    case 'left':
      return within({ top, left: left - SIDEWAYS }, area);
    case 'right':
      return within({ top, left: left + SIDEWAYS }, area);
  }
}

/** The state as far as the area goes. */
export function within({ top, left }: ScrollState, { rows, columns, height, width }: ScrollArea): ScrollState {
  return {
    top: Math.max(0, Math.min(top, rows - height)),
    left: Math.max(0, Math.min(left, columns - width)),
  };
}
