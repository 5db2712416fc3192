import { type Line, lineWidth, type Span, wrapLine } from '../safe-text.ts';
import { said } from './words.ts';

/** A line of our own words in rows of at most `cells`, broken between words where there are some; rows go on indented. */
export function wrapProse(line: Line, cells: number): readonly Line[] {
  if (lineWidth(line) <= cells) return [line];
  const indent = Math.min(indentOf(line) + 2, Math.max(0, cells - 12));
  const rows: Span[][] = [[]];
  let used = 0;
  for (const word of wordsOf(line)) {
    const width = lineWidth([word]);
    if (used > 0 && used + lineWidth([{ ...word, text: word.text.trimEnd() }]) > cells) {
      rows.push([{ text: ' '.repeat(indent), tone: 'plain' }]);
      used = indent;
    }
    rows.at(-1)?.push(word);
    used += width;
  }
  // A word that is longer than a row is cut where the row ends.
  return rows.flatMap((row) => wrapLine(trimmed(row), cells));
}

/** Without the space behind its last word, which would begin a row of its own. */
function trimmed(row: readonly Span[]): Line {
  const last = row.at(-1);
  return last === undefined ? row : [...row.slice(0, -1), { ...last, text: last.text.trimEnd() }];
}

function indentOf(line: Line): number {
  const text = line.map((span) => span.text).join('');
  return text.length - text.trimStart().length;
}

/** Words with the spaces behind them, each in its tone; the first has the line's indent before it. */
function wordsOf(line: Line): readonly Span[] {
  return line.flatMap(({ text, tone }) => (text.match(/^ +|[^ ]+ */g) ?? []).map((word) => ({ text: word, tone })));
}

/** A title of a section, behind an empty row. Our own words: nothing in it is made safe. */
export function heading(title: string, notes = ''): readonly Line[] {
  return [[], [said(title.toUpperCase(), 'strong'), said(notes === '' ? '' : `  ${notes}`, 'dim')]];
}

/** The line behind so many spaces. */
export function indented(line: Line, cells = 2): Line {
  return [said(' '.repeat(cells)), ...line];
}
