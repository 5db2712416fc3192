import type { CellMask, CopyFormat } from '../../../core/mask.ts';
import { confused } from '../running.ts';
import type { CopyLayout } from './copy-layout.ts';
import { CopyValue } from './copy-value.ts';
import type { Sheet } from './sheet.ts';

/*
 * PostgreSQL documentation, COPY, "CSV Format". A value is quoted as a whole or not at all; within quotes, the escape
 * character stands before quotes and before itself, and newlines are data.
 */

type CsvFormat = Extract<CopyFormat, { kind: 'csv' }>;

const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** Alone on a line it would mean the end of the data. */
const END = Buffer.from('\\.');

export class CsvCopy implements CopyLayout {
  readonly #format: CsvFormat;
  readonly #null: Buffer;
  readonly #value = new CopyValue();
  #header: boolean;
  /** How much of the row at hand has no end in it, and whether that stops within quotes. */
  #scanned = 0;
  #quoted = false;

  constructor(format: CsvFormat) {
    this.#format = format;
    this.#null = Buffer.from(format.null, 'utf8');
    this.#header = format.header;
  }

  readonly complete = true;

  rowEnd(bytes: Buffer, start: number, end: number): number {
    const { quote, escape } = this.#format;
    let at = start + this.#scanned;
    for (; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (this.#quoted && byte === escape && escape !== quote) {
        // What it stands before has not arrived.
        if (at + 1 === end) break;
        if (bytes[at + 1] === quote || bytes[at + 1] === escape) at += 1;
      } else if (byte === quote) this.#quoted = !this.#quoted;
      else if (byte === NEWLINE && !this.#quoted) {
        this.#scanned = 0;
        return at + 1;
      }
    }
    this.#scanned = at - start;
    return -1;
  }

  write(bytes: Buffer, start: number, end: number, masks: readonly (CellMask | null)[], sheet: Sheet): void {
    if (this.#header) {
      this.#header = false;
      sheet.bytes(bytes, start, end);
      return;
    }
    const last = end - 1;
    let from = start;
    let at = start;
    for (let index = 0; index < masks.length; index += 1) {
      const isQuoted = bytes[at] === this.#format.quote && at < last;
      const stop = isQuoted ? this.#quotedEnd(bytes, at, last) : this.#plainEnd(bytes, at, last);
      // Between fields is a delimiter, behind the last one is none.
      if (stop < last !== index < masks.length - 1) throw confused(MALFORMED);
      const mask = masks[index] ?? null;
      if (mask !== null) {
        sheet.bytes(bytes, from, at);
        const isNull = !isQuoted && this.#null.compare(bytes, at, stop) === 0;
        const shown = this.#value.masked(mask, isNull);
        this.#put(shown, index, masks.length === 1, sheet);
        from = stop;
      }
      at = stop + 1;
    }
    sheet.bytes(bytes, from, end);
  }

  /** Reads the value from a quote to the one that closes it. */
  #quotedEnd(bytes: Buffer, start: number, end: number): number {
    const { quote, escape, delimiter } = this.#format;
    this.#value.begin(end - start);
    for (let at = start + 1; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      const next = at + 1 < end ? bytes[at + 1] : undefined;
      if (byte === escape && (next === quote || next === escape)) {
        this.#value.push(next);
        at += 1;
      } else if (byte === quote) {
        if (next !== undefined && next !== delimiter) throw confused(MALFORMED);
        return at + 1;
      } else this.#value.push(byte);
    }
    throw confused(MALFORMED);
  }

  #plainEnd(bytes: Buffer, start: number, end: number): number {
    const { quote, delimiter } = this.#format;
    this.#value.begin(end - start);
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === delimiter) return at;
      if (byte === quote) throw confused(MALFORMED);
      this.#value.push(byte);
    }
    return end;
  }

  #put(value: Buffer | null, index: number, alone: boolean, sheet: Sheet): void {
    if (value === null) {
      sheet.bytes(this.#null, 0, this.#null.length);
      return;
    }
    const { quote, escape, forceQuote } = this.#format;
    if (forceQuote !== 'all' && !forceQuote.has(index) && !this.#needsQuotes(value, alone)) {
      sheet.bytes(value, 0, value.length);
      return;
    }
    sheet.byte(quote);
    const target = sheet.ensure(2 * value.length);
    let at = sheet.length;
    for (const byte of value) {
      if (byte === quote || byte === escape) target[at++] = escape;
      target[at++] = byte;
    }
    sheet.wrote(at - sheet.length);
    sheet.byte(quote);
  }

  #needsQuotes(value: Buffer, alone: boolean): boolean {
    const { delimiter, quote } = this.#format;
    if (value.equals(this.#null) || (alone && value.equals(END))) return true;
    return value.some((byte) => byte === delimiter || byte === quote || byte === NEWLINE || byte === RETURN);
  }
}

const MALFORMED = 'the server sent a malformed row of CSV data';
