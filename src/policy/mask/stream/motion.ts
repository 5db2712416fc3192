/** What a control does to what stands where on a terminal. */
export type Motion =
  /** Nothing: colours, titles, questions. */
  | { readonly kind: 'none' }
  /** The cursor, by cells; by tab stops; by rows, `home`: to the first column. */
  | { readonly kind: 'back' | 'forward' | 'tab' | 'back-tab'; readonly by: number }
  | { readonly kind: 'up' | 'down'; readonly by: number; readonly home: boolean }
  /** The cursor, down by rows, whatever scrolls. */
  | { readonly kind: 'rows'; readonly by: number }
  /** To a column or a row, from 0; to the first column. */
  | { readonly kind: 'column' | 'row'; readonly at: number }
  | { readonly kind: 'place'; readonly row: number; readonly column: number }
  /** `line-feed` is LF; what the others are called is no matter of modes. */
  | { readonly kind: 'return' | 'line-feed' | 'feed' | 'next-line' | 'reverse-feed' | 'save' | 'restore' }
  /** Where tabs go to: to where the cursor is, too; not to there; nowhere. */
  | { readonly kind: 'set-stop' | 'clear-stop' | 'clear-stops' }
  | Edit
  /** The letter that was written last, so many times more. */
  | { readonly kind: 'repeat'; readonly by: number }
  /** The rows that scroll, from 0; `bottom` is null for the last one. */
  | { readonly kind: 'region'; readonly top: number; readonly bottom: number | null }
  /** The columns between the margins at the sides; where there are none, the cursor is kept (SCOSC). */
  | { readonly kind: 'sides'; readonly left: number; readonly right: number | null }
  | { readonly kind: 'mode'; readonly mode: Mode; readonly on: boolean }
  /** The other screen is shown, or not any more; with the cursor where it was, or not. */
  | { readonly kind: 'other-screen'; readonly on: boolean; readonly keepsCursor: boolean }
  /** Letters E everywhere. */
  | { readonly kind: 'align' }
  /** Margins and modes are as in the beginning. */
  | { readonly kind: 'soft-reset' }
  | { readonly kind: 'several'; readonly motions: readonly Motion[] }
  /** Everything is as in the beginning, the letters too. */
  | { readonly kind: 'reset' };

/** `newline`: LF goes to the first column, too. `margins`: there may be some at the sides (DECLRMM). */
export type Mode = 'insert' | 'wrap' | 'origin' | 'newline' | 'margins';

/** What changes letters that are there. */
export type Edit =
  /** What stands from the cursor on goes, what stands up to it, or both. */
  | { readonly kind: 'erase' | 'erase-screen'; readonly what: 'behind' | 'before' | 'all' }
  | {
      readonly kind:
        | 'insert-cells'
        | 'delete-cells'
        | 'erase-cells'
        | 'insert-rows'
        | 'delete-rows'
        | 'scroll-up'
        | 'scroll-down'
        // In all rows that scroll: at the first column, or where the cursor is.
        | 'scroll-left'
        | 'scroll-right'
        | 'insert-columns'
        | 'delete-columns';
      readonly by: number;
    }
  /** Blanks in all of its cells. */
  | { readonly kind: 'erase-rectangle'; readonly at: Rectangle };

/** Cells, from 0, both ends included; null where it goes on to the last one. */
export interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly bottom: number | null;
  readonly right: number | null;
}

export const NONE: Motion = { kind: 'none' };

/** What leaves the cursor where it is, be it behind the last cell. */
export const STAYS: ReadonlySet<Motion['kind']> = new Set<Motion['kind']>([
  'mode',
  'save',
  'erase',
  'erase-screen',
  'erase-rectangle',
  'scroll-up',
  'scroll-down',
  'scroll-left',
  'scroll-right',
  'insert-columns',
  'delete-columns',
  'set-stop',
  'clear-stop',
  'clear-stops',
]);
