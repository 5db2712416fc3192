import type { Size } from '../../drawable.ts';
import type { State } from './state.ts';

/** Which part of the screen has how much room, in cells. */
export interface Geometry {
  /** List and detail stand side by side. */
  readonly split: boolean;
  /** Rows between the head line and the foot lines. */
  readonly body: number;
  /** A line above the foot for what has just happened; without it, that takes the foot's place. */
  readonly noticed: boolean;
  readonly list: { readonly width: number; readonly height: number; readonly headed: boolean };
  readonly detail: {
    readonly width: number;
    /** Rows of the text that scrolls. */
    readonly height: number;
    /** A line that says what would happen, however far the text is scrolled. */
    readonly pinned: boolean;
    /** A line that says how much is out of sight. */
    readonly told: boolean;
  };
}

const SPLIT_COLUMNS = 110;
const SPLIT_ROWS = 14;

export function geometryOf({ columns, rows }: Size): Geometry {
  const noticed = rows >= 10;
  const body = Math.max(1, rows - (noticed ? 3 : 2));
  const split = columns >= SPLIT_COLUMNS && rows >= SPLIT_ROWS;
  const listWidth = split ? Math.min(68, Math.floor(columns * 0.42)) : columns;
  const headed = body >= 6;
  const [pinned, told] = [body >= 5, body >= 3];
  return {
    split,
    body,
    noticed,
    list: { width: listWidth, height: body - (headed ? 1 : 0), headed },
    detail: {
      width: split ? columns - listWidth - 3 : columns,
      height: Math.max(1, body - (pinned ? 1 : 0) - (told ? 1 : 0)),
      pinned,
      told,
    },
  };
}

export function listHeight({ size }: Pick<State, 'size'>): number {
  return geometryOf(size).list.height;
}

/** True when the text of the request under the cursor is on the screen, and nothing lies over it. */
export function isDetailShown({ size, tab, open, help, confirmation }: State): boolean {
  return tab === 'requests' && !help && confirmation === null && (open || geometryOf(size).split);
}

/** The room the detail has: the whole screen when it is open, its pane otherwise. */
export function detailRoom({ size, open }: Pick<State, 'size' | 'open'>): Geometry['detail'] {
  const { detail } = geometryOf(size);
  return open ? { ...detail, width: size.columns } : detail;
}
