import { cellWidth } from '../core/width.ts';
import { textOf, wrapLine } from '../tui/safe-text.ts';

/** What a line begins with that goes on in the next row: had the terminal broken it, the rest could pass for a line of ours. */
const GOES_ON = '↪ ';
const LEAST = 8;

/** The lines in rows of at most `width` cells that show all of them; null: nobody looks, and they stay as they are. */
export function rowsOf(lines: readonly string[], width: number | null): readonly string[] {
  if (width === null) return lines;
  return lines.flatMap((line) => {
    if (cellWidth(line) <= width) return [line];
    const indent = ' '.repeat(Math.min(line.length - line.trimStart().length, 8));
    const rows = wrapLine([{ text: line, tone: 'plain' }], Math.max(LEAST, width - indent.length - GOES_ON.length));
    return rows.map((row, index) => (index === 0 ? textOf(row) : `${indent}${GOES_ON}${textOf(row)}`));
  });
}
