import type { Effect } from '../../core/action.ts';
import { layOut } from './text-layout.ts';
import { type Line, wrapLine } from '../safe-text.ts';

/** A row of a statement's text as it is shown. */
export interface TextRow {
  readonly line: Line;
  /** How many of the text's characters have been shown when this row and all before it have been. */
  readonly end: number;
}

/** The whole text in rows of at most `cells`: every character of it, and nothing that is not in it but space. */
export function statementRows(text: string, effects: readonly Effect[], cells: number): readonly TextRow[] {
  const lines = layOut(text, effects).flatMap(({ line }) => wrapLine(line, cells));
  return lines.map((line, index) => ({ line, end: Math.ceil((text.length * (index + 1)) / lines.length) }));
}
