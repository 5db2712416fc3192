import { after, all, any, type Bitmap, bytes, first, not, rangesOf, run, sequence, words } from './sweep/bitmap.ts';

const digit = bytes('0-9');
const dot = bytes('.');
const separator = bytes(' (-/');
const fourDigits = run(4, digit);

/**
 * Where no digit is before. The byte before a cell belongs to the protocol and may look like one: then it is the last of a
 * length of four bytes, whose first is zero. No text holds a zero.
 */
const afterNoDigit = any(not(after(1, digit)), after(4, bytes('\0')));

/** Three bytes in a row, each of a class; an empty class is any byte. Several detectors share one where that is cheaper. */
const WORDS = {
  'an at sign': ['', '', '@'],
  eyJ: ['e', 'y', 'J'],
  'AKI, ASI or AIz': ['A', 'KSI', 'Iz'],
  'gh._': ['h', 'oprsu', '_'],
  'k_l, k_t or b_p': ['kb', '_', 'ltp'],
  'xox or s.s': ['xs', 'o.', 'xs'],
  'sk- or --B': ['s-', 'k -', '-B'],
  'the middle of secret_access': ['tT', '_A', 'aAc'],
} as const satisfies Readonly<Record<string, readonly [string, string, string]>>;

const BITMAPS = {
  /** The thirteenth digit of a number. */
  longNumber: first(run(13, digit)),
  /** The fourth digit of a group that follows another: `55-0199`, `555.555.0199`, but no fraction. */
  groups: all(
    fourDigits,
    any(
      all(after(4, bytes(' -')), after(5, run(2, digit))),
      all(after(4, dot), after(5, run(3, digit)), after(8, dot)),
    ),
  ),
  /** The ninth byte of what begins like a telephone number: `+1` or `01`, digits and what parts them. */
  dialled: all(
    run(9, any(digit, separator)),
    after(8, all(bytes('+0'), afterNoDigit)),
    after(7, any(digit, bytes('('))),
  ),
  /** Two letters and two digits: `DE89`. */
  country: sequence(bytes('A-Z'), bytes('A-Z'), digit, digit),
  /** The twentieth byte of what has no gap. */
  longToken: first(run(20, bytes('a-zA-Z0-9+/_-'))),
} as const satisfies Readonly<Record<string, Bitmap>>;

/**
 * What stands in a text where something may have to be masked, and is rare elsewhere. More is found than is meant, never
 * less.
 */
export type Trigger = keyof typeof WORDS | keyof typeof BITMAPS;

/** What is swept for, and which of the triggers it stands for at a byte it stops at. */
export interface Swept {
  readonly bitmap: Bitmap;
  triggersAt(byte: number): readonly Trigger[];
}

/** The fewest bitmaps that find all of these: words are looked for together. */
export function sweptFor(triggers: readonly Trigger[]): readonly Swept[] {
  const called = triggers.filter((one) => isWord(one));
  const bitmaps = triggers.flatMap((one) => (isWord(one) ? [] : [{ bitmap: BITMAPS[one], triggersAt: () => [one] }]));
  if (called.length === 0) return bitmaps;
  const bitmap = words(...called.map((one) => WORDS[one]));
  const triggersAt = (byte: number): readonly Trigger[] =>
    called.filter((one) => rangesOf(WORDS[one][2]).some(([from, to]) => byte >= from && byte <= to));
  return [{ bitmap, triggersAt }, ...bitmaps];
}

function isWord(trigger: Trigger): trigger is keyof typeof WORDS {
  return Object.hasOwn(WORDS, trigger);
}
