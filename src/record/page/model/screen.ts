import { cellWidth } from '../../../core/width.ts';

/** A terminal's screen, as far as `TerminalFilter` lets anything through: cells, no colours. */

const BLANK = ' ';
const MAX_CELLS = 1000;
const SEQUENCE = /\u001b(?:\[(\??)([0-9;:]*)([@-~])|([()])([AB0])|([78DEHM]))/y;
/** DEC's special graphics, from `_`. */
const GRAPHICS = ' ◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·';

interface Cursor {
  row: number;
  column: number;
}

export class Screen {
  #columns: number;
  #rows: number;
  #cells: string[][];
  /** The ordinary screen while the other one is shown. */
  #ordinary: string[][] | null = null;
  #cursor: Cursor = { row: 0, column: 0 };
  #saved: Cursor = { row: 0, column: 0 };
  #savedBeside: Cursor = { row: 0, column: 0 };
  #top = 0;
  #bottom: number;
  #insert = false;
  #wraps = true;
  #graphics: [boolean, boolean] = [false, false];
  #shifted: 0 | 1 = 0;
  #last = BLANK;

  constructor(columns: number, rows: number) {
    this.#columns = bounded(columns);
    this.#rows = bounded(rows);
    this.#bottom = this.#rows - 1;
    this.#cells = Array.from({ length: this.#rows }, () => this.#blank());
  }

  /** Its lines, without the blanks at their ends. */
  lines(): string[] {
    return this.#cells.map((row) => whole(row).join('').trimEnd());
  }

  /** Counted from 0, within the screen. */
  get cursor(): { readonly row: number; readonly column: number } {
    return { row: this.#cursor.row, column: Math.min(this.#cursor.column, this.#columns - 1) };
  }

  resize(columns: number, rows: number): void {
    this.#columns = bounded(columns);
    this.#rows = bounded(rows);
    const fit = (cells: readonly string[][]): string[][] =>
      Array.from({ length: this.#rows }, (_, row) =>
        Array.from({ length: this.#columns }, (_unused, column) => cells[row]?.[column] ?? BLANK),
      );
    this.#cells = fit(this.#cells);
    this.#ordinary &&= fit(this.#ordinary);
    this.#top = 0;
    this.#bottom = this.#rows - 1;
    this.#go(this.#cursor.row, this.#cursor.column);
  }

  /** Text in which sequences are whole, as the filter gives them. */
  write(text: string): void {
    for (let at = 0; at < text.length;) {
      if (text[at] === '\u001b') {
        SEQUENCE.lastIndex = at;
        const found = SEQUENCE.exec(text);
        at += found === null ? 1 : found[0].length;
        if (found !== null) this.#sequence(found);
        continue;
      }
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      at += character.length;
      if (character < ' ') this.#control(character);
      else this.#print(character);
    }
  }

  #blank(): string[] {
    return Array.from({ length: this.#columns }, () => BLANK);
  }

  #print(character: string): void {
    const row = (): string[] => this.#cells[this.#cursor.row] ?? [];
    if (/^\p{M}$/u.test(character)) {
      const column = Math.max(0, this.#cursor.column - 1);
      row()[column] = (row()[column] ?? BLANK) + character;
      return;
    }
    const width = cellWidth(character);
    if (this.#cursor.column + width > this.#columns) {
      if (this.#wraps) {
        this.#erase(this.#cursor.row, this.#cursor.column, this.#columns);
        this.#cursor.column = 0;
        this.#feed();
      } else {
        this.#cursor.column = this.#columns - 1;
        if (width > 1) return;
      }
    }
    const code = character.charCodeAt(0) - 0x5f;
    const drawn =
      this.#graphics[this.#shifted] && code >= 0 && code < GRAPHICS.length ? GRAPHICS.charAt(code) : character;
    // What a wide character covers beside its own cell holds nothing.
    const cells = [drawn, ...(width > 1 ? [''] : [])];
    row().splice(this.#cursor.column, this.#insert ? 0 : cells.length, ...cells);
    row().length = this.#columns;
    this.#cursor.column += cells.length;
    this.#last = drawn;
  }

  #control(character: string): void {
    const { row, column } = this.#cursor;
    if (character === '\b') this.#go(row, Math.min(column, this.#columns - 1) - 1);
    else if (character === '\t') {
      if (column < this.#columns) this.#go(row, (Math.floor(column / 8) + 1) * 8);
    } else if (character === '\r') this.#go(row, 0);
    else if (character === '\u000e') this.#shifted = 1;
    else if (character === '\u000f') this.#shifted = 0;
    else this.#feed();
  }

  #feed(): void {
    this.#cursor.column = Math.min(this.#cursor.column, this.#columns - 1);
    if (this.#cursor.row === this.#bottom) this.#scroll(this.#top, 1);
    else this.#cursor.row = Math.min(this.#rows - 1, this.#cursor.row + 1);
  }

  /** Lines from `top` to the bottom of the region move up; down when `by` is negative. */
  #scroll(top: number, by: number): void {
    const height = this.#bottom - top + 1;
    if (height <= 0) return;
    const count = Math.min(Math.abs(by), height);
    const blanks = Array.from({ length: count }, () => this.#blank());
    if (by > 0) {
      this.#cells.splice(top, count);
      this.#cells.splice(this.#bottom - count + 1, 0, ...blanks);
    } else {
      this.#cells.splice(this.#bottom - count + 1, count);
      this.#cells.splice(top, 0, ...blanks);
    }
  }

  #go(row: number, column: number): void {
    this.#cursor.row = Math.min(Math.max(row, 0), this.#rows - 1);
    this.#cursor.column = Math.min(Math.max(column, 0), this.#columns - 1);
  }

  /** Up or down, but not out of the scrolling region. */
  #climb(by: number, column: number): void {
    const { row } = this.#cursor;
    const lowest = row <= this.#bottom ? this.#bottom : this.#rows - 1;
    const highest = row >= this.#top ? this.#top : 0;
    this.#go(Math.min(Math.max(row + by, highest), lowest), column);
  }

  #sequence([, prefix = '', list = '', final, set, charset, escape]: RegExpExecArray): void {
    if (set !== undefined) this.#graphics[set === '(' ? 0 : 1] = charset === '0';
    else if (escape !== undefined) this.#escape(escape);
    else if (final === 'h' || final === 'l')
      for (const mode of list.split(';')) this.#mode(prefix + mode, final === 'h');
    else if (final !== undefined) this.#act(final, list.split(/[;:]/).map(Number));
  }

  #escape(final: string): void {
    if (final === '7') this.#saved = { ...this.#cursor };
    else if (final === '8') this.#go(this.#saved.row, this.#saved.column);
    else if (final === 'D') this.#feed();
    else if (final === 'E') {
      this.#cursor.column = 0;
      this.#feed();
    } else if (final === 'M') {
      this.#cursor.column = Math.min(this.#cursor.column, this.#columns - 1);
      if (this.#cursor.row === this.#top) this.#scroll(this.#top, -1);
      else this.#go(this.#cursor.row - 1, this.#cursor.column);
    }
  }

  #mode(mode: string, on: boolean): void {
    if (mode === '4') this.#insert = on;
    else if (mode === '?7') this.#wraps = on;
    else if (mode === '?1048') this.#escape(on ? '7' : '8');
    else if (mode === '?47' || mode === '?1047' || mode === '?1049') {
      if (mode === '?1049' && on) this.#escape('7');
      if (on !== (this.#ordinary !== null)) this.#switch();
      if (mode === '?1049' && !on) this.#escape('8');
    }
  }

  /** To the other screen, which is empty then, and back. Each has a saved cursor of its own. */
  #switch(): void {
    const saved = this.#saved;
    this.#saved = this.#savedBeside;
    this.#savedBeside = saved;
    const ordinary = this.#ordinary;
    this.#ordinary = ordinary === null ? this.#cells : null;
    this.#cells = ordinary ?? Array.from({ length: this.#rows }, () => this.#blank());
  }

  #act(final: string, parameters: readonly number[]): void {
    const row = this.#cursor.row;
    // Behind the last column it stands only until something is done.
    const column = Math.min(this.#cursor.column, this.#columns - ('JKSTbm'.includes(final) ? 0 : 1));
    this.#cursor.column = column;
    const [first = 0, second = 0] = parameters;
    const count = Math.max(1, first);
    const cells = this.#cells[row] ?? [];
    const blanks = (number: number): string[] => Array.from({ length: Math.min(number, this.#columns) }, () => BLANK);
    switch (final) {
      case 'A':
        return this.#climb(-count, column);
      case 'B':
        return this.#climb(count, column);
      case 'e':
        return this.#go(row + count, column);
      case 'C':
      case 'a':
        return this.#go(row, column + count);
      case 'D':
        return this.#go(row, column - count);
      case 'E':
        return this.#climb(count, 0);
      case 'F':
        return this.#climb(-count, 0);
      case 'G':
      case '`':
        return this.#go(row, count - 1);
      case 'H':
      case 'f':
        return this.#go(count - 1, Math.max(1, second) - 1);
      case 'd':
        return this.#go(count - 1, column);
      case 'I':
        return this.#go(row, (Math.floor(column / 8) + count) * 8);
      case 'Z':
        return this.#go(row, (Math.ceil(column / 8) - count) * 8);
      case 'J':
        return this.#eraseScreen(first);
      case 'K':
        return this.#erase(row, first === 0 ? column : 0, first === 1 ? column + 1 : this.#columns);
      case 'X':
        return this.#erase(row, column, column + count);
      case 'P':
        cells.splice(column, count);
        cells.push(...blanks(count));
        cells.length = this.#columns;
        return;
      case '@':
        cells.splice(column, 0, ...blanks(count));
        cells.length = this.#columns;
        return;
      case 'L':
      case 'M':
        if (row < this.#top || row > this.#bottom) return;
        this.#scroll(row, final === 'M' ? count : -count);
        return this.#go(row, 0);
      case 'S':
      case 'T':
        return this.#scroll(this.#top, final === 'S' ? count : -count);
      case 'b':
        for (let left = Math.min(count, this.#columns * this.#rows); left > 0; left -= 1) this.#print(this.#last);
        return;
      case 'r':
        this.#top = Math.min(count, this.#rows) - 1;
        this.#bottom = Math.max(this.#top, Math.min(second === 0 ? this.#rows : second, this.#rows) - 1);
        return this.#go(0, 0);
      case 's':
      case 'u':
        return this.#escape(final === 's' ? '7' : '8');
      default:
        return;
    }
  }

  #erase(row: number, from: number, to: number): void {
    this.#cells[row]?.fill(BLANK, from, Math.min(to, this.#columns));
  }

  #eraseScreen(what: number): void {
    const { row, column } = this.#cursor;
    if (what === 0) this.#erase(row, column, this.#columns);
    if (what === 1) this.#erase(row, 0, column + 1);
    const [from, to] = what === 0 ? [row + 1, this.#rows] : what === 1 ? [0, row] : [0, this.#rows];
    for (let at = from; at < to; at += 1) this.#erase(at, 0, this.#columns);
  }
}

/** A row in which halves of wide characters, the others having been drawn over, are blanks. */
function whole(row: readonly string[]): readonly string[] {
  if (!row.includes('') && row.every((cell) => cellWidth(cell) < 2)) return row;
  return row.map((cell, column) => {
    if (cell === '') return cellWidth(row[column - 1] ?? '') < 2 ? BLANK : cell;
    return cellWidth(cell) > 1 && row[column + 1] !== '' ? BLANK : cell;
  });
}

function bounded(cells: number): number {
  return Math.min(Math.max(Math.floor(cells), 1), MAX_CELLS);
}
