import { isMark, isWide } from '../../../core/width.ts';
import { visible } from '../../../core/visible.ts';

/** Cells of a window. */
export interface Window {
  readonly columns: number;
  readonly rows: number;
}

/** What is to be seen: a prompt, and a line behind it with a cursor. */
export interface Picture {
  readonly prompt: string;
  readonly before: string;
  readonly after: string;
}

interface Layout {
  /** What stands in each row. */
  readonly rows: readonly string[];
  readonly row: number;
  readonly column: number;
}

/** Draws a line that may take several rows, over what was drawn of it before. */
export class Painter {
  #window: Window;
  /** The row that the cursor is in, counted from where the prompt begins on the screen. */
  #row = 0;
  /** Of it, where that is known. */
  #column: number | null = null;
  #picture: Picture = { prompt: '', before: '', after: '' };

  constructor(window: Window) {
    this.#window = usableWindow(window);
  }

  get columns(): number {
    return this.#window.columns;
  }

  /** A line begins where the cursor is, at the beginning of a row. */
  begin(): void {
    this.#row = 0;
    this.#column = null;
  }

  paint(picture: Picture): string {
    const more = this.#added(picture);
    this.#picture = picture;
    if (more !== null) {
      this.#column = (this.#column ?? 0) + more.length;
      return more;
    }
    const { columns, rows: height } = this.#window;
    const layout = layOut(picture, columns);
    // Of a line that is higher than the window the part with the cursor is seen.
    const top = Math.max(0, Math.min(layout.row - height + 1, layout.rows.length - height));
    const seen = layout.rows.slice(top, top + height);
    const last = seen.length - 1;
    const row = layout.row - top;
    // The last row may be empty: the terminal has not gone there by itself.
    const text = seen[last] === '' && last > 0 ? `${seen.slice(0, -1).join('')}\r\n` : seen.join('');
    const drawn = `${this.#toStart()}\u001b[J${text}${up(last - row)}\r${right(layout.column)}`;
    this.#row = row;
    this.#column = layout.column;
    return drawn;
  }

  /** What was put in at the end of a row, and is to be drawn by itself; null where more than that changes. */
  #added({ prompt, before, after }: Picture): string | null {
    const old = this.#picture;
    if (this.#column === null || after !== '' || old.after !== '' || prompt !== old.prompt) return null;
    const more = before.startsWith(old.before) ? before.slice(old.before.length) : null;
    return more !== null && isPlain(more) && this.#column + more.length < this.#window.columns ? more : null;
  }

  /** Goes to the beginning of the row below the line, with `mark` behind it. */
  finish(mark = ''): string {
    const { prompt, before, after } = this.#picture;
    return `${this.paint({ prompt, before: before + after + mark, after: '' })}\r\n`;
  }

  /** The window has another size: terminals lay the line out anew. */
  resize(window: Window): string {
    this.#window = usableWindow(window);
    this.#column = null;
    const { columns, rows } = this.#window;
    this.#row = Math.min(layOut(this.#picture, columns).row, rows - 1);
    return this.paint(this.#picture);
  }

  #toStart(): string {
    return `\r${up(this.#row)}`;
  }
}

/** Cells either way. No screen has as many; what is drawn grows with them. */
const LARGEST = 2048;

/** Clients without a window of their own say 0. */
export function usableWindow({ columns, rows }: Window): Window {
  return { columns: columns < 2 ? 80 : Math.min(columns, LARGEST), rows: rows < 1 ? 24 : Math.min(rows, LARGEST) };
}

/** Whether every character of it is one cell, and shown as it is. */
function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

function up(rows: number): string {
  return rows > 0 ? `\u001b[${rows}A` : '';
}

function right(columns: number): string {
  return columns > 0 ? `\u001b[${columns}C` : '';
}

/** As terminals do: what does not fit into a row any more begins the next. */
function layOut({ prompt, before, after }: Picture, columns: number): Layout {
  const rows = [''];
  let column = 0;
  const put = (text: string): void => {
    if (isPlain(text)) {
      for (let at = 0; at < text.length;) {
        if (column === columns) {
          rows.push('');
          column = 0;
        }
        const piece = text.slice(at, at + columns - column);
        rows[rows.length - 1] += piece;
        column += piece.length;
        at += piece.length;
      }
      return;
    }
    for (const character of visible(text)) {
      const width = isMark(character) ? 0 : isWide(character) ? 2 : 1;
      if (column + width > columns) {
        rows.push('');
        column = 0;
      }
      rows[rows.length - 1] += character;
      column += width;
    }
  };
  put(prompt);
  put(before);
  const cursor = { row: rows.length - 1, column };
  put(after);
  // Behind a full row the cursor stands in the next one.
  if (column === columns) rows.push('');
  if (cursor.column < columns) return { rows, ...cursor };
  return { rows, row: cursor.row + 1, column: 0 };
}
