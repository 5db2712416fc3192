import type { Column } from '../core/column.ts';
import type { StoredEvent, StoredRows } from './event.ts';
import { tableLines } from './table.ts';
import { visible } from './visible.ts';
import { cutToWidth } from './width.ts';

/**
 * Turns whole row messages of a protocol into values as text, null being NULL. It may throw on bytes
 * that it cannot read: the rows are then named instead of shown.
 */
export type RowDecoder = (columns: readonly Column[], frames: Buffer) => readonly (readonly (string | null)[])[];

export interface ResultOptions {
  readonly decode: RowDecoder;
  /** Rows of one result that are shown; the rest is named. */
  readonly maxRows: number;
  /** Cells of a terminal that one value may take. */
  readonly maxCell: number;
}

/** Of one result, bytes that are kept to be shown. */
const MAX_KEPT = 1024 * 1024;

interface Result {
  /** Null: values without columns, as COPY sends them. */
  readonly columns: readonly Column[] | null;
  readonly direction: 'in' | 'out';
  readonly chunks: Buffer[];
  size: number;
  dropped: boolean;
}

/** Gathers each connection's rows until their result is over. Bounded: what does not fit is named, not shown. */
export class Results {
  readonly #options: ResultOptions;
  readonly #open = new Map<number, Result>();

  constructor(options: ResultOptions) {
    this.#options = options;
  }

  columns(connection: number, columns: readonly Column[]): void {
    this.#open.set(connection, { columns, direction: 'out', chunks: [], size: 0, dropped: false });
  }

  rows({ connection, direction, bytes }: StoredRows): void {
    let result = this.#open.get(connection);
    if (result === undefined) {
      result = { columns: null, direction, chunks: [], size: 0, dropped: false };
      this.#open.set(connection, result);
    }
    const kept = result.dropped ? 0 : Math.min(bytes.length, MAX_KEPT - result.size);
    if (kept < bytes.length) result.dropped = true;
    if (kept > 0) result.chunks.push(Buffer.from(bytes.subarray(0, kept)));
    result.size += kept;
  }

  /** The results that an event ends, each as lines. */
  endedBy(event: StoredEvent): string[][] {
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

  #take(connection: number): string[][] {
    const result = this.#open.get(connection);
    this.#open.delete(connection);
    return result === undefined ? [] : [this.#lines(result)];
  }

  #lines(result: Result): string[] {
    const { maxRows, maxCell } = this.#options;
    const rows = this.#decoded(result);
    if (rows === null) return ['(rows that cannot be decoded)'];
    const shown = rows.slice(0, maxRows);
    const names = result.columns?.map(({ name }) => name);
    const lines = names === undefined ? plainLines(result, shown, maxCell) : tableLines(names, shown, { maxCell });
    const left = rows.length - shown.length;
    if (result.dropped) return [...lines, '(more rows not shown)'];
    return left > 0 ? [...lines, `(${left} more rows not shown)`] : lines;
  }

  #decoded(result: Result): readonly (readonly (string | null)[])[] | null {
    try {
      return this.#options.decode(result.columns ?? [], Buffer.concat(result.chunks));
    } catch {
      // Whatever the decoder throws, the record said these bytes were rows and they are not: shown as such.
      return null;
    }
  }
}

function plainLines(result: Result, rows: readonly (readonly (string | null)[])[], maxCell: number): string[] {
  const arrow = result.direction === 'in' ? '<' : '>';
  return rows.map((row) => {
    const values = row.map((value) => (value === null ? '∅' : visible(value)));
    return `${arrow} ${cutToWidth(values.join(' │ '), maxCell)}`;
  });
}
