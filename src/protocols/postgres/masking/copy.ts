import type { CellMask, CopyFormat, Rewriter } from '../../../core/mask.ts';
import { BACKEND, HEADER } from '../frames.ts';
import { overLimit } from '../limits.ts';
import { confused } from '../running.ts';
import { BinaryCopy } from './copy-binary.ts';
import { CsvCopy } from './copy-csv.ts';
import type { CopyLayout } from './copy-layout.ts';
import { TextCopy } from './copy-text.ts';
import { Sheet } from './sheet.ts';
import type { Slate } from './slate.ts';

function layoutOf(format: CopyFormat): CopyLayout {
  switch (format.kind) {
    case 'text':
      return new TextCopy(format);
    case 'csv':
      return new CsvCopy(format);
    case 'binary':
      return new BinaryCopy();
  }
}

/** Rewrites the data of one COPY. Messages need not begin and end where rows do; those that come out do. */
export class CopyRows implements Rewriter {
  readonly #layout: CopyLayout;
  readonly #sheet: Sheet;
  readonly #most: number;
  /** A row whose end has not arrived yet, and room for more of it. */
  #held: Buffer = EMPTY;
  #heldLength = 0;

  constructor(layout: CopyLayout, slate: Slate, most: number) {
    this.#layout = layout;
    this.#sheet = new Sheet(slate);
    this.#most = most;
  }

  /** Rows begin and end anywhere, and values are not written as they are. */
  search(): boolean {
    return false;
  }

  rewrite(rows: Buffer, masks: readonly (CellMask | null)[]): Buffer {
    this.#sheet.begin(rows.length);
    for (let at = 0; at < rows.length;) {
      const end = at + rows.readInt32BE(at + 1) + 1;
      this.#take(rows, at + HEADER, end, masks);
      at = end;
    }
    return this.#sheet.end();
  }

  /** The data has ended. @throws HoopError `postgres.protocol` when it ended within a row */
  end(): void {
    if (this.#heldLength > 0 || !this.#layout.complete) throw confused('the server ended COPY data within a row');
  }

  #take(bytes: Buffer, start: number, end: number, masks: readonly (CellMask | null)[]): void {
    if (this.#heldLength === 0) {
      const rest = this.#rows(bytes, start, end, masks);
      this.#hold(bytes, rest, end);
      return;
    }
    this.#hold(bytes, start, end);
    const rest = this.#rows(this.#held, 0, this.#heldLength, masks);
    if (rest === 0) return;
    this.#held.copyWithin(0, rest, this.#heldLength);
    this.#heldLength -= rest;
    if (this.#heldLength === 0) this.#held = EMPTY;
  }

  /** Writes every whole row, each as a message, and returns where the first one begins that is not whole. */
  #rows(bytes: Buffer, start: number, end: number, masks: readonly (CellMask | null)[]): number {
    let at = start;
    while (at < end) {
      const next = this.#layout.rowEnd(bytes, at, end);
      if (next < 0) break;
      const message = this.#sheet.length;
      this.#sheet.ensure(HEADER)[message] = BACKEND.copyData;
      this.#sheet.wrote(HEADER);
      this.#layout.write(bytes, at, next, masks, this.#sheet);
      this.#sheet.int32At(this.#sheet.length - message - 1, message + 1);
      at = next;
    }
    return at;
  }

  #hold(bytes: Buffer, start: number, end: number): void {
    const length = this.#heldLength + end - start;
    if (length > this.#most) {
      throw overLimit('serverMessage', `a row of COPY data from the server is over the limit of ${this.#most} bytes`);
    }
    if (length > this.#held.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, 2 * this.#held.length));
      this.#held.copy(grown, 0, 0, this.#heldLength);
      this.#held = grown;
    }
    bytes.copy(this.#held, this.#heldLength, start, end);
    this.#heldLength = length;
  }
}

const EMPTY = Buffer.alloc(0);

/** For the data of one COPY. `most`: bytes of a row that are held while its end has not arrived. */
export function openCopy(format: CopyFormat, slate: Slate, most: number): CopyRows {
  return new CopyRows(layoutOf(format), slate, most);
}
