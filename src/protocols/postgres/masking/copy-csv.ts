import type { CellMask, CopyFormat } from '../../../core/mask.ts';
import { confused } from '../running.ts';
import type { CopyLayout } from './copy-layout.ts';
import { CopyValue, isSame } from './copy-value.ts';
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
    const own = escape !== quote;
    let quoted = this.#quoted;
    let at = start + this.#scanned;
    for (; at < end; at += 1) {
      const byte = bytes[at];
      if (own && quoted && byte === escape) {
        // What it stands before has not arrived.
        if (at + 1 === end) break;
        if (bytes[at + 1] === quote || bytes[at + 1] === escape) at += 1;
      } else if (byte === quote) quoted = !quoted;
      else if (byte === NEWLINE && !quoted) {
        this.#scanned = 0;
        this.#quoted = false;
        return at + 1;
      }
    }
    this.#quoted = quoted;
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
        const isNull = !isQuoted && isSame(bytes, at, stop, this.#null);
        if (isQuoted) this.#unquote(bytes, at, stop);
        else this.#value.set(bytes, at, stop);
        const shown = this.#value.masked(mask, isNull);
        this.#put(shown, index, masks.length === 1, sheet);
        from = stop;
      }
      at = stop + 1;
    }
    sheet.bytes(bytes, from, end);
  }

  /** Behind the quote that closes what the one at `start` opens. */
  #quotedEnd(bytes: Buffer, start: number, end: number): number {
    const { quote, escape, delimiter } = this.#format;
    for (let at = start + 1; at < end; at += 1) {
      const byte = bytes[at];
      if (byte !== quote && byte !== escape) continue;
      const next = at + 1 < end ? bytes[at + 1] : undefined;
      if (byte === escape && (next === quote || next === escape)) at += 1;
      else if (byte === quote) {
        if (next !== undefined && next !== delimiter) throw confused(MALFORMED);
        return at + 1;
      }
    }
    throw confused(MALFORMED);
  }

  /** Takes the value between a quote and the one that closes it. */
  #unquote(bytes: Buffer, start: number, end: number): void {
    const { quote, escape } = this.#format;
    this.#value.begin(end - start);
    for (let at = start + 1; at < end - 1; at += 1) {
      const next = bytes[at + 1];
      if (bytes[at] === escape && at + 2 < end && (next === quote || next === escape)) at += 1;
      this.#value.push(bytes[at] ?? 0);
    }
  }

  #plainEnd(bytes: Buffer, start: number, end: number): number {
    const { quote, delimiter } = this.#format;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at];
      if (byte === delimiter) return at;
      if (byte === quote) throw confused(MALFORMED);
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
    for (let index = 0; index < value.length; index += 1) {
      const byte = value[index] ?? 0;
      if (byte === quote || byte === escape) target[at++] = escape;
      target[at++] = byte;
    }
    sheet.wrote(at - sheet.length);
    sheet.byte(quote);
  }

  #needsQuotes(value: Buffer, alone: boolean): boolean {
    const { delimiter, quote } = this.#format;
    if (isSame(value, 0, value.length, this.#null) || (alone && value.equals(END))) return true;
    for (let index = 0; index < value.length; index += 1) {
      const byte = value[index];
      if (byte === delimiter || byte === quote || byte === NEWLINE || byte === RETURN) return true;
    }
    return false;
  }
}

const MALFORMED = 'the server sent a malformed row of CSV data';
