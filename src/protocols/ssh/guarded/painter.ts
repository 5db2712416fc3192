import { isPlain, layOut, type Picture, textOf } from './layout.ts';

/** Cells of a window. */
export interface Window {
  readonly columns: number;
  readonly rows: number;
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
    const drawn = `${this.#toStart()}\u001b[J${textOf(seen)}${up(last - row)}\r${right(layout.column)}`;
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

function up(rows: number): string {
  return rows > 0 ? `\u001b[${rows}A` : '';
}

function right(columns: number): string {
  return columns > 0 ? `\u001b[${columns}C` : '';
}
