import type { HoopError } from '../../core/errors.ts';
import type { Limits } from '../../core/limits.ts';
import { type ResultMask, UNMASKED } from '../../core/mask.ts';
import type { SessionChange } from '../../core/statement.ts';
import { type Disposition, type Expected, isDelicate, type Question } from './expected.ts';
import { columnsOf } from './descriptions.ts';
import { BACKEND, decodeFields, decodeReady, type TransactionStatus } from './frames.ts';
import { Meaning } from './meaning.ts';
import { endsBatch, Names } from './names.ts';
import type { Portal, Prepared } from './prepared.ts';
import { keepRows, type Step, takeAnswer } from './questions.ts';
import { CLIENTS_OWN, type Fault, faultOf, unasked } from './refuse.ts';
import { confused, type Report, type Running } from './running.ts';
import { withheld } from './withhold.ts';

const FORWARD: Disposition = { kind: 'forward' };
const SWALLOW: Disposition = { kind: 'swallow' };

/**
 * What the server is doing, as far as its own messages prove it: which message it answers next, the transaction's
 * state, which names stand for which statements, whether COPY data is expected. The client's intent changes nothing
 * here. Sans-I/O.
 */
export class Machine {
  readonly meaning = new Meaning();
  readonly #expected: Expected[] = [];
  readonly #names = new Names();
  readonly #limits: Limits;
  readonly #report: (report: Report) => void;
  #transaction: TransactionStatus = 'I';
  #skipping = false;
  #abandoned = false;
  #ended = false;
  #open = false;
  #begun = false;
  #delicate = false;
  #waiters: (() => void)[] = [];

  constructor(limits: Limits, report: (report: Report) => void) {
    this.#limits = limits;
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
    return this.current?.copying ?? false;
  }

  /** Extended messages were sent since the last Sync: an implicit transaction may be open. */
  get open(): boolean {
    return this.#open;
  }

  /** Since the last Sync portals were made or run: they, and what they did, are not to be committed by anybody else. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Nothing is waited for. */
  get idle(): boolean {
    return this.#expected.length === 0;
  }

  /** The statement whose rows arrive now. */
  get current(): Running | null {
    const head = this.#expected[0];
    return head?.kind === 'query' || head?.kind === 'execute' ? head.running : null;
  }

  /** What may be shown of the rows that arrive now. */
  get result(): ResultMask {
    const { current } = this;
    const cursor = current?.cursor ?? null;
    return (cursor === null ? null : this.#names.fetched(cursor)) ?? current?.result ?? UNMASKED;
  }

  /** True while the server works on a question of the proxy's own: what it remarks is nobody else's business. */
  get asking(): boolean {
    return this.#expected[0]?.kind === 'own';
  }

  /** Masked values are within reach of what runs or of its transaction: what the server says besides rows may hold some. */
  get delicate(): boolean {
    return this.#delicate;
  }

  /** The server has said that it ends the connection. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The connection is gone: nothing more will be answered. */
  abandon(): void {
    for (const entry of this.#expected.splice(0)) if (entry.kind === 'own') entry.question.settle('skipped');
    this.#abandoned = true;
    this.#skipping = true;
    // Whether what was under way will be committed, nobody hears.
    this.meaning.shaken();
    this.#wake();
  }

  /** Resolves at the next message of the server's that changes anything here. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Notes that a message was sent which the server will answer. */
  sent(expected: Expected): void {
    if (this.#abandoned) {
      if (expected.kind === 'own') expected.question.settle('skipped');
      return;
    }
    this.#expected.push(expected);
    this.#delicate ||= isDelicate(expected);
    // What is sent behind it is heeded again.
    if (endsBatch(expected)) this.#skipping = false;
    if (expected.kind === 'sync') this.#begun = false;
    if (expected.kind === 'sync' || expected.kind === 'query') this.#open = false;
    else if (expected.kind === 'own') this.#open = this.#open && expected.step !== 'sync';
    else {
      this.#open = true;
      this.#begun ||= expected.kind === 'bind' || expected.kind === 'execute';
    }
    if (expected.kind === 'query' || expected.kind === 'execute') this.meaning.foresee(expected.running);
  }

  /** True while something on its way may change what prepared statements' names mean by SQL. */
  get namesUnsettled(): boolean {
    return this.#expected.some(
      (entry) =>
        (entry.kind === 'query' || entry.kind === 'execute') &&
        (entry.running.foresees('prepare') || entry.running.foresees('deallocate')),
    );
  }

  /** What `name` will stand for when the server gets to the next message; null when nothing. */
  statement(name: string): Prepared | null {
    return this.#names.statement(name, this.#expected);
  }

  /** The same for portals. */
  portal(name: string): Portal | null {
    return this.#names.portal(name, this.#expected);
  }

  /** What `name` stands for is known only when more has been answered. */
  isUnsure(what: 'statement' | 'portal', name: string): boolean {
    return this.#names.isUnsure(what, name, this.#expected);
  }

  /** All that `name` may stand for when the server gets to the next message. */
  statements(name: string): readonly Prepared[] {
    return this.#names.statements(name, this.#expected);
  }

  /** How many names are held. */
  get names(): number {
    return this.#names.size;
  }

  /** Bytes of texts and values that are held under names. */
  get held(): number {
    return this.#names.bytes;
  }

  /** How many messages are not answered yet. */
  get pending(): number {
    return this.#expected.length;
  }

  /**
   * Takes rows or COPY data of the server's: the answer to a question of the proxy's own is kept, and false given back;
   * all else is the client's.
   * @throws HoopError `postgres.protocol` when no statement gives any now
   */
  passed(type: number, count: number, frames: Buffer): boolean {
    if (this.#ended) throw wentOn();
    const head = this.#expected[0];
    if (head?.kind === 'own') {
      keepRows(head, frames, this.#limits);
      return false;
    }
    const { current } = this;
    if (current === null) throw confused('the server sent rows that nobody asked for');
    current.passed(type, count, this.#report);
    return true;
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
    if (this.#waiters.length === 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  #take(type: number, message: Buffer): Disposition {
    if (this.#ended) throw wentOn();
    if (type === BACKEND.errorResponse) return this.#failed(message);
    const head = this.#expected[0];
    if (head === undefined) throw confused('the server answered what nobody asked');
    if (type === BACKEND.readyForQuery) return this.#ready(head, message);
    switch (head.kind) {
      case 'own':
        return this.#own(head, type, message);
      case 'query':
      case 'execute':
        return this.#progress(head.running, type, message);
      case 'parse':
        if (type !== BACKEND.parseComplete || head.prepared === null) throw confused('the server did not answer Parse');
        this.#names.prepare(head.name, head.prepared);
        return this.#done(FORWARD);
      case 'bind':
        if (type !== BACKEND.bindComplete) throw confused('the server did not answer Bind');
        this.#names.bind(head.portal, head.bound);
        return this.#done(FORWARD);
      case 'close':
        if (type !== BACKEND.closeComplete) throw confused('the server did not answer Close');
        this.#names.close(head.what, head.name);
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
    const columns = columnsOf(message);
    if (columns === null) throw confused('the server described a result in a malformed way');
    if (of !== null) of.columns = columns;
    return this.#done(FORWARD);
  }

  #progress(current: Running, type: number, message: Buffer): Disposition {
    const { answered, changes, result } = current.take(type, message, this.#report);
    for (const change of changes) this.#apply(change, current.number, result);
    return answered ? this.#done(FORWARD) : FORWARD;
  }

  #apply(change: SessionChange, number: number | null, result: ResultMask): void {
    switch (change.kind) {
      case 'prepare':
        return this.#names.prepare(change.name, {
          text: change.text,
          types: [],
          number,
          columns: null,
          approval: null,
        });
      case 'deallocate':
        return this.#names.deallocate(change.name);
      case 'declare':
        return this.#names.declare(change.name, { result, hold: change.hold });
      case 'close':
        return this.#names.closeCursor(change.name);
      default:
        return this.meaning.changed(change);
    }
  }

  #ready(head: Expected, message: Buffer): Disposition {
    const status = decodeReady(message);
    if (status === null) throw confused('the server sent a malformed ReadyForQuery');
    const own = head.kind === 'own' && head.step === 'sync';
    if (head.kind !== 'query' && head.kind !== 'sync' && !own) throw confused('the server was ready too early');
    if (head.kind === 'query' && head.fault !== null && !head.running.failed) {
      throw confused('the server accepted what was no statement');
    }
    this.#transaction = status;
    this.#skipping = false;
    // Names may go back to what they meant before the transaction.
    this.meaning.shaken();
    if (status === 'I') {
      this.meaning.settled();
      this.#names.endTransaction();
    }
    this.#expected.shift();
    // A deferred check speaks at the end of the transaction.
    if (status === 'I') this.#delicate = this.#expected.some(isDelicate);
    if (head.kind === 'query') {
      this.#names.close('statement', '');
      // In an unfinished pipeline, too, the transaction is over.
      if (status === 'I') this.#begun = false;
    }
    if (head.kind !== 'own') return FORWARD;
    head.question.settle('answered');
    return SWALLOW;
  }

  #own(head: Step, type: number, message: Buffer): Disposition {
    takeAnswer(head, type, message);
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
      this.#ended = true;
      return this.#refusedOr(null, this.current?.number ?? null, fault);
    }
    if (head === undefined) throw confused('the server reported an error of nothing');
    // What the failed transaction did to names is undone.
    this.meaning.shaken();
    if (head.kind === 'query') {
      if (fault.code !== NOT_IN_TRANSACTION) this.#applyUnfinished(head.running);
      head.running.fail();
      return this.#refusedOr(head.fault, head.running.number, fault);
    }
    if (head.kind === 'sync') return this.#refusedOr(null, null, fault);
    return this.#abort(head, fault);
  }

  /**
   * The last of several statements is told to be complete only after its transaction: it may have done its work when
   * that fails, and names of statements are not rolled back. One too many does no harm, the server knows better.
   */
  #applyUnfinished(running: Running): void {
    for (const change of running.last) {
      if (change.kind === 'prepare' && this.#names.statement(change.name, []) !== null) continue;
      if (change.kind === 'prepare' || change.kind === 'deallocate') this.#apply(change, running.number, UNMASKED);
    }
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
    // A Parse that fails has dropped the unnamed statement first.
    if (head.kind === 'parse' && head.name === '') this.#names.close('statement', '');
    // A Bind that fails may have replaced the unnamed portal by an empty one.
    if (head.kind === 'bind' && head.portal === '') this.#names.close('portal', '');
    if (head.kind === 'own') return this.#askedInVain(head.question, fault);
    const number = head.kind === 'execute' ? head.running.number : null;
    return this.#refusedOr(head.kind === 'parse' ? head.fault : null, number, fault);
  }

  /** Inside a client's pipeline a failed question is the client's error: all it sends up to its Sync is skipped. */
  #askedInVain(question: Question, fault: Fault): Disposition {
    const head = this.#expected[0];
    if (head?.kind === 'own' && head.question === question) return SWALLOW;
    return this.#refusedOr(CLIENTS_OWN.has(fault.code) ? null : unasked(fault.code), null, fault);
  }

  #refusedOr(refusal: Fault | null, number: number | null, fault: Fault): Disposition {
    const told = refusal ?? (this.#delicate ? withheld(fault) : null);
    this.#report({ kind: 'error', number, fault: told ?? fault });
    return told === null ? FORWARD : { kind: 'replace', fault: told };
  }
}

const wentOn = (): HoopError => confused('the server went on after it had ended the connection');

/** active_sql_transaction: DISCARD ALL did not run. */
const NOT_IN_TRANSACTION = '25001';
