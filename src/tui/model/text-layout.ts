import { isCommand } from '../../core/command-words.ts';
import type { Effect } from '../../core/action.ts';
import { type Line, safeLine } from '../safe-text.ts';
import { layOutSql, type SqlLine, sqlLabel } from './sql-layout.ts';

/** A statement laid out to be read, by what language it is in: SQL by its clauses, a command line exactly as it is. */
export function layOut(text: string, effects: readonly Effect[]): readonly SqlLine[] {
  if (!isCommand(effects)) return layOutSql(text);
  return text.split('\n').map((line) => ({ line: safeLine(line), within: false }));
}

/** The beginning of a statement on one line: a label, of which as much is there as a row can show. */
export function textLabel(text: string, effects: readonly Effect[], cells: number): Line {
  if (!isCommand(effects)) return sqlLabel(text, cells);
  return safeLine(text.slice(0, 4 * cells).replaceAll(/\s*\n\s*/g, ' ↵ '));
}
