import { isMark } from '../../../core/width.ts';
import { sizeOf } from './character.ts';
import type { StreamSearch } from './search.ts';
import { type Broken, type Joined, piecesOf, placeOf } from './seams.ts';
import type { Unfinished } from './unfinished.ts';
import { MALFORMED, MALFORMED_REST } from './well-formed.ts';

/** Bytes before the end of a text in which something may have begun that goes on. */
const LONGEST_BEGUN = 1024;
/** U+00AD, of which most terminals show a blank or a hyphen, and some nothing. */
const SOFT_HYPHEN = '\u00ad';

/**
 * Finds what stands in a text without what is hardly seen there: marks on letters, characters that are not drawn, and bytes
 * that are no UTF-8, which not all terminals show.
 */
export class Unseen {
  readonly #search: StreamSearch;

  constructor(search: StreamSearch) {
    this.#search = search;
  }

  findings(text: Buffer, start: number, end: number): readonly Broken[] {
    const joined = without(text, start, end);
    if (joined === null) return [];
    return this.#search.findings(joined.text, 0, joined.text.length).flatMap(({ start: from, end: to, method }) => {
      const pieces = piecesOf(joined, from, to);
      const [one, other] = [pieces[0], pieces.at(-1)];
      if (one === undefined || other === undefined || one === other) return [];
      return [{ start: one.start, end: other.end, method, pieces }];
    });
  }

  /** What may go on of the text that ends at `end`; null when all of that is seen. */
  unfinished(text: Buffer, end: number): Unfinished | null {
    const joined = without(text, Math.max(0, end - LONGEST_BEGUN), end);
    if (joined === null) return null;
    const { from, sure } = this.#search.unfinished(joined.text, 0, joined.text.length);
    return { from: placeOf(joined, from, end), sure: placeOf(joined, sure, end) };
  }
}

/** Null when nothing is left out. */
function without(text: Buffer, start: number, end: number): Joined | null {
  const pieces: Joined['pieces'][number][] = [];
  let [length, from, isWhole] = [0, start, true];
  const cut = (at: number, size: number): void => {
    if (at > from) pieces.push({ start: from, end: at, at: length });
    length += at - from;
    from = at + size;
  };
  for (let at = start; at < end;) {
    const byte = text[at] ?? 0;
    const size = Math.min(sizeOf(byte), end - at);
    if (byte >= 0x80 && isUnseen(text, at, size)) {
      cut(at, size);
      isWhole = false;
    }
    at += size;
  }
  if (isWhole) return null;
  cut(end, 0);
  return { text: Buffer.concat(pieces.map((piece) => text.subarray(piece.start, piece.end))), pieces };
}

function isUnseen(text: Buffer, at: number, size: number): boolean {
  const byte = text[at] ?? 0;
  if (byte === MALFORMED || byte === MALFORMED_REST) return true;
  if (size === 1) return false;
  const character = text.toString('utf8', at, at + size);
  return character === SOFT_HYPHEN || isMark(character);
}
