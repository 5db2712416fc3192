import type { Column } from '../../core/column.ts';
import { HoopError } from '../../core/errors.ts';
import type { Parameter, SessionChange, StatementChanges } from '../../core/statement.ts';
import { BACKEND, decodeColumns, decodeFields, decodeReady, decodeTag, type TransactionStatus } from './frames.ts';
import type { Fault } from './refuse.ts';

/** A statement the server holds under a name, made by Parse or by SQL's PREPARE. */
export interface Prepared {
  readonly text: string;
  readonly types: readonly number[];
  /** The record's number of the event that carries the text; null when none does on its own. */
  readonly number: number | null;
  /** As the server described its result; null before it did. */
  columns: readonly Column[] | null;
}

/** A prepared statement with its parameters, ready to run. */
export interface Portal {
  readonly prepared: Prepared;
  readonly parameters: readonly Parameter[];
  readonly resultFormats: readonly number[];
}

/** Whose statement it is, and where in the record. */
interface Running {
  readonly number: number | null;
  readonly changes: readonly StatementChanges[];
  /** Statements of it that have completed. */
  completed: number;
  rows: number;
  bytes: number;
  columns: readonly Column[] | null;
}

/** What was sent and is not answered yet. One entry for every message that the server answers. */
export type Expected =
  | { readonly kind: 'query'; readonly running: Running; readonly fault: Fault | null }
  | { readonly kind: 'parse'; readonly name: string; readonly prepared: Prepared | null; readonly fault: Fault | null }
  | { readonly kind: 'bind'; readonly portal: string; readonly bound: Portal }
  | { readonly kind: 'describe'; readonly of: Prepared | null }
  | { readonly kind: 'execute'; readonly running: Running }
  | { readonly kind: 'close'; readonly what: 'statement' | 'portal'; readonly name: string }
  | { readonly kind: 'sync' }
  /** A question of the proxy's own: its answers are nobody else's business. */
  | {
      readonly kind: 'own';
      readonly step: 'parse' | 'bind' | 'execute' | 'close' | 'sync';
      readonly question: Question;
    };

/** The proxy's own question and what has come back. */
export interface Question {
  readonly rows: Buffer[];
  readonly settle: (outcome: 'answered' | 'skipped' | Fault) => void;
}

/** What becomes of a message of the server's. */
export type Disposition =
  | { readonly kind: 'forward' }
  | { readonly kind: 'swallow' }
  | { readonly kind: 'replace'; readonly fault: Fault };

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

const FORWARD: Disposition = { kind: 'forward' };
const SWALLOW: Disposition = { kind: 'swallow' };

const confused = (message: string): HoopError =>
  new HoopError('postgres.protocol', message, { hint: 'The connection was closed; connect again.' });

export function running(
  number: number | null,
  changes: readonly StatementChanges[],
  columns: readonly Column[] | null,
): Running {
  return { number, changes, completed: 0, rows: 0, bytes: 0, columns };
}

/**
 * What the server is doing, as far as its own messages prove it: which message it answers next, the transaction's
 * state, which names stand for which statements, whether COPY data is expected. The client's intent changes nothing
 * here. Sans-I/O.
 */
export class Machine {
  readonly #expected: Expected[] = [];
  readonly #prepared = new Map<string, Prepared>();
  readonly #portals = new Map<string, Portal>();
  readonly #report: (report: Report) => void;
  #transaction: TransactionStatus = 'I';
  #skipping = false;
  #copying = false;
  #open = false;
  #epoch = 0;
  #unsettled = false;
  #waiters: (() => void)[] = [];

  constructor(report: (report: Report) => void) {
    this.#report = report;
  }

  /** As of the last ReadyForQuery. */
  get transaction(): TransactionStatus {
    return this.#transaction;
  }

  /** The server ignores everything until the next Sync. */
  get skipping(): boolean {
    return this.#skipping;
  }

  /** The server reads COPY data. */
  get copying(): boolean {
    return this.#copying;
  }

  /** Extended messages were sent since the last Sync: an implicit transaction may be open. */
  get open(): boolean {
    return this.#open;
  }

  /** Nothing is waited for. */
  get idle(): boolean {
    return this.#expected.length === 0;
  }

  /** Grows whenever names may mean something else than before. */
  get epoch(): number {
    return this.#epoch;
  }

  /** The statement whose rows arrive now. */
  get current(): Running | null {
    const head = this.#expected[0];
    return head?.kind === 'query' || head?.kind === 'execute' ? head.running : null;
  }

  /** The question whose rows arrive now. */
  get question(): Question | null {
    const head = this.#expected[0];
    return head?.kind === 'own' ? head.question : null;
  }

  /** The connection is gone: nothing more will be answered. */
  abandon(): void {
    for (const entry of this.#expected.splice(0)) if (entry.kind === 'own') entry.question.settle('skipped');
    this.#skipping = true;
    this.#wake();
  }

  /** Resolves at the next message of the server's that changes anything here. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Notes that a message was sent which the server will answer. */
  sent(expected: Expected): void {
    this.#expected.push(expected);
    if (expected.kind === 'sync' || expected.kind === 'query') this.#open = false;
    else if (expected.kind === 'own') this.#open = this.#open && expected.step !== 'sync';
    else this.#open = true;
    if (expected.kind === 'query' || expected.kind === 'execute') this.#foresee(expected.running.changes);
  }

  #foresee(changes: readonly StatementChanges[]): void {
    if (!changes.some((one) => one.some((change) => change.kind === 'resolution'))) return;
    this.#epoch += 1;
    this.#unsettled = true;
  }

  /** True while something on its way may change what prepared statements' names mean by SQL. */
  get namesUnsettled(): boolean {
    return this.#expected.some(
      (entry) =>
        (entry.kind === 'query' || entry.kind === 'execute') &&
        entry.running.changes.some((one) =>
          one.some((change) => change.kind === 'prepare' || change.kind === 'deallocate'),
        ),
    );
  }

  /** What `name` will stand for when the server gets to the next message; null when nothing. */
  statement(name: string): Prepared | null {
    for (let index = this.#expected.length - 1; index >= 0; index -= 1) {
      const entry = this.#expected[index];
      if (entry?.kind === 'parse' && entry.name === name) return entry.prepared;
      if (entry?.kind === 'close' && entry.what === 'statement' && entry.name === name) return null;
      // A simple query drops the unnamed statement.
      if (entry?.kind === 'query' && name === '') return null;
    }
    return this.#prepared.get(name) ?? null;
  }

  /** The same for portals. */
  portal(name: string): Portal | null {
    for (let index = this.#expected.length - 1; index >= 0; index -= 1) {
      const entry = this.#expected[index];
      if (entry?.kind === 'bind' && entry.portal === name) return entry.bound;
      if (entry?.kind === 'close' && entry.what === 'portal' && entry.name === name) return null;
    }
    return this.#portals.get(name) ?? null;
  }

  /** How many names are held. */
  get names(): number {
    return this.#prepared.size + this.#portals.size;
  }

  /** Counts rows that were passed on. @throws HoopError `postgres.protocol` when no statement gives any */
  passed(rows: number, bytes: number): void {
    const head = this.#expected[0];
    if (head?.kind !== 'query' && head?.kind !== 'execute')
      throw confused('the server sent rows that nobody asked for');
    const current = head.running;
    if (head.kind === 'execute' && current.rows === 0 && current.columns !== null) {
      this.#report({ kind: 'columns', number: current.number, columns: current.columns });
    }
    current.rows += rows;
    current.bytes += bytes;
  }

  /** The client ended its COPY data. */
  copied(): void {
    this.#copying = false;
  }

  /**
   * Takes a message of the server's, other than rows, COPY data and those that may come at any time.
   * @throws HoopError `postgres.protocol` when the server says what it cannot say now: nothing can be trusted then
   */
  received(type: number, message: Buffer): Disposition {
    const disposition = this.#take(type, message);
    this.#wake();
    return disposition;
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  #take(type: number, message: Buffer): Disposition {
    if (type === BACKEND.errorResponse) return this.#failed(message);
    const head = this.#expected[0];
    if (head === undefined) throw confused('the server answered what nobody asked');
    if (type === BACKEND.readyForQuery) return this.#ready(head, message);
    switch (head.kind) {
      case 'own':
        return this.#own(head, type);
      case 'query':
        return this.#inQuery(head.running, type, message);
      case 'execute':
        return this.#inExecute(head.running, type, message);
      case 'parse':
        if (type !== BACKEND.parseComplete || head.prepared === null) throw confused('the server did not answer Parse');
        this.#prepared.set(head.name, head.prepared);
        return this.#done(FORWARD);
      case 'bind':
        if (type !== BACKEND.bindComplete) throw confused('the server did not answer Bind');
        this.#portals.set(head.portal, head.bound);
        return this.#done(FORWARD);
      case 'close':
        if (type !== BACKEND.closeComplete) throw confused('the server did not answer Close');
        (head.what === 'statement' ? this.#prepared : this.#portals).delete(head.name);
        return this.#done(FORWARD);
      case 'describe':
        return this.#described(head.of, type, message);
      case 'sync':
        throw confused('the server did not answer Sync');
    }
  }

  #done(disposition: Disposition): Disposition {
    this.#expected.shift();
    return disposition;
  }

  #described(of: Prepared | null, type: number, message: Buffer): Disposition {
    if (type === BACKEND.parameterDescription) return FORWARD;
    if (type === BACKEND.noData) return this.#done(FORWARD);
    if (type !== BACKEND.rowDescription) throw confused('the server did not answer Describe');
    const columns = decodeColumns(message);
    if (columns === null) throw confused('the server described a result in a malformed way');
    if (of !== null) of.columns = columns;
    return this.#done(FORWARD);
  }

  #inQuery(current: Running, type: number, message: Buffer): Disposition {
    switch (type) {
      case BACKEND.rowDescription:
        this.#columns(current, decodeColumns(message));
        return FORWARD;
      case BACKEND.commandComplete:
        this.#complete(current, message);
        return FORWARD;
      case BACKEND.emptyQueryResponse:
      case BACKEND.copyOutResponse:
      case BACKEND.copyDone:
        return FORWARD;
      case BACKEND.copyInResponse:
        return this.#startCopy(current);
      default:
        throw confused('the server sent an unexpected message during a query');
    }
  }

  #inExecute(current: Running, type: number, message: Buffer): Disposition {
    switch (type) {
      case BACKEND.commandComplete:
        this.#complete(current, message);
        return this.#done(FORWARD);
      case BACKEND.emptyQueryResponse:
        return this.#done(FORWARD);
      case BACKEND.portalSuspended:
        this.#report({
          kind: 'complete',
          number: current.number,
          tag: 'SUSPENDED',
          rows: current.rows,
          bytes: current.bytes,
        });
        return this.#done(FORWARD);
      case BACKEND.copyOutResponse:
      case BACKEND.copyDone:
        return FORWARD;
      case BACKEND.copyInResponse:
        return this.#startCopy(current);
      default:
        throw confused('the server sent an unexpected message during Execute');
    }
  }

  #startCopy(current: Running): Disposition {
    // Only a statement that was judged to read the client's data may do so.
    const foreseen = current.changes.some((one) => one.some((change) => change.kind === 'copy-in'));
    if (!foreseen) throw confused('the server asks for data that no statement announced');
    this.#copying = true;
    return FORWARD;
  }

  #columns(current: Running, columns: readonly Column[] | null): void {
    if (columns === null) throw confused('the server described a result in a malformed way');
    current.columns = columns;
    this.#report({ kind: 'columns', number: current.number, columns });
  }

  #complete(current: Running, message: Buffer): void {
    const tag = decodeTag(message);
    if (tag === null) throw confused('the server sent a malformed CommandComplete');
    this.#copying = false;
    for (const change of current.changes[current.completed] ?? []) this.#apply(change, current.number);
    current.completed += 1;
    this.#report({ kind: 'complete', number: current.number, tag, rows: current.rows, bytes: current.bytes });
    current.rows = 0;
    current.bytes = 0;
  }

  #apply(change: SessionChange, number: number | null): void {
    switch (change.kind) {
      case 'prepare':
        this.#prepared.set(change.name, { text: change.text, types: [], number, columns: null });
        return;
      case 'deallocate':
        if (change.name === null) this.#prepared.clear();
        else this.#prepared.delete(change.name);
        return;
      case 'resolution':
        this.#epoch += 1;
        return;
      case 'copy-in':
      case 'none':
        return;
    }
  }

  #ready(head: Expected, message: Buffer): Disposition {
    const status = decodeReady(message);
    if (status === null) throw confused('the server sent a malformed ReadyForQuery');
    const own = head.kind === 'own' && head.step === 'sync';
    if (head.kind !== 'query' && head.kind !== 'sync' && !own) throw confused('the server was ready too early');
    this.#transaction = status;
    this.#skipping = false;
    this.#copying = false;
    // Names may go back to what they meant before the transaction.
    if (this.#unsettled) this.#epoch += 1;
    if (status === 'I') {
      this.#unsettled = false;
      this.#portals.clear();
    }
    this.#expected.shift();
    if (head.kind === 'query') this.#prepared.delete('');
    if (head.kind !== 'own') return FORWARD;
    head.question.settle('answered');
    return SWALLOW;
  }

  #own(head: Expected & { kind: 'own' }, type: number): Disposition {
    const wanted = OWN_ANSWERS[head.step];
    if (wanted === undefined || !wanted.includes(type))
      throw confused('the server did not answer a question of hoopctl’s');
    this.#expected.shift();
    const next = this.#expected[0];
    // Without a Sync of its own the question ends with its last message.
    if (next?.kind !== 'own' || next.question !== head.question) head.question.settle('answered');
    return SWALLOW;
  }

  #failed(message: Buffer): Disposition {
    const fields = decodeFields(message);
    const fault = faultOf(fields);
    const head = this.#expected[0];
    if (fault.severity === 'FATAL') {
      this.#report({ kind: 'error', number: this.current?.number ?? null, fault });
      return FORWARD;
    }
    if (head === undefined) throw confused('the server reported an error of nothing');
    this.#copying = false;
    // What the failed transaction did to names is undone.
    if (this.#unsettled) this.#epoch += 1;
    if (head.kind === 'query') return this.#refusedOr(head.fault, head.running.number, fault);
    if (head.kind === 'sync') return this.#refusedOr(null, null, fault);
    return this.#abort(head, fault);
  }

  /** An error in the extended protocol: all up to the next Sync is skipped by the server. */
  #abort(head: Expected, fault: Fault): Disposition {
    const questions = new Set<Question>();
    while (this.#expected.length > 0) {
      const entry = this.#expected[0];
      if (entry === undefined || entry.kind === 'sync' || entry.kind === 'query') break;
      if (entry.kind === 'own' && entry.step === 'sync') break;
      if (entry.kind === 'own') questions.add(entry.question);
      this.#expected.shift();
    }
    // A simple query is skipped too, unless a Sync comes before it: the client loop never sends one without.
    this.#skipping = this.#expected.length === 0;
    for (const question of questions)
      question.settle(head.kind === 'own' && head.question === question ? fault : 'skipped');
    if (head.kind === 'own') return SWALLOW;
    const number = head.kind === 'execute' ? head.running.number : null;
    return this.#refusedOr(head.kind === 'parse' ? head.fault : null, number, fault);
  }

  #refusedOr(refusal: Fault | null, number: number | null, fault: Fault): Disposition {
    this.#report({ kind: 'error', number, fault: refusal ?? fault });
    return refusal === null ? FORWARD : { kind: 'replace', fault: refusal };
  }
}

const OWN_ANSWERS: Readonly<Record<string, readonly number[] | undefined>> = {
  parse: [BACKEND.parseComplete],
  bind: [BACKEND.bindComplete],
  execute: [BACKEND.commandComplete],
  close: [BACKEND.closeComplete],
};

function faultOf(fields: ReadonlyMap<string, string> | null): Fault {
  const severity = fields?.get('V') ?? fields?.get('S');
  return {
    severity: severity === 'FATAL' || severity === 'PANIC' ? 'FATAL' : 'ERROR',
    code: fields?.get('C') ?? 'XX000',
    message: fields?.get('M') ?? 'the server reported an error without a message',
  };
}
