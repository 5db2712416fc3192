import { isMark, isWide } from '../../../core/width.ts';

import { MALFORMED_REST } from './well-formed.ts';

const TAB = 0x09;
const STOP = 8;

/** Whether a character begins with this byte of UTF-8. */
export function isFirst(byte: number): boolean {
  return (byte & 0xc0) !== 0x80;
}

/** Bytes of the character that begins with this one; 1 for what begins none. */
export function sizeOf(byte: number): number {
  if (byte < 0xc2) return 1;
  if (byte < 0xe0) return 2;
  if (byte < 0xf0) return 3;
  return byte < 0xf5 ? 4 : 1;
}

/** Widths of characters beyond ASCII that were looked up. */
const widths = new Map<string, number>();
const MOST_KNOWN = 4096;

/** Cells that the character of `size` bytes takes that stands in a column of a terminal. */
export function cellsAt(text: Buffer, at: number, size: number, column: number): number {
  const byte = text[at] ?? 0;
  if (byte === TAB) return STOP - (column % STOP);
  if (size === 1) return byte < 0x20 || byte === MALFORMED_REST ? 0 : 1;
  const character = text.toString('utf8', at, at + size);
  const known = widths.get(character);
  if (known !== undefined) return known;
  const width = isMark(character) ? 0 : isWide(character) ? 2 : 1;
  if (widths.size >= MOST_KNOWN) widths.clear();
  widths.set(character, width);
  return width;
}

/** A letter of one byte and cell. */
export function isAscii(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}

/** Whether the `size` bytes at one place are the `old` bytes at another. */
export function isSame(raw: Buffer, from: number, size: number, text: Buffer, at: number, old: number): boolean {
  if (size !== old) return false;
  for (let index = 0; index < size; index++) if (raw[from + index] !== text[at + index]) return false;
  return true;
}
