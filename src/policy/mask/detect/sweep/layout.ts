/** Bytes that are looked at together: as many as a word has bits. */
export const BLOCK = 64;
/** Bytes of one call: large enough that a call costs nothing, small enough to stay in a core's own cache. */
export const WINDOW = 64 * 1024;
/** Bytes before a window that words which end in it may begin with. */
export const BEFORE = 2;

/** The module's memory, in order: the window and what lies before it … */
export const WINDOW_AT = 64;
/** … bitmaps of the block before the window: zeroes where a text begins … */
export const CARRIES_AT = WINDOW_AT + WINDOW;
export const CARRIES = 4096;
/** … vectors that never change … */
export const CONSTANTS_AT = CARRIES_AT + CARRIES;
export const CONSTANTS = 4096;
/** … and the hits, as many as a window has bytes: an offset in the window, and a bit for each bitmap that hit. */
export const HITS_AT = CONSTANTS_AT + CONSTANTS;
export const HIT = 8;

const PAGE = 64 * 1024;
export const PAGES = Math.ceil((HITS_AT + WINDOW * HIT) / PAGE);
