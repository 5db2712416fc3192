import { HoopError } from '../../core/errors.ts';
import type { Guard, Masked } from '../../core/guard.ts';
import type { Limits } from '../../core/limits.ts';
import { Framer } from '../../wire/framer.ts';
import { BACKEND, backendFraming, decodeFields, decodeParameterStatus } from './frames.ts';
import { isLaidOut } from './layouts.ts';
import type { Machine } from './machine.ts';
import type { Enclosure } from './preview/enclosure.ts';
import { RowMasking } from './masking/row-masking.ts';
import { errorResponse, sqlstate } from './refuse.ts';
import { searchedFields, searchedNotification, searchedStatus } from './search.ts';
import type { Report } from './running.ts';
import { withheldNotice } from './withhold.ts';

/** Settings that decide how text is read; judging relies on them. */
const PINNED: Readonly<Record<string, string | undefined>> = {
  client_encoding: 'UTF8',
  standard_conforming_strings: 'on',
};

/**
 * Checks a ParameterStatus message.
 * @throws HoopError `postgres.protocol` when text is no longer read as it is judged
 */
export function checkPinned(message: Buffer): void {
  const status = decodeParameterStatus(message);
  if (status === null) throw new HoopError('postgres.protocol', 'the server sent a malformed ParameterStatus');
  const pinned = PINNED[status.name];
  if (pinned !== undefined && status.value !== pinned) {
    throw new HoopError('postgres.protocol', `${status.name} changed: statements can no longer be judged`, {
      hint: 'Connect again; hoopctl needs client_encoding UTF8 and standard_conforming_strings on.',
    });
  }
}

const ROWS: ReadonlySet<number> = new Set([BACKEND.dataRow, BACKEND.copyData]);
/** What a server may say at any time. */
const ANY_TIME: ReadonlySet<number> = new Set([
  BACKEND.noticeResponse,
  BACKEND.notificationResponse,
  BACKEND.parameterStatus,
]);

export interface RepliesOptions {
  readonly machine: Machine;
  readonly guard: Guard;
  /** Its number. */
  readonly connection: number;
  readonly limits: Limits;
  readonly enclosure: Enclosure;
}

/** The way from the server to the client: every message is placed by the machine, recorded, and only then shown. */
export class Replies {
  readonly #machine: Machine;
  readonly #guard: Guard;
  readonly #connection: number;
  readonly #framer: Framer;
  readonly #masking: RowMasking;
  readonly #enclosure: Enclosure;
  #waits: Promise<void>[] = [];
  #inRows = false;

  constructor({ machine, guard, connection, limits, enclosure }: RepliesOptions) {
    this.#framer = new Framer(backendFraming(limits));
    this.#machine = machine;
    this.#guard = guard;
    this.#masking = new RowMasking(guard, limits);
    this.#connection = connection;
    this.#enclosure = enclosure;
  }

  /** True when what came last are rows: more of them are likely to come. */
  get inRows(): boolean {
    return this.#inRows;
  }

  /**
   * What the client may see of this chunk, and a promise to wait for before the next when the record is behind. The
   * chunk may be overwritten; what is given back holds until the next one is pushed.
   * @throws HoopError `wire.*` and `postgres.protocol` when the server does not keep to the protocol
   */
  push(chunk: Buffer): { readonly shown: readonly Masked<Buffer>[]; readonly wait: Promise<unknown> | null } {
    const shown: Masked<Buffer>[] = [];
    this.#framer.feed(chunk);
    this.#masking.begin();
    for (let piece = this.#framer.next(); piece !== null; piece = this.#framer.next()) {
      const type = piece[0] ?? 0;
      this.#inRows = ROWS.has(type);
      if (this.#inRows) this.#rows(piece, this.#framer.count, shown);
      else this.#message(type, piece, shown);
    }
    if (this.#waits.length === 0) return { shown, wait: null };
    const wait = Promise.all(this.#waits);
    this.#waits = [];
    return { shown, wait };
  }

  #rows(frames: Buffer, count: number, shown: Masked<Buffer>[]): void {
    if (!this.#machine.passed(frames[0] ?? 0, count, frames)) return;
    const current = this.#machine.current;
    const masked = this.#masking.mask(current?.columns ?? null, this.#machine.result, frames);
    // A row that has not arrived as a whole.
    if (masked.length === 0) return;
    current?.shown(masked.length);
    this.#stream({
      type: 'rows',
      connection: this.#connection,
      statement: current?.number ?? null,
      direction: 'out',
      bytes: masked,
    });
    shown.push(masked);
  }

  #message(type: number, message: Buffer, shown: Masked<Buffer>[]): void {
    if (!isLaidOut(type, message)) throw new HoopError('postgres.protocol', 'the server sent a malformed message');
    if (ANY_TIME.has(type)) {
      if (type === BACKEND.parameterStatus) checkPinned(message);
      if (type === BACKEND.noticeResponse && this.#machine.asking && !this.#enclosure.commits) return;
      shown.push(this.#guard.shown(this.#remark(type, message)));
      return;
    }
    const { current, asking: asked } = this.#machine;
    let disposition = this.#machine.received(type, message);
    if (this.#enclosure.active) {
      const bounded = this.#enclosure.received({ type, message }, { asked, current }, disposition);
      if (bounded.first !== null) shown.push(this.#guard.shown(bounded.first));
      ({ disposition } = bounded);
    }
    this.#masking.passed(type, message, current);
    if (disposition.kind === 'forward') {
      shown.push(this.#guard.shown(type === BACKEND.errorResponse ? searchedFields(message, this.#guard) : message));
    }
    if (disposition.kind === 'replace') shown.push(this.#guard.shown(errorResponse(disposition.fault)));
  }

  #remark(type: number, message: Buffer): Buffer {
    if (type === BACKEND.noticeResponse) return this.#notice(message);
    if (type === BACKEND.parameterStatus) return searchedStatus(message, this.#guard);
    return searchedNotification(message, this.#guard);
  }

  /** What is shown of a notice, and written down. */
  #notice(message: Buffer): Buffer {
    const fields = decodeFields(message);
    const code = sqlstate(fields?.get('C'));
    const text = this.#machine.delicate ? withheldNotice(code) : null;
    this.#stream({
      type: 'notice',
      connection: this.#connection,
      code,
      message: text === null ? this.#guard.words(fields?.get('M') ?? '') : text.message,
    });
    return text === null ? searchedFields(message, this.#guard) : text.response;
  }

  /** Writes down what the machine makes of the server's messages. */
  report(report: Report): void {
    const connection = this.#connection;
    const { number: statement } = report;
    switch (report.kind) {
      case 'columns':
        return this.#stream({ type: 'columns', connection, statement, columns: report.columns });
      case 'complete':
        return this.#stream({
          type: 'complete',
          connection,
          statement,
          tag: report.tag,
          rows: report.rows,
          bytes: report.bytes,
        });
      case 'error': {
        const { code, severity } = report.fault;
        const message = this.#guard.words(report.fault.message);
        return this.#stream({ type: 'error', connection, statement, code, message, severity });
      }
    }
  }

  #stream(event: Parameters<Guard['stream']>[0]): void {
    const wait = this.#guard.stream(event);
    if (wait === null) return;
    // Waited for at the end of the chunk. What goes wrong before must not leave it as a rejection that nobody handles.
    wait.catch(() => undefined);
    this.#waits.push(wait);
  }
}
