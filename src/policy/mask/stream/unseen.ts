import { isAscii } from 'node:buffer';
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
  if (isAscii(text.subarray(start, end))) return null;
  const pieces: Joined['pieces'][number][] = [];
  let [length, from, isWhole] = [0, start, true];
  const cut = (at: number, size: number): void => {
    if (at > from) pieces.push({ start: from, end: at, at: length });
    length += at - from;
    from = at + size;
  };
  for (let at = start; at < end; at++) {
    const byte = text[at] ?? 0;
    if (!mayBeUnseen(byte)) continue;
    const size = Math.min(sizeOf(byte), end - at);
    if (isUnseen(text, at, size)) {
      cut(at, size);
      isWhole = false;
    }
    at += size - 1;
  }
  if (isWhole) return null;
  cut(end, 0);
  return { text: Buffer.concat(pieces.map((piece) => text.subarray(piece.start, piece.end))), pieces };
}

/**
 * Whether something unseen begins with this byte of UTF-8: among ASCII, Latin letters, U+03A0 to U+047F and the bytes behind
 * a first one nothing is.
 */
function mayBeUnseen(byte: number): boolean {
  return byte >= 0xcc ? byte < 0xce || byte > 0xd1 : byte === 0xc2;
}

function isUnseen(text: Buffer, at: number, size: number): boolean {
  const byte = text[at] ?? 0;
  if (byte === MALFORMED || byte === MALFORMED_REST) return true;
  // One that is not all there is to be seen.
  if (size === 1 || size < sizeOf(byte)) return false;
  let code = byte & (0xff >> (size + 1));
  for (let index = 1; index < size; index++) code = (code << 6) | ((text[at + index] ?? 0) & 0x3f);
  const known = unseen[code];
  if (known !== UNKNOWN) return known === YES;
  const character = text.toString('utf8', at, at + size);
  const is = character === SOFT_HYPHEN || isMark(character);
  unseen[code] = is ? YES : NO;
  return is;
}

/** Of code points: whether they are unseen, as far as that was asked. */
const unseen = new Uint8Array(0x11_0000);
const [UNKNOWN, YES, NO] = [0, 1, 2];
