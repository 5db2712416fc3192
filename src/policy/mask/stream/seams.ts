import type { Replaced } from '../detect/replace.ts';
import { cellsAt, sizeOf } from './character.ts';
import type { StreamSearch } from './search.ts';
import type { Unfinished } from './unfinished.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
/** Bytes of a line before its end that are looked at, and of all rows that go on in each other. */
const LONGEST_BEFORE = 1024;
const LONGEST = 16 * 1024;
/** A row that goes on in another may be set in, as numbers of lines are wide; a blank alone belongs to what is broken. */
const LEAST_INDENT = 2;

/** Bytes of the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A finding in rows that go on in each other. */
export interface Broken extends Replaced {
  readonly pieces: readonly Span[];
}

/** Parts of a text that go on in each other, and how they read without what stands between them. */
export interface Joined {
  readonly text: Buffer;
  readonly pieces: readonly (Span & { readonly at: number })[];
}

/**
 * Finds what a program breaks where a terminal's rows end: a row that is full, with an end of line behind it, goes on in
 * the next one.
 */
export class Seams {
  readonly #search: StreamSearch;

  constructor(search: StreamSearch) {
    this.#search = search;
  }

  /** What is found across the ends of rows of so many cells. */
  findings(text: Buffer, start: number, end: number, columns: number): readonly Broken[] {
    const found: Broken[] = [];
    for (let seam = seamFrom(text, start, end, columns); seam >= 0;) {
      const joined = join(text, seam, end, columns);
      const last = joined.pieces.at(-1)?.start ?? end;
      for (const { start: from, end: to, method } of this.#search.findings(joined.text, 0, joined.text.length)) {
        const pieces = piecesOf(joined, from, to);
        const [first, rest] = [pieces[0], pieces.at(-1)];
        if (first !== undefined && rest !== undefined && first !== rest)
          found.push({ start: first.start, end: rest.end, method, pieces });
      }
      seam = seamFrom(text, Math.max(seam + 1, last), end, columns);
    }
    return found;
  }

  /** What may go on of the text that ends at `end`, where that goes on with rows before; null when it does not. */
  unfinished(text: Buffer, end: number, columns: number): Unfinished | null {
    const before = text.subarray(0, end).lastIndexOf(LF);
    if (before < 0 || end - before > LONGEST_BEFORE || !isFull(text, before, columns)) return null;
    const joined = join(text, firstSeam(text, before, columns), end, columns);
    const { from, sure } = this.#search.unfinished(joined.text, 0, joined.text.length);
    return { from: placeOf(joined, from, end), sure: placeOf(joined, sure, end) };
  }
}

/** The first end of a line at `start` or behind that a full row stands before; −1 when there is none. */
function seamFrom(text: Buffer, start: number, end: number, columns: number): number {
  let line = start === 0 ? 0 : text.lastIndexOf(LF, start - 1) + 1;
  while (line < end) {
    // Ends of shorter lines are passed by.
    const short = lastEnd(text, line, Math.min(end, line + columns));
    if (short >= 0) {
      line = short + 1;
      continue;
    }
    const close = text.indexOf(LF, line);
    if (close < 0 || close >= end) return -1;
    if (close >= start && isFull(text, close, columns)) return close;
    line = close + 1;
  }
  return -1;
}

function lastEnd(text: Buffer, from: number, to: number): number {
  for (let at = to - 1; at >= from; at--) if (text[at] === LF) return at;
  return -1;
}

/** The first of the seams that this one goes on from. */
function firstSeam(text: Buffer, seam: number, columns: number): number {
  let first = seam;
  for (let before = lineBefore(text, first); before >= 0 && seam - before < LONGEST; before = lineBefore(text, first)) {
    if (!isFull(text, before, columns)) break;
    first = before;
  }
  return first;
}

/** The end of the line before the one that ends at `close`; −1 when that is the first. */
function lineBefore(text: Buffer, close: number): number {
  return close === 0 ? -1 : text.lastIndexOf(LF, close - 1);
}

/** Whether the line that ends at `close` fills its last row, and a letter stands there. */
function isFull(text: Buffer, close: number, columns: number): boolean {
  const start = lineBefore(text, close) + 1;
  const end = close > start && text[close - 1] === CR ? close - 1 : close;
  if (end - start < columns || (text[end - 1] === SPACE && text[end - 2] === SPACE)) return false;
  let cells = 0;
  for (let at = start; at < end;) {
    const size = sizeOf(text[at] ?? 0);
    cells += size === 1 ? 1 : cellsAt(text, at, size, cells);
    at += size;
  }
  return cells % columns === 0;
}

/** The line that ends at `seam`, and those that it goes on in. */
function join(text: Buffer, seam: number, end: number, columns: number): Joined {
  const pieces: (Span & { readonly at: number })[] = [];
  let at = 0;
  const add = (from: number, to: number): void => {
    pieces.push({ start: from, end: to, at });
    at += to - from;
  };
  add(Math.max(lineBefore(text, seam) + 1, seam - LONGEST_BEFORE), endOf(text, seam));
  for (let close = seam; close < end && at < LONGEST;) {
    const next = text.indexOf(LF, close + 1);
    const stop = next < 0 || next >= end ? end : endOf(text, next);
    const from = close + 1 + indent(text, close + 1, stop);
    add(from, Math.min(stop, from + LONGEST_BEFORE));
    if (stop === end || !isFull(text, next, columns)) break;
    close = next;
  }
  return { text: Buffer.concat(pieces.map((piece) => text.subarray(piece.start, piece.end))), pieces };
}

function endOf(text: Buffer, close: number): number {
  return text[close - 1] === CR ? close - 1 : close;
}

function indent(text: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && text[at] === SPACE) at++;
  return at - start < LEAST_INDENT ? 0 : at - start;
}

export function piecesOf({ pieces }: Joined, from: number, to: number): readonly Span[] {
  return pieces.flatMap(({ start, end, at }) => {
    const first = Math.max(start, start + from - at);
    const last = Math.min(end, start + to - at);
    return first < last ? [{ start: first, end: last }] : [];
  });
}

/** Where in the text a place is. */
export function placeOf({ pieces }: Joined, joinedAt: number, end: number): number {
  const piece = pieces.find(({ start, end: close, at }) => joinedAt < at + close - start);
  return piece === undefined ? end : piece.start + joinedAt - piece.at;
}
