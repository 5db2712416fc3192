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

/** `newline`: LF goes to the first column, too. */
export type Mode = 'insert' | 'wrap' | 'origin' | 'newline';

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
    };

export const NONE: Motion = { kind: 'none' };
/** Farther than any line is long. */
const FARTHEST = 65_535;
const [ZERO, SEMICOLON] = [0x30, 0x3b];

const BY: Readonly<Record<string, (by: number) => Motion>> = {
  '@': (by) => ({ kind: 'insert-cells', by }),
  A: (by) => ({ kind: 'up', by, home: false }),
  B: (by) => ({ kind: 'down', by, home: false }),
  e: (by) => ({ kind: 'rows', by }),
  C: (by) => ({ kind: 'forward', by }),
  a: (by) => ({ kind: 'forward', by }),
  D: (by) => ({ kind: 'back', by }),
  E: (by) => ({ kind: 'down', by, home: true }),
  F: (by) => ({ kind: 'up', by, home: true }),
  G: (by) => ({ kind: 'column', at: by - 1 }),
  '`': (by) => ({ kind: 'column', at: by - 1 }),
  d: (by) => ({ kind: 'row', at: by - 1 }),
  I: (by) => ({ kind: 'tab', by }),
  Z: (by) => ({ kind: 'back-tab', by }),
  L: (by) => ({ kind: 'insert-rows', by }),
  M: (by) => ({ kind: 'delete-rows', by }),
  P: (by) => ({ kind: 'delete-cells', by }),
  S: (by) => ({ kind: 'scroll-up', by }),
  T: (by) => ({ kind: 'scroll-down', by }),
  X: (by) => ({ kind: 'erase-cells', by }),
  b: (by) => ({ kind: 'repeat', by }),
};

/** Those that have another letter before their last one. */
const WITH: Readonly<Record<string, (by: number) => Motion>> = {
  ' @': (by) => ({ kind: 'scroll-left', by }),
  ' A': (by) => ({ kind: 'scroll-right', by }),
  "'}": (by) => ({ kind: 'insert-columns', by }),
  "'~": (by) => ({ kind: 'delete-columns', by }),
};

const ERASED = ['behind', 'before', 'all'] as const;

/** What a control sequence does, by what stands in it and its last byte. */
export function motionOf(held: string, final: string): Motion {
  const isPrivate = held.startsWith('?');
  const given = numbersOf(held, isPrivate ? 1 : 0);
  if (given !== null) {
    if (final === 'h' || final === 'l') return switched(given, isPrivate, final === 'h');
    if (final === 'J' || final === 'K') return erased(given[0] ?? 0, final);
    if (!isPrivate) return moved(given, final);
  }
  if (held === '!' && final === 'p') return { kind: 'soft-reset' };
  return WITH[`${held.at(-1) ?? ''}${final}`]?.(Math.max(1, numbersOf(held.slice(0, -1), 0)?.[0] ?? 1)) ?? NONE;
}

/** Numbers with semicolons between them, a missing one as 0; null where something else is there. */
function numbersOf(held: string, start: number): readonly number[] | null {
  const numbers = [0];
  for (let at = start; at < held.length; at++) {
    const code = held.charCodeAt(at);
    if (code === SEMICOLON) numbers.push(0);
    else if (code < ZERO || code > ZERO + 9) return null;
    else numbers[numbers.length - 1] = Math.min(FARTHEST, 10 * (numbers.at(-1) ?? 0) + code - ZERO);
  }
  return numbers;
}

function moved(given: readonly number[], final: string): Motion {
  const [first = 0, second = 0] = given;
  if (final === 'H' || final === 'f')
    return { kind: 'place', row: Math.max(1, first) - 1, column: Math.max(1, second) - 1 };
  if (final === 'r') return { kind: 'region', top: Math.max(1, first) - 1, bottom: second === 0 ? null : second - 1 };
  if (final === 'g') return first === 0 ? { kind: 'clear-stop' } : first === 3 ? { kind: 'clear-stops' } : NONE;
  if (final === 's') return { kind: 'save' };
  if (final === 'u') return { kind: 'restore' };
  return BY[final]?.(Math.max(1, first)) ?? NONE;
}

function erased(first: number, final: string): Motion {
  const what = ERASED[first];
  // What has scrolled away is not on the screen.
  if (what === undefined) return NONE;
  return { kind: final === 'J' ? 'erase-screen' : 'erase', what };
}

const MODES: Readonly<Record<string, (on: boolean) => Motion>> = {
  4: (on) => ({ kind: 'mode', mode: 'insert', on }),
  20: (on) => ({ kind: 'mode', mode: 'newline', on }),
  '?6': (on) => ({ kind: 'mode', mode: 'origin', on }),
  '?7': (on) => ({ kind: 'mode', mode: 'wrap', on }),
  '?47': (on) => ({ kind: 'other-screen', on, keepsCursor: false }),
  '?1047': (on) => ({ kind: 'other-screen', on, keepsCursor: false }),
  '?1048': (on) => ({ kind: on ? 'save' : 'restore' }),
  '?1049': (on) => ({ kind: 'other-screen', on, keepsCursor: true }),
};

function switched(given: readonly number[], isPrivate: boolean, on: boolean): Motion {
  const motions = given.flatMap((mode) => MODES[`${isPrivate ? '?' : ''}${mode}`]?.(on) ?? []);
  return motions.length > 1 ? { kind: 'several', motions } : (motions[0] ?? NONE);
}
