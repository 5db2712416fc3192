import { after, all, any, type Bitmap, bytes, first, run, sequence, words } from './sweep/bitmap.ts';

const digit = bytes('0-9');
const separator = bytes(' (-/');
const fourDigits = run(4, digit);

/**
 * What stands in a text where something may have to be masked, and is rare elsewhere. More is found than is meant, never
 * less; none of it depends on what is around, since the bytes around a cell are those of the protocol.
 */
const BITMAPS = {
  /** The third bytes of words that secrets begin with, `@`, and the middle of "secret_access". */
  words: words(
    ['', '', '@'],
    ['e', 'y', 'J'],
    ['A', 'KSI', 'Iz'],
    ['h', 'oprsu', '_'],
    ['kb', '_', 'ltp'],
    ['xs', 'o.', 'xs'],
    ['s-', 'k -', '-B'],
    ['tT', '_A', 'aAc'],
  ),
  /** The thirteenth digit of a number. */
  longNumber: first(run(13, digit)),
  /** The fourth digit of a group that follows another: `55-0199`. */
  groups: all(fourDigits, after(4, separator), after(5, run(2, digit))),
  /** The ninth byte of what begins like a telephone number: `+1` or `01`, digits and what parts them. */
  dialled: all(run(9, any(digit, separator)), after(8, bytes('+0')), after(7, any(digit, bytes('(')))),
  /** Two letters and two digits: `DE89`. */
  country: sequence(bytes('A-Z'), bytes('A-Z'), digit, digit),
  /** The twentieth byte of what has no gap. */
  longToken: first(run(20, bytes('a-zA-Z0-9+/_-'))),
} as const satisfies Readonly<Record<string, Bitmap>>;

export type Trigger = keyof typeof BITMAPS;

/** The bitmap of a trigger. */
export function bitmapOf(trigger: Trigger): Bitmap {
  return BITMAPS[trigger];
}
