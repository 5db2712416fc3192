import { cellWidth } from '../../core/width.ts';
import { type Line, lineWidth, safeLine, sliceLine } from '../safe-text.ts';
import type { FieldState } from './field.ts';

/** A field as a line of `width` cells: a label, what was typed, and the cursor, which is always in sight. */
export function fieldLine(label: string, { text, cursor }: FieldState, width: number): Line {
  const characters = Array.from(text);
  const before = safeLine(characters.slice(0, cursor).join(''));
  const under = characters[cursor] ?? ' ';
  const after = safeLine(characters.slice(cursor + 1).join(''));
  const room = Math.max(1, width - cellWidth(label) - 1);
  const from = Math.max(0, lineWidth(before) + Math.max(1, cellWidth(under)) - room);
  const typed: Line = [...before, { text: under, tone: 'found' }, ...after];
  return [{ text: `${label} `, tone: 'accent' }, ...sliceLine(typed, from, room)];
}
