import type { CellMask, CopyFormat } from '../../../core/mask.ts';
import { confused } from '../running.ts';
import type { CopyLayout } from './copy-layout.ts';
import { CopyValue, isSame } from './copy-value.ts';
import type { Sheet } from './sheet.ts';

/*
 * PostgreSQL documentation, COPY, "Text Format". A row is a line. The server escapes with a backslash: itself, the
 * delimiter, and the control characters that have a letter.
 */

type TextFormat = Extract<CopyFormat, { kind: 'text' }>;

const NEWLINE = 0x0a;
const BACKSLASH = 0x5c;
const code = (letter: string): number => letter.charCodeAt(0);

/** Letters behind a backslash, and what they stand for. */
const LETTERS: ReadonlyMap<number, number> = new Map([
  [code('b'), 0x08],
  [code('t'), 0x09],
  [code('n'), NEWLINE],
  [code('v'), 0x0b],
  [code('f'), 0x0c],
  [code('r'), 0x0d],
]);
const ESCAPES: ReadonlyMap<number, number> = new Map([...LETTERS].map(([letter, control]) => [control, letter]));

/** A line that says that the data ends. */
const END = Buffer.from('\\.\n');

export class TextCopy implements CopyLayout {
  readonly #delimiter: number;
  readonly #null: Buffer;
  /** No value is written like NULL. */
  readonly #nullIsTold: boolean;
  readonly #value = new CopyValue();
  #header: boolean;
  #ended = false;
  /** How much of the row at hand has no end in it. */
  #scanned = 0;

  constructor(format: TextFormat) {
    this.#delimiter = format.delimiter;
    this.#null = Buffer.from(format.null, 'utf8');
    this.#header = format.header;
    this.#nullIsTold = this.#null.length === 0 || !this.#isWritten(this.#null);
  }

  readonly complete = true;

  rowEnd(bytes: Buffer, start: number, end: number): number {
    if (this.#ended) throw confused('the server sent COPY data behind its end');
    const newline = bytes.indexOf(NEWLINE, start + this.#scanned);
    const found = newline >= 0 && newline < end;
    this.#scanned = found ? 0 : end - start;
    return found ? newline + 1 : -1;
  }

  write(bytes: Buffer, start: number, end: number, masks: readonly (CellMask | null)[], sheet: Sheet): void {
    if (this.#header || isSame(bytes, start, end, END)) {
      this.#ended = !this.#header;
      this.#header = false;
      sheet.bytes(bytes, start, end);
      return;
    }
    const last = end - 1;
    let from = start;
    let at = start;
    for (let index = 0; index < masks.length; index += 1) {
      const stop = this.#fieldEnd(bytes, at, last);
      // Between fields is a delimiter, behind the last one is none.
      if (stop < last !== index < masks.length - 1) throw confused(MALFORMED);
      const mask = masks[index] ?? null;
      if (mask !== null) {
        sheet.bytes(bytes, from, at);
        this.#field(bytes, at, stop, mask, sheet);
        from = stop;
      }
      at = stop + 1;
    }
    sheet.bytes(bytes, from, end);
  }

  #fieldEnd(bytes: Buffer, start: number, end: number): number {
    const delimiter = this.#delimiter;
    let at = start;
    while (at < end) {
      const byte = bytes[at];
      if (byte === delimiter) return at;
      at += byte === BACKSLASH ? 2 : 1;
    }
    if (at > end) throw confused(MALFORMED);
    return end;
  }

  #field(bytes: Buffer, start: number, end: number, mask: CellMask, sheet: Sheet): void {
    // Where a value looks like NULL, NULL is masked like that value: nobody learns which values are equal to it.
    const isNull = this.#nullIsTold && isSame(bytes, start, end, this.#null);
    if (!isNull) this.#unescape(bytes, start, end);
    const shown = this.#value.masked(mask, isNull);
    if (shown === null) sheet.bytes(this.#null, 0, this.#null.length);
    else this.#escape(shown, sheet);
  }

  #unescape(bytes: Buffer, start: number, end: number): void {
    this.#value.begin(end - start);
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte !== BACKSLASH) {
        this.#value.push(byte);
        continue;
      }
      at += 1;
      const escaped = this.#escaped(bytes[at] ?? 0);
      if (escaped < 0) throw confused(MALFORMED);
      this.#value.push(escaped);
    }
  }

  /** What a byte behind a backslash stands for; −1 when the server writes no such thing. */
  #escaped(byte: number): number {
    return LETTERS.get(byte) ?? (byte === BACKSLASH || byte === this.#delimiter ? byte : -1);
  }

  #escape(value: Buffer, sheet: Sheet): void {
    const target = sheet.ensure(2 * value.length);
    const start = sheet.length;
    let at = start;
    for (let index = 0; index < value.length; index += 1) {
      const byte = value[index] ?? 0;
      const letter = byte < 0x20 ? ESCAPES.get(byte) : undefined;
      if (letter !== undefined || byte === BACKSLASH || byte === this.#delimiter) target[at++] = BACKSLASH;
      target[at++] = letter ?? byte;
    }
    sheet.wrote(at - start);
  }

  /** Whether there is a value that is written like this. */
  #isWritten(text: Buffer): boolean {
    for (let at = 0; at < text.length; at += 1) {
      const byte = text[at] ?? 0;
      if (byte === this.#delimiter || ESCAPES.has(byte)) return false;
      if (byte !== BACKSLASH) continue;
      at += 1;
      if (this.#escaped(text[at] ?? 0) < 0) return false;
    }
    return true;
  }
}

const MALFORMED = 'the server sent a malformed line of COPY data';
