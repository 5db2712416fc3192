import { isMark, isWide } from '../../../core/width.ts';
import { visible } from '../../../core/visible.ts';
import { CONTINUATION } from './prompt.ts';

/** What is to be seen: a prompt, and a line behind it with a cursor. */
export interface Picture {
  readonly prompt: string;
  readonly before: string;
  readonly after: string;
}

interface Row {
  text: string;
  /** Whether the next one begins behind the end of a line, and not because there was no room for more. */
  ends: boolean;
}

export interface Layout {
  readonly rows: readonly Row[];
  readonly row: number;
  readonly column: number;
}

/** As terminals do: what does not fit into a row any more begins the next. Each line but the first has a mark in front. */
export function layOut({ prompt, before, after }: Picture, columns: number): Layout {
  const layer = new Layer(columns);
  layer.put(prompt);
  layer.lines(before);
  const cursor = { row: layer.rows.length - 1, column: layer.column };
  layer.lines(after);
  // Behind a full row the cursor stands in the next one.
  if (layer.column === columns) layer.next(false);
  const { rows } = layer;
  if (cursor.column < columns) return { rows, ...cursor };
  // But not where a line ends there: the next row is another one's.
  if (rows[cursor.row]?.ends === true) return { rows, row: cursor.row, column: columns - 1 };
  return { rows, row: cursor.row + 1, column: 0 };
}

class Layer {
  readonly rows: Row[] = [{ text: '', ends: false }];
  readonly #columns: number;
  column = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  next(ends: boolean): void {
    const last = this.rows.at(-1);
    if (last !== undefined) last.ends = ends;
    this.rows.push({ text: '', ends: false });
    this.column = 0;
  }

  lines(text: string): void {
    for (const [index, line] of text.split('\n').entries()) {
      if (index > 0) {
        this.next(true);
        this.put(CONTINUATION);
      }
      this.put(line);
    }
  }

  put(text: string): void {
    if (isPlain(text)) return this.#plain(text);
    for (const character of visible(text)) {
      const width = isMark(character) ? 0 : isWide(character) ? 2 : 1;
      if (this.column + width > this.#columns) this.next(false);
      this.#add(character, width);
    }
  }

  #plain(text: string): void {
    for (let at = 0; at < text.length;) {
      if (this.column === this.#columns) this.next(false);
      const piece = text.slice(at, at + this.#columns - this.column);
      this.#add(piece, piece.length);
      at += piece.length;
    }
  }

  #add(text: string, width: number): void {
    const last = this.rows.at(-1);
    if (last !== undefined) last.text += text;
    this.column += width;
  }
}

/** What draws rows from the beginning of the first. Terminals go to the next one by themselves, but not to an empty one. */
export function textOf(rows: readonly Row[]): string {
  return rows
    .map(({ text, ends }, index) => {
      const next = rows[index + 1];
      return next !== undefined && (ends || next.text === '') ? `${text}\r\n` : text;
    })
    .join('');
}

/** Whether every character of it is one cell, and shown as it is. */
export function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text);
}
