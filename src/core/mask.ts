/** How a value is hidden. */
export type MaskMethod = 'redact' | 'hash' | 'token' | 'null' | { readonly partial: 'domain' | number };

/** What may be shown of an output column. */
export type Exposure =
  | { readonly kind: 'clear' }
  /** Its values are those of one masked column, untouched: NULL stays NULL. */
  | { readonly kind: 'masked'; readonly with: MaskMethod }
  /** It depends on masked values in some other way: every cell, NULL or not, becomes the same constant. */
  | { readonly kind: 'withheld' };

/** Length of a cell that is NULL, as the protocols write it. */
export const NULL_LENGTH = -1;

/** Hides the cells of one output column. Total: whatever the bytes are, they are never shown as they were. */
export interface CellMask {
  /** Most bytes that what is shown of a cell of `length` bytes takes; `length` is −1 for NULL. */
  bound(length: number): number;
  /**
   * Writes what is shown of the cell of `length` bytes (−1: NULL, and `start` means nothing) that begins at `start`.
   * Returns its length; −1 for NULL, where nothing was written. `target` may be the same memory as `source`, as long
   * as `at` is not behind `start` and the bound does not reach behind the cell's end.
   */
  write(source: Buffer, start: number, length: number, target: Buffer, at: number): number;
}

/** Looks into cells before any of them is rewritten. */
export interface CellSearch {
  /** Cells that end before this place hold nothing; -1: none does any more. */
  next(): number;
  /** Takes a cell in which something may be; `row` counts from 0. */
  inspect(start: number, end: number, column: number, row: number): void;
}

/** Puts masked cells in the place of others, in the messages that one protocol brings rows in. */
export interface Rewriter {
  /**
   * `rows`: whole messages, which may be overwritten. `masks`: one for each column; null where cells pass as they are.
   * What is returned holds until the rewriter's memory is used again, which its owner decides.
   * @throws HoopError when a row is not made of these columns
   */
  rewrite(rows: Buffer, masks: readonly (CellMask | null)[]): Buffer;
  /**
   * Shows the cells of these whole messages to `search`; false where cells do not stand in them as they are.
   * @throws HoopError when a row is malformed
   */
  search(rows: Buffer, search: CellSearch): boolean;
}

/** How COPY writes rows down, with all options of the statement. Characters are given by their single byte. */
export type CopyFormat =
  | { readonly kind: 'binary' }
  | { readonly kind: 'text'; readonly delimiter: number; readonly null: string; readonly header: boolean }
  | {
      readonly kind: 'csv';
      readonly delimiter: number;
      readonly null: string;
      readonly header: boolean;
      readonly quote: number;
      readonly escape: number;
      /** Indices of columns whose values are quoted always, or all of them. */
      readonly forceQuote: ReadonlySet<number> | 'all';
    };

/** What may be shown of the rows of one result. */
export interface Disclosure {
  /** One for each column of its rows, or of its COPY data. */
  readonly exposures: readonly Exposure[];
  /** What the columns must be called; null where that is not known. */
  readonly names: readonly (string | null)[];
  /** Of COPY … TO STDOUT: how rows are written, and the OIDs of the columns' types. Null: it gives rows. */
  readonly copy: { readonly format: CopyFormat; readonly types: readonly number[] } | null;
}

/** What may be shown of what one statement brings. */
export interface ResultMask {
  /** Null: all of its rows. */
  readonly disclosure: Disclosure | null;
  /** Masked values are within reach: errors and notices may hold them. */
  readonly delicate: boolean;
  /** How often names had changed for all connections when it was judged: once they have, it says nothing any more. */
  readonly asOf: number;
}

/** What nothing is held back of, whatever names mean. */
export const UNMASKED: ResultMask = { disclosure: null, delicate: false, asOf: 0 };

/** True when both let the same be seen, and were judged by the same names. */
export function isSameMask(one: ResultMask, other: ResultMask): boolean {
  if (one === other) return true;
  const alike = one.delicate === other.delicate && one.asOf === other.asOf;
  return alike && isSameDisclosure(one.disclosure, other.disclosure);
}

function isSameDisclosure(one: Disclosure | null, other: Disclosure | null): boolean {
  if (one === other || one === null || other === null) return one === other;
  return JSON.stringify([one.exposures, one.names]) === JSON.stringify([other.exposures, other.names]);
}
