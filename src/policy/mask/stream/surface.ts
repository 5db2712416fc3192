import type { Motion } from './motion.ts';

/** What is told of letters before they are gone: what is in `[from, to)` of the text may be looked at as it is. */
export type BeforeGone = (from: number, to: number) => void;

/** What letters are written on: it knows where in a text they go. */
export interface Surface {
  apply(motion: Motion): void;
  /** Puts the character at `raw[from]`, of `size` bytes, where the cursor is. */
  put(raw: Buffer, from: number, size: number): void;
  /** True when letters at the end of the text, and ends of lines, simply follow what is there. */
  readonly isOrdinary: boolean;
  /** All of the text before that may be forgotten. */
  readonly start: number;
  /** The first `count` bytes of the text are gone. */
  drop(count: number): void;
}
