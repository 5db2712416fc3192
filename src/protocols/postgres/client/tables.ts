import type { Order, Table } from '../../../core/conversation.ts';
import type { Column } from '../../../core/column.ts';
import { BACKEND, decodeColumns, decodeRow, decodeTag, HEADER } from '../frames.ts';
import { typeName } from './type-names.ts';

type Row = readonly (string | null)[];

/** Statements of one order of which something is kept, if it is no more than how they ended. */
const MOST_TABLES = 100;
/** Bytes of the descriptions of columns of one order: more than of the widest result that there is. */
const MOST_DESCRIBED = 256 * 1024;

/** Collects what statements give, as much of it as is wanted. */
export class Tables {
  readonly #rows: number;
  readonly #done: Table[] = [];
  #left: number;
  #columns: Table['columns'] = null;
  #kept: Row[] = [];
  #cut: Table['cut'] = null;
  #binary = false;
  #described = 0;
  #more = 0;

  constructor({ rows, bytes }: Pick<Order, 'rows' | 'bytes'>) {
    this.#rows = rows;
    this.#left = bytes;
  }

  get all(): readonly Table[] {
    return this.#done;
  }

  /** Statements that have ended and of which nothing is kept. */
  get more(): number {
    return this.#more;
  }

  /** Bytes that a row's message may have to be kept. */
  get room(): number {
    return this.#cut === null && this.#kept.length < this.#rows && !this.#full ? this.#left : 0;
  }

  /** What comes now is only counted. */
  get #full(): boolean {
    return this.#done.length >= MOST_TABLES || this.#described > MOST_DESCRIBED;
  }

  /** Takes a RowDescription. */
  describe(message: Buffer): void {
    this.#described += message.length;
    if (this.#full) return;
    const columns: readonly Column[] = decodeColumns(message) ?? [];
    this.#columns = columns.map(({ name, type }) => ({ name, type: typeName(type) }));
  }

  /** Takes a CopyOutResponse: the data are lines of text, or what no text can hold. */
  describeCopy(message: Buffer): void {
    this.#binary = message[HEADER] !== 0;
    this.#columns = [{ name: 'copy', type: this.#binary ? 'bytea' : 'text' }];
  }

  /** Takes a DataRow or CopyData, of which the header alone was kept when it did not fit. */
  row(message: Buffer): void {
    if (this.#cut !== null || this.#full) return;
    if (this.#kept.length >= this.#rows) this.#cut = 'rows';
    else if (message.length === HEADER) this.#cut = 'bytes';
    else {
      this.#left -= message.length;
      this.#kept.push(message[0] === BACKEND.copyData ? [copied(message, this.#binary)] : valuesOf(message));
    }
  }

  /** Takes a CommandComplete. */
  complete(message: Buffer): void {
    this.#end(decodeTag(message));
  }

  /** The statement goes no further. */
  suspend(): void {
    this.#end(null);
  }

  /** What was under way has failed: what it gave until then is no result. */
  fail(): void {
    this.#columns = null;
    this.#kept = [];
    this.#cut = null;
  }

  #end(tag: string | null): void {
    if (this.#full) this.#more += 1;
    else this.#done.push({ columns: this.#columns, rows: this.#kept, cut: this.#cut, tag });
    this.fail();
  }
}

function valuesOf(message: Buffer): Row {
  return (decodeRow(message) ?? []).map((value) => value?.toString('utf8') ?? null);
}

function copied(message: Buffer, binary: boolean): string {
  // As the server itself writes bytea.
  if (binary) return `\\x${message.toString('hex', HEADER)}`;
  return message.toString('utf8', HEADER).replace(/\n$/, '');
}
