import { cellWidth, isMark } from './width.ts';

/** What a line begins with that goes on in the next row: had the terminal broken it, the rest could pass for a line of ours. */
const GOES_ON = '↪ ';
const LEAST = 8;

/** The lines, made safe before, in rows of at most `width` cells that show all of them; null: nobody looks, and they stay. */
export function rowsOf(lines: readonly string[], width: number | null): readonly string[] {
  if (width === null) return lines;
  return lines.flatMap((line) => {
    if (cellWidth(line) <= width) return [line];
    const indent = ' '.repeat(Math.min(line.length - line.trimStart().length, 8));
    const rows = broken(line, Math.max(LEAST, width - indent.length - GOES_ON.length));
    return rows.map((row, index) => (index === 0 ? row : `${indent}${GOES_ON}${row}`));
  });
}

/** The text in parts of at most `cells`; what stands on a character stays with it. */
function broken(text: string, cells: number): readonly string[] {
  const parts: string[] = [];
  let part = '';
  let used = 0;
  for (const character of text) {
    const own = isMark(character) ? 0 : cellWidth(character);
    if (used + own > cells && part !== '') {
      parts.push(part);
      part = '';
      used = 0;
    }
    part += character;
    used += own;
  }
  return [...parts, part];
}
