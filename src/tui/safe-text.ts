import { cellWidth, isMark, isWide } from '../core/width.ts';
import { visible } from '../core/visible.ts';

/** What a piece of text is, which says how it is coloured. */
export type Tone =
  | 'plain'
  | 'dim'
  | 'strong'
  | 'accent'
  | 'good'
  | 'bad'
  | 'warn'
  | 'ask'
  | 'keyword'
  | 'name'
  | 'string'
  | 'number'
  | 'comment'
  /** Stands for a character that would not be seen. */
  | 'mark'
  /** What was looked for. */
  | 'found';

/** How a terminal that is drawn had a piece of its screen; null: as it is by default. */
export interface Look {
  readonly colour: string | null;
  readonly background: string | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
}

/** A piece of a line. `text` is safe: nothing in it is obeyed, hidden or reordered by a terminal. */
export interface Span {
  readonly text: string;
  readonly tone: Tone;
  readonly look?: Look;
}

/** One row of a screen. */
export type Line = readonly Span[];

/*
 * Besides what `visible` names: spaces that are none (to SQL, a no-break space is a letter), what terminals disagree
 * about how wide it is, and marks that have no letter to stand on, or pile up on it.
 */
const ODD =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\p{Me}\p{Regional_Indicator}\p{Emoji_Modifier}\u{1160}-\u{11ff}\u{d7b0}-\u{d7ff}]|(?! )\p{Zs}|(?<=^|[^\p{L}\p{N}\p{M}])\p{M}|(?<=\p{M}\p{M})\p{M}/gu;
const PLAIN = /^[\x20-\x7e]*$/;
const TAB = '  ';

/** A foreign text on one line: every character that would not be seen plainly is written out, as a mark. */
export function safeLine(text: string, tone: Tone = 'plain'): Line {
  if (text === '') return [];
  if (PLAIN.test(text)) return [{ text, tone }];
  const spans: Span[] = [];
  let from = 0;
  for (const match of text.matchAll(ODD)) {
    if (match.index > from) spans.push({ text: text.slice(from, match.index), tone });
    append(spans, { text: named(match[0]), tone: 'mark' });
    from = match.index + match[0].length;
  }
  if (from < text.length) spans.push({ text: text.slice(from), tone });
  return spans;
}

function append(spans: Span[], span: Span): void {
  const last = spans.at(-1);
  if (last?.tone === span.tone) spans[spans.length - 1] = { text: last.text + span.text, tone: span.tone };
  else spans.push(span);
}

function named(character: string): string {
  const shown = visible(character);
  if (shown !== character) return shown;
  return `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`;
}

/** A foreign text that people laid out: line feeds make lines, a tab is two spaces, all else as in `safeLine`. */
export function safeLines(text: string, tone: Tone = 'plain'): readonly Line[] {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll('\t', TAB)
    .split('\n')
    .map((line) => safeLine(line, tone));
}

/** A foreign text without any tone: for places that take a string. */
export function safeText(text: string): string {
  return textOf(safeLine(text));
}

export function textOf(line: Line): string {
  return line.map(({ text }) => text).join('');
}

/** Cells of a terminal that a line takes. */
export function lineWidth(line: Line): number {
  return line.reduce((width, { text }) => width + cellWidth(text), 0);
}

/** The line cut to `cells`, its last cell an ellipsis when something is missing. For labels, never for what is judged. */
export function cutLine(line: Line, cells: number): Line {
  if (cells <= 0) return [];
  if (lineWidth(line) <= cells) return line;
  return [...sliceLine(line, 0, cells - 1), { text: '…', tone: 'dim' }];
}

/** The line with spaces behind it up to `cells`. */
export function padLine(line: Line, cells: number): Line {
  const missing = cells - lineWidth(line);
  return missing > 0 ? [...line, { text: ' '.repeat(missing), tone: 'plain' }] : line;
}

/** Exactly `cells` of a line: cut or padded. */
export function fitLine(line: Line, cells: number): Line {
  return padLine(cutLine(line, cells), Math.max(0, cells));
}

/** The `cells` of a line from cell `from` on; a wide character that is cut in half becomes a space. */
export function sliceLine(line: Line, from: number, cells: number): Line {
  if (cells <= 0) return [];
  const spans: Span[] = [];
  const to = from + cells;
  let at = 0;
  for (const span of line) {
    if (at >= to) break;
    const { text } = span;
    const width = cellWidth(text);
    if (at + width > from) {
      const part = at >= from && at + width <= to ? text : sliceText(text, from - at, to - at);
      if (part !== '') spans.push({ ...span, text: part });
    }
    at += width;
  }
  return spans;
}

function sliceText(text: string, from: number, to: number): string {
  if (PLAIN.test(text)) return text.slice(Math.max(0, from), Math.max(0, to));
  let kept = '';
  let at = 0;
  for (const character of text) {
    const width = isMark(character) ? 0 : isWide(character) ? 2 : 1;
    if (at >= from && at + width <= to && !(width === 0 && kept === '')) kept += character;
    else if (at < to && at + width > from && width === 2) kept += ' ';
    at += width;
    if (at > to) break;
  }
  return kept;
}

/** The line as rows of at most `cells` that show all of it; an empty line is one empty row. */
export function wrapLine(line: Line, cells: number): readonly Line[] {
  const room = Math.max(1, cells);
  const rows: Span[][] = [[]];
  let used = 0;
  const put = (text: string, width: number, tone: Tone): void => {
    rows.at(-1)?.push({ text, tone });
    used += width;
  };
  const next = (): void => {
    rows.push([]);
    used = 0;
  };
  for (const { text, tone } of line) {
    if (PLAIN.test(text)) {
      for (let at = 0; at < text.length;) {
        if (used >= room) next();
        const part = text.slice(at, at + room - used);
        put(part, part.length, tone);
        at += part.length;
      }
      continue;
    }
    let part = '';
    let width = 0;
    for (const character of text) {
      const own = isMark(character) ? 0 : isWide(character) ? 2 : 1;
      if (used + width + own > room && used + width > 0) {
        if (part !== '') put(part, width, tone);
        next();
        part = '';
        width = 0;
      }
      part += character;
      width += own;
    }
    if (part !== '') put(part, width, tone);
  }
  return rows;
}
