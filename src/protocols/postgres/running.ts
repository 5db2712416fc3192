import type { Column } from '../../core/column.ts';
import { HoopError } from '../../core/errors.ts';
import type { Clearance } from '../../core/guard.ts';
import { type ResultMask, UNMASKED } from '../../core/mask.ts';
import type { StatementChanges } from '../../core/statement.ts';
import { columnsOf, inFormats } from './descriptions.ts';
import { BACKEND, decodeTag } from './frames.ts';
import type { Portal } from './prepared.ts';
import type { Fault } from './refuse.ts';

/** What a message of the server's meant, for the record. */
export type Report =
  | { readonly kind: 'columns'; readonly number: number | null; readonly columns: readonly Column[] }
  | {
      readonly kind: 'complete';
      readonly number: number | null;
      readonly tag: string;
      readonly rows: number;
      readonly bytes: number;
    }
  | { readonly kind: 'error'; readonly number: number | null; readonly fault: Fault };

export const confused = (message: string): HoopError =>
  new HoopError('postgres.protocol', message, { hint: 'The connection was closed; connect again.' });

/** What a message of the server's did to what runs. */
export interface Progress {
  /** An Execute has been answered. A simple query goes on until the server is ready. */
  readonly answered: boolean;
  /** Of the statement that has completed with this message. */
  readonly changes: StatementChanges;
  readonly result: ResultMask;
}

const GOES_ON: Progress = { answered: false, changes: [], result: UNMASKED };
const ANSWERED: Progress = { answered: true, changes: [], result: UNMASKED };

/** What is known of the statements that run; nothing of what stands in for refused ones. */
export type Judgement = Pick<Clearance & { readonly outcome: 'cleared' }, 'changes' | 'results'> & {
  /** The record's number; null when it has none. */
  readonly number: number | null;
};

/** A simple query or an Execute on the server: what its answers may be, and where they belong in the record. */
export class Running {
  readonly number: number | null;
  readonly #changes: readonly StatementChanges[];
  readonly #results: readonly ResultMask[];
  /** What Execute runs; null for a simple query. */
  readonly portal: Portal | null;
  #completed = 0;
  #failed = false;
  #rows = 0;
  #bytes = 0;
  #columns: readonly Column[] | null = null;
  #sending = false;
  #copying = false;

  /** `portal`: what Execute runs, which may be described only after Execute was sent; null for a simple query. */
  constructor({ number, changes, results }: Judgement, portal: Portal | null = null) {
    this.number = number;
    this.#changes = changes;
    this.#results = results;
    this.portal = portal;
  }

  /**
   * What may be shown of the rows that arrive now.
   * @throws HoopError `postgres.protocol` when they are of none of the statements that were judged
   */
  get result(): ResultMask {
    const result = this.#results.length === 0 ? UNMASKED : this.#results[this.#completed];
    if (result === undefined) throw confused('the server gave more results than there are statements');
    return result;
  }

  /** The cursor that the rows come out of which arrive now; null when they are a statement's own. */
  get cursor(): string | null {
    const fetch = this.#changes[this.#completed]?.find((change) => change.kind === 'fetch');
    return fetch?.kind === 'fetch' ? fetch.name : null;
  }

  /** Masked values are within reach of any of its statements. */
  get delicate(): boolean {
    return this.#results.some(({ delicate }) => delicate);
  }

  /** Of the rows that arrive now; null while nobody has described them. */
  get columns(): readonly Column[] | null {
    return this.#columns;
  }

  /** The server reads COPY data. */
  get copying(): boolean {
    return this.#copying;
  }

  /** An error was reported. */
  get failed(): boolean {
    return this.#failed;
  }

  /** True when a portal by this name is gone, or another one, once it has run. */
  takes(portal: string): boolean {
    return this.#changes.some((one) =>
      one.some(
        (change) =>
          (change.kind === 'declare' && change.name === portal) ||
          (change.kind === 'close' && (change.name === null || change.name === portal)),
      ),
    );
  }

  foresees(kind: StatementChanges[number]['kind']): boolean {
    return this.#changes.some((one) => one.some((change) => change.kind === kind));
  }

  /** Of the last of several statements, when all before it are complete; otherwise none. */
  get last(): StatementChanges {
    const all = this.#changes.length;
    return all > 1 && this.#completed === all - 1 ? (this.#changes[all - 1] ?? []) : [];
  }

  fail(): void {
    this.#failed = true;
    this.#copying = false;
  }

  /** The client ended its COPY data. */
  copied(): void {
    this.#copying = false;
  }

  /** Counts COPY data of the client's. */
  fed(count: number, bytes: number): void {
    this.#rows += count;
    this.#bytes += bytes;
  }

  /** Counts rows or COPY data of the server's. @throws HoopError `postgres.protocol` when there can be none now */
  passed(type: number, count: number, report: (report: Report) => void): void {
    const described = this.portal !== null || this.#columns !== null;
    const awaited = type === BACKEND.copyData ? this.#sending : described && !this.#sending;
    if (this.#failed || !awaited) throw confused('the server sent rows that nobody asked for');
    this.#announce(report);
    this.#rows += count;
  }

  /** Counts bytes of them as they are shown: how long they were before they were masked is nobody's business. */
  shown(bytes: number): void {
    this.#bytes += bytes;
  }

  /**
   * Takes a message of the server's other than rows and errors.
   * @throws HoopError `postgres.protocol` when it cannot come now
   */
  take(type: number, message: Buffer, report: (report: Report) => void): Progress {
    if (this.#failed) throw confused('the server went on after an error');
    switch (type) {
      case BACKEND.rowDescription:
        this.#describe(message, report);
        return GOES_ON;
      case BACKEND.commandComplete:
        return this.#complete(message, report);
      case BACKEND.emptyQueryResponse:
        return this.#empty();
      case BACKEND.portalSuspended:
        return this.#suspend(report);
      case BACKEND.copyInResponse:
        return this.#startReading();
      case BACKEND.copyOutResponse:
      case BACKEND.copyDone:
        return this.#copyOut(type === BACKEND.copyOutResponse);
      default:
        throw confused('the server sent what does not answer a statement');
    }
  }

  #describe(message: Buffer, report: (report: Report) => void): void {
    if (this.portal !== null) throw confused('the server described what Execute runs');
    const columns = columnsOf(message);
    if (columns === null) throw confused('the server described a result in a malformed way');
    this.#columns = columns;
    report({ kind: 'columns', number: this.number, columns });
  }

  /** Says once what the columns of an Execute are, as soon as they are known. */
  #announce(report: (report: Report) => void): void {
    const columns = this.portal?.prepared.columns ?? null;
    if (this.#columns !== null || columns === null) return;
    this.#columns = inFormats(columns, this.portal?.resultFormats ?? []);
    report({ kind: 'columns', number: this.number, columns: this.#columns });
  }

  #complete(message: Buffer, report: (report: Report) => void): Progress {
    const tag = decodeTag(message);
    if (tag === null) throw confused('the server sent a malformed CommandComplete');
    const changes = this.#changes[this.#completed];
    // More results than statements: of something that was never judged, or that was refused.
    if (changes === undefined) throw confused('the server gave more results than there are statements');
    const { result } = this;
    this.#completed += 1;
    this.#conclude(tag, report);
    return { answered: this.portal !== null, changes, result };
  }

  #conclude(tag: string, report: (report: Report) => void): void {
    this.#announce(report);
    report({ kind: 'complete', number: this.number, tag, rows: this.#rows, bytes: this.#bytes });
    this.#rows = 0;
    this.#bytes = 0;
    this.#columns = null;
    this.#copying = false;
    this.#sending = false;
  }

  #empty(): Progress {
    if (this.#changes.length > 0) throw confused('the server found nothing where a statement is');
    return this.portal === null ? GOES_ON : ANSWERED;
  }

  #suspend(report: (report: Report) => void): Progress {
    if (this.portal === null) throw confused('the server suspended a simple query');
    this.#conclude('SUSPENDED', report);
    return ANSWERED;
  }

  #startReading(): Progress {
    // Only a statement that was judged to read the client's data may do so.
    if (!this.foresees('copy-in')) throw confused('the server asks for data that no statement announced');
    this.#copying = true;
    return GOES_ON;
  }

  #copyOut(starts: boolean): Progress {
    if (starts === this.#sending) throw confused('the server sent COPY data out of order');
    this.#sending = starts;
    return GOES_ON;
  }
}
