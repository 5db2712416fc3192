import type { Column } from '../core/column.ts';
import type { StoredEvent, StoredRows } from './event.ts';
import { tableLines } from './table.ts';
import { visible } from '../core/visible.ts';
import { cutToWidth } from '../core/width.ts';

/**
 * Turns whole row messages of a protocol into values as text, null being NULL. It may throw on bytes
 * that it cannot read: the rows are then named instead of shown.
 */
export type RowDecoder = (columns: readonly Column[], frames: Buffer) => readonly (readonly (string | null)[])[];

export interface ResultOptions {
  readonly decode: RowDecoder;
  /** Rows of one result that are shown; the rest is named. */
  readonly maxRows: number;
}

type Rows = readonly (readonly (string | null)[])[];

/** A result as it is shown: with the values as they were recorded, so make them safe. */
export interface ShownResult {
  /** The number of the statement it came of; null when the record does not say. */
  readonly statement: number | null;
  /** Null: values without columns, as COPY sends them. */
  readonly columns: readonly string[] | null;
  readonly direction: 'in' | 'out';
  /** The first of its rows; null when they cannot be decoded. */
  readonly rows: Rows | null;
  /** Rows that are recorded and not shown; null: more of them than were counted. */
  readonly left: number | null;
}

/** Of one result, bytes that are kept to be shown: for as many rows as are usual, and for those that are asked for. */
const MAX_KEPT = 1024 * 1024;
const MAX_KEPT_OF_MANY = 64 * 1024 * 1024;
const MANY_ROWS = 1000;

interface Result {
  readonly statement: number | null;
  readonly columns: readonly Column[] | null;
  readonly direction: 'in' | 'out';
  readonly chunks: Buffer[];
  size: number;
  dropped: boolean;
}

/** Gathers each connection's rows until their result is over. Bounded: what does not fit is named, not shown. */
export class Results {
  readonly #options: ResultOptions;
  readonly #most: number;
  readonly #open = new Map<number, Result>();

  constructor(options: ResultOptions) {
    this.#options = options;
    this.#most = options.maxRows > MANY_ROWS ? MAX_KEPT_OF_MANY : MAX_KEPT;
  }

  columns(connection: number, statement: number | null, columns: readonly Column[]): void {
    this.#open.set(connection, { statement, columns, direction: 'out', chunks: [], size: 0, dropped: false });
  }

  rows({ connection, statement, direction, bytes }: StoredRows): void {
    let result = this.#open.get(connection);
    if (result === undefined) {
      result = { statement, columns: null, direction, chunks: [], size: 0, dropped: false };
      this.#open.set(connection, result);
    }
    const kept = result.dropped ? 0 : Math.min(bytes.length, this.#most - result.size);
    if (kept < bytes.length) result.dropped = true;
    if (kept > 0) result.chunks.push(Buffer.from(bytes.subarray(0, kept)));
    result.size += kept;
  }

  /** The results that an event ends. */
  endedBy(event: StoredEvent): ShownResult[] {
    switch (event.type) {
      case 'columns':
      case 'complete':
      case 'error':
      case 'close':
        return this.#take(event.connection);
      case 'end':
        return [...this.#open.keys()].flatMap((connection) => this.#take(connection));
      default:
        return [];
    }
  }

  #take(connection: number): ShownResult[] {
    const result = this.#open.get(connection);
    this.#open.delete(connection);
    return result === undefined ? [] : [this.#shown(result)];
  }

  #shown(result: Result): ShownResult {
    const { statement, direction, dropped } = result;
    const columns = result.columns?.map(({ name }) => name) ?? null;
    const all = this.#decoded(result);
    const rows = all?.slice(0, this.#options.maxRows) ?? null;
    const left = all === null || rows === null ? 0 : all.length - rows.length;
    return { statement, columns, direction, rows, left: dropped ? null : left };
  }

  #decoded(result: Result): Rows | null {
    try {
      return this.#options.decode(result.columns ?? [], Buffer.concat(result.chunks));
    } catch {
      // Whatever the decoder throws, the record said these bytes were rows and they are not: shown as such.
      return null;
    }
  }
}

/** A result as lines, each safe and no value wider than `maxCell` cells of a terminal. */
export function resultLines({ columns, direction, rows, left }: ShownResult, maxCell: number): string[] {
  if (rows === null) return ['(rows that cannot be decoded)'];
  const lines = columns === null ? plainLines(direction, rows, maxCell) : tableLines(columns, rows, { maxCell });
  if (left === null) return [...lines, '(more rows not shown)'];
  return left > 0 ? [...lines, `(${left} more rows not shown)`] : lines;
}

function plainLines(direction: 'in' | 'out', rows: Rows, maxCell: number): string[] {
  const arrow = direction === 'in' ? '<' : '>';
  return rows.map((row) => {
    const values = row.map((value) => (value === null ? '∅' : visible(value)));
    return `${arrow} ${cutToWidth(values.join(' │ '), maxCell)}`;
  });
}
