import { isFirst, sizeOf } from './character.ts';
import type { Motion } from './motion.ts';
import type { Sheet } from './sheet.ts';
import type { BeforeGone, Surface } from './surface.ts';

const LF = 0x0a;
const SPACE = 0x20;
const UNDERLINE = 0x5f;

/** What changes nothing about the line, as far as anybody knows. */
const KEEPS_LINE: ReadonlySet<Motion['kind']> = new Set([
  'none',
  'save',
  'mode',
  'soft-reset',
  'set-stop',
  'clear-stop',
  'clear-stops',
]);

/** The line that is being written, where nobody knows of a screen: what goes anywhere else begins another. */
export class Line implements Surface {
  readonly isOrdinary = true;
  readonly #sheet: Sheet;
  readonly #beforeGone: BeforeGone;
  /** Where the next letter would go on with writing over others. */
  #covering = -1;

  constructor(sheet: Sheet, beforeGone: BeforeGone) {
    this.#sheet = sheet;
    this.#beforeGone = beforeGone;
  }

  get start(): number {
    return this.#sheet.cursor;
  }

  drop(count: number): void {
    this.#covering = Math.max(-1, this.#covering - count);
  }

  #lineStart(): number {
    const { cursor, length, text } = this.#sheet;
    return cursor === 0 ? 0 : text.subarray(0, length).lastIndexOf(LF, cursor - 1) + 1;
  }

  apply(motion: Motion): void {
    if (KEEPS_LINE.has(motion.kind)) return;
    this.#covering = -1;
    const sheet = this.#sheet;
    switch (motion.kind) {
      case 'back':
        sheet.cursor = this.#backwards(motion.by);
        return;
      case 'forward':
        return this.#forwards(motion.by);
      case 'column':
        sheet.cursor = this.#lineStart();
        return this.#forwards(motion.at);
      case 'return':
        sheet.cursor = this.#lineStart();
        return;
      case 'erase':
        return motion.what === 'behind' ? this.#erase() : this.#goAway();
      default:
        this.#goAway();
    }
  }

  #goAway(): void {
    const sheet = this.#sheet;
    this.#beforeGone(0, sheet.length);
    sheet.cursor = sheet.length;
    if (sheet.length > 0 && sheet.text[sheet.length - 1] !== LF) this.#blank(LF);
  }

  #blank(byte: number): void {
    const sheet = this.#sheet;
    sheet.splice(sheet.length, 0, 1, byte);
    sheet.cursor = sheet.length;
  }

  #backwards(by: number): number {
    const { text, cursor } = this.#sheet;
    const start = this.#lineStart();
    let at = cursor;
    for (let left = by; left > 0 && at > start; left--) {
      at--;
      while (at > start && !isFirst(text[at] ?? 0)) at--;
    }
    return at;
  }

  #forwards(by: number): void {
    const sheet = this.#sheet;
    let left = by;
    for (; left > 0 && sheet.cursor < sheet.length; left--) {
      sheet.cursor++;
      while (sheet.cursor < sheet.length && !isFirst(sheet.text[sheet.cursor] ?? 0)) sheet.cursor++;
    }
    // Blanks are what is seen where nothing was written; more than a screen has are as good as a few.
    for (let blank = Math.min(left, 256); blank > 0; blank--) this.#blank(SPACE);
  }

  #erase(): void {
    const sheet = this.#sheet;
    if (sheet.cursor >= sheet.length) return;
    this.#beforeGone(0, sheet.length);
    sheet.splice(sheet.cursor, sheet.length - sheet.cursor, 0, SPACE);
  }

  put(raw: Buffer, from: number, size: number): void {
    const sheet = this.#sheet;
    const at = sheet.cursor;
    const isOver = at < sheet.length;
    const old = isOver ? Math.min(sizeOf(sheet.text[at] ?? 0), sheet.length - at) : 0;
    if (isOver) this.#clear(raw, from, size, old);
    if (old !== size) sheet.splice(at, old, size, SPACE);
    sheet.write(at, raw, from, size);
    sheet.wrote(at + size);
    this.#covering = isOver ? at + size : -1;
  }

  /** A character of `size` bytes goes where one of `old` is. */
  #clear(raw: Buffer, from: number, size: number, old: number): void {
    const { text, length, cursor: at } = this.#sheet;
    const same = old === size && raw.compare(text, at, at + old, from, from + size) === 0;
    // Bold and underlined, as they are written on paper, are one letter that was written twice.
    if (at + old === length && (same || text[at] === UNDERLINE)) this.#sheet.cover(at, old);
    // One letter behind the other is one act.
    else if (at !== this.#covering) this.#beforeGone(0, length);
  }
}
