import { isHarmless } from './harmless.ts';
import { movesLetters, switched } from './modes.ts';
import { type Motion, NONE, type Rectangle } from './motion.ts';

/** Farther than any line is long. */
const FARTHEST = 65_535;
const [SPACE, ZERO, SEMICOLON] = [0x20, 0x30, 0x3b];

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
const SCROLLED_AWAY = 3;

/** What a control sequence does. */
export interface Meaning {
  readonly motion: Motion;
  /** What is to be said to terminals in the place of its last letter; null for that. */
  readonly instead: string | null;
}

/** Makes whatever stands before it a sequence that no terminal knows. */
export const NOTHING = '%~';
export const UNKNOWN: Meaning = { motion: NONE, instead: NOTHING };

/** What a control sequence does, by what stands in it and its last byte. What is not known here is nothing to terminals either. */
export function meaningOf(held: string, final: string): Meaning {
  const isPrivate = held.startsWith('?');
  const given = numbersOf(held, isPrivate ? 1 : 0);
  if (given !== null && (final === 'h' || final === 'l'))
    return switched(given, isPrivate ? '?' : '', final === 'h', NOTHING);
  if (given !== null && isPrivate && (final === 's' || final === 'r'))
    return given.some((mode) => movesLetters(mode)) ? UNKNOWN : HARMLESS;
  const motion = given === null ? besides(held, final) : numbered(given, isPrivate, final);
  if (motion !== null) return { motion, instead: null };
  return isHarmless(held, final, given) ? HARMLESS : UNKNOWN;
}

const HARMLESS: Meaning = { motion: NONE, instead: null };

function numbered(given: readonly number[], isPrivate: boolean, final: string): Motion | null {
  if (final === 'J' || final === 'K') return erased(given[0] ?? 0, final);
  return isPrivate ? null : moved(given, final);
}

/** Those that have another letter before their last one. */
function besides(held: string, final: string): Motion | null {
  const given = numbersOf(held.slice(0, -1), 0);
  const before = held.at(-1) ?? '';
  if (given === null) return null;
  // Copies and other letters than blanks (DECCRA, DECFRA) are what few terminals know, and no program needs.
  if (before === '$' && final === 'x' && given[0] === SPACE)
    return { kind: 'erase-rectangle', at: rectangleOf(given.slice(1)) };
  if (before === '!') return final === 'p' ? { kind: 'soft-reset' } : null;
  return WITH[`${before}${final}`]?.(Math.max(1, given[0] ?? 1)) ?? null;
}

function rectangleOf([top = 0, left = 0, bottom = 0, right = 0]: readonly number[]): Rectangle {
  return {
    top: Math.max(1, top) - 1,
    left: Math.max(1, left) - 1,
    bottom: bottom === 0 ? null : bottom - 1,
    right: right === 0 ? null : right - 1,
  };
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

function moved(given: readonly number[], final: string): Motion | null {
  const [first = 0, second = 0] = given;
  const [from, to] = [Math.max(1, first) - 1, second === 0 ? null : second - 1];
  if (final === 'H' || final === 'f') return { kind: 'place', row: from, column: to ?? 0 };
  if (final === 'r') return { kind: 'region', top: from, bottom: to };
  if (final === 'g') return first === 0 ? { kind: 'clear-stop' } : first === 3 ? { kind: 'clear-stops' } : null;
  if (final === 's') return { kind: 'sides', left: from, right: to };
  if (final === 'u') return { kind: 'restore' };
  // With more numbers, it is about the mouse.
  if (final === 'T' && given.length > 1) return null;
  return BY[final]?.(Math.max(1, first)) ?? null;
}

function erased(first: number, final: string): Motion | null {
  const what = ERASED[first];
  if (what !== undefined) return { kind: final === 'J' ? 'erase-screen' : 'erase', what };
  // What has scrolled away is not on the screen.
  return final === 'J' && first === SCROLLED_AWAY ? NONE : null;
}
