import type { Statement } from '../../core/statement.ts';
import type { Clearance, Guard, Judged } from '../../core/guard.ts';
import { WITHDRAWN } from '../../core/decision.ts';
import { HoopError } from '../../core/errors.ts';
import type { Limits } from '../../core/limits.ts';
import { Framer } from '../../wire/framer.ts';
import { chained } from './chained.ts';
import { areSame, isUndecided, recorded, unlessFetched } from './clearances.ts';
import type { Expected } from './expected.ts';
import { decodeExecute, decodeNamed, frame, FRONTEND, frontendFraming } from './frames.ts';
import { overLimit } from './limits.ts';
import type { Holding } from './holding.ts';
import type { Machine } from './machine.ts';
import type { Outbox } from './outbox.ts';
import type { Portal } from './prepared.ts';
import {
  CHANGED,
  type Fault,
  FUNCTION_CALL,
  MALFORMED,
  NOBODY,
  poisonParse,
  poisonQuery,
  refusalFault,
  unknownPortal,
  unknownStatement,
} from './refuse.ts';
import { Running } from './running.ts';
import { HOUSEKEEPING, Statements } from './statements.ts';

export interface RequestsOptions {
  readonly machine: Machine;
  readonly guard: Guard;
  readonly connection: number;
  readonly limits: Limits;
  readonly outbox: Outbox;
  readonly holding: Holding;
}

/**
 * The way from the client to the server: every message is judged or known to be harmless before it is sent. One at a
 * time, in order; nothing overtakes. What needs no waiting happens in the turn of the event loop in which it arrived.
 */
export class Requests {
  readonly #machine: Machine;
  readonly #guard: Guard;
  readonly #connection: number;
  readonly #statements: Statements;
  readonly #limits: Limits;
  readonly #outbox: Outbox;
  readonly #framer: Framer;
  readonly #holding: Holding;
  #terminated = false;
  /** A message was sent whose answer decides how the next one is understood. */
  #held = false;
  #judging = false;
  /** A message waits until all that was sent before it is answered. */
  #settling = false;
  #withdrawn = false;

  constructor({ machine, guard, connection, limits, outbox, holding }: RequestsOptions) {
    this.#machine = machine;
    this.#guard = guard;
    this.#connection = connection;
    this.#statements = new Statements(machine);
    this.#limits = limits;
    this.#framer = new Framer(frontendFraming(limits));
    this.#outbox = outbox;
    this.#holding = holding;
  }

  /** The client said good-bye. */
  get terminated(): boolean {
    return this.#terminated;
  }

  /**
   * Takes what the client sent. Null when all of it was sent on, else a promise of that.
   * @throws HoopError `wire.*` and `postgres.protocol` when it does not keep to the protocol, `Unrecorded` (or rejects)
   */
  push(chunk: Buffer): Promise<void> | null {
    this.#framer.feed(chunk);
    const wait = this.#proceed();
    return wait === null ? null : this.#resume(wait);
  }

  async #resume(first: Promise<void>): Promise<void> {
    for (let wait: Promise<void> | null = first; wait !== null; wait = this.#proceed()) await wait;
  }

  /** Takes messages until one has to be waited for; null when there are no more and all is sent. */
  #proceed(): Promise<void> | null {
    while (!this.#terminated) {
      const message = this.#framer.next();
      if (message === null) break;
      const wait = this.#mustWait() ? this.#takeLate(message) : this.#take(message);
      if (wait !== null) return wait;
    }
    return this.#outbox.flush();
  }

  /** What was sent decides how the next message is understood, or the server is too far behind. */
  #mustWait(): boolean {
    return this.#held || this.#machine.pending >= this.#limits.pipeline;
  }

  #takeLate(message: Buffer): Promise<void> | null {
    return chained(this.#held ? this.#answered() : this.#catchUp(), () => {
      this.#held = false;
      return this.#take(message);
    });
  }

  /**
   * Takes back the statement that is being judged, or cannot be yet because of a question of the proxy's own, as if the
   * server had cancelled it; false when there is none.
   */
  withdraw(): boolean {
    if (this.#holding.cancel()) return true;
    this.#withdrawn = this.#judging || (this.#settling && this.#machine.asking);
    return this.#withdrawn;
  }

  /** The client took back what is being judged. */
  get withdrawn(): boolean {
    return this.#withdrawn;
  }

  #push(bytes: Judged<Buffer>, expected: Expected | null): void {
    // The server ignores it, and so its names and state stay as they are: it need not get there.
    if (this.#machine.skipping && expected?.kind !== 'sync') return;
    this.#outbox.add(bytes);
    if (expected !== null) this.#holding.enclosure.sent(expected);
  }

  #take(message: Buffer): Promise<void> | null {
    const type = message[0] ?? 0;
    if (this.#machine.copying) return this.#copy(type, message);
    if (HOUSEKEEPING.has(type)) return this.#housekeeping(type, message);
    if (this.#machine.skipping) return null;
    switch (type) {
      case FRONTEND.query:
        // The server runs it behind all that was sent before; what those do must be known to judge it.
        return chained(this.settle(), () => this.#query(message));
      case FRONTEND.parse:
        return this.#parse(message);
      case FRONTEND.bind:
        return chained(this.#settleNames(), () => this.#bind(message));
      case FRONTEND.execute:
        return chained(this.#settleNames(), () => this.#execute(message));
      case FRONTEND.functionCall:
        return chained(this.settle(), () => {
          this.#poisonQuery(FUNCTION_CALL);
          return this.#hold();
        });
      case FRONTEND.copyData:
      case FRONTEND.copyDone:
      case FRONTEND.copyFail:
        // Left over from a COPY that failed: the server ignores it, too.
        return null;
      default:
        throw new HoopError('postgres.protocol', 'the client sent a message of an unknown type');
    }
  }

  /** While the server reads COPY data it ignores Flush and Sync. */
  #copy(type: number, message: Buffer): Promise<void> | null {
    switch (type) {
      case FRONTEND.copyDone:
      case FRONTEND.copyFail:
        this.#push(this.#guard.housekeeping(message), null);
        this.#machine.current?.copied();
        // The next statement of the same query may read data, too, and the client may have sent that already.
        return this.#machine.open ? null : this.#hold();
      case FRONTEND.copyData:
        this.#push(this.#guard.housekeeping(message), null);
        this.#machine.current?.fed(this.#framer.count, message.length);
        return this.#guard.stream({
          type: 'rows',
          connection: this.#connection,
          statement: this.#machine.current?.number ?? null,
          direction: 'in',
          bytes: this.#guard.shown(message),
        });
      case FRONTEND.flush:
      case FRONTEND.sync:
        return null;
      case FRONTEND.terminate:
        return this.#housekeeping(type, message);
      default:
        throw new HoopError('postgres.protocol', 'the client sent something else than COPY data');
    }
  }

  #housekeeping(type: number, message: Buffer): null {
    const bytes = this.#guard.housekeeping(message);
    if (type === FRONTEND.terminate) {
      this.#outbox.add(bytes);
      this.#terminated = true;
    } else if (type === FRONTEND.sync) this.#push(bytes, SYNC);
    else if (type === FRONTEND.flush) this.#push(bytes, null);
    else this.#named(type, bytes);
    return null;
  }

  #named(type: number, bytes: Judged<Buffer>): void {
    const message = decodeNamed(bytes);
    if (message === null) return this.#poisonParse(MALFORMED);
    const { kind, name } = message;
    if (type === FRONTEND.close) return this.#push(bytes, { kind: 'close', what: kind, name });
    const known = kind === 'statement' ? this.#machine.statement(name) : this.#machine.portal(name)?.prepared;
    this.#push(bytes, { kind: 'describe', of: this.#machine.isUnsure(kind, name) ? null : (known ?? null) });
  }

  #query(message: Buffer): Promise<void> | null {
    const statement = this.#statements.query(message);
    if (statement === null) {
      this.#poisonQuery(MALFORMED);
      return this.#hold();
    }
    return this.#cleared(statement, (clearance) => {
      if (clearance.outcome === 'refused') this.#poisonQuery(refusalFault(clearance.refusal), clearance.number);
      else this.#push(clearance.bytes, { kind: 'query', running: new Running(clearance), fault: null });
      return this.#hold();
    });
  }

  #parse(message: Buffer): Promise<void> | null {
    const parsed = this.#statements.parse(message);
    if (parsed === null) {
      this.#poisonParse(MALFORMED);
      return null;
    }
    const { name, text, types } = parsed.message;
    this.#roomForNames();
    // It may be an EXECUTE of what a PREPARE on its way makes.
    return chained(this.#settleNames(), () =>
      this.#cleared(parsed.statement, (clearance) => {
        if (clearance.outcome === 'refused') this.#poisonParse(refusalFault(clearance.refusal), name);
        else {
          const { number, approval } = clearance;
          const prepared = { text, types, number, columns: null, approval };
          const delicate = clearance.results.some((result) => result.delicate);
          this.#push(clearance.bytes, { kind: 'parse', name, prepared, delicate, fault: null });
        }
        return null;
      }),
    );
  }

  #roomForNames(): void {
    const { preparedStatements, preparedSize } = this.#limits;
    if (this.#machine.names >= preparedStatements) {
      throw overLimit('preparedStatements', `the client keeps ${preparedStatements} prepared statements and portals`);
    }
    if (this.#machine.held >= preparedSize) {
      throw overLimit('preparedSize', `the client’s prepared statements and portals hold ${preparedSize} bytes`);
    }
  }

  #bind(message: Buffer): Promise<void> | null {
    const bind = this.#statements.bind(message);
    if (bind !== null && this.#machine.isUnsure('statement', bind.statement))
      return chained(this.settle(), () => this.#bind(message));
    const prepared = bind === null ? null : this.#machine.statement(bind.statement);
    if (bind === null || prepared === null) {
      this.#poisonParse(bind === null ? MALFORMED : unknownStatement(bind.statement));
      return null;
    }
    this.#roomForNames();
    return this.#cleared(this.#statements.bound(message, prepared, bind), (clearance) => {
      if (clearance.outcome === 'refused') this.#poisonParse(refusalFault(clearance.refusal));
      else {
        const { results, approval } = clearance;
        const bound: Portal = { prepared, resultFormats: bind.resultFormats, results, approval };
        this.#push(clearance.bytes, { kind: 'bind', portal: bind.portal, bound });
      }
      return null;
    });
  }

  #execute(message: Buffer): Promise<void> | null {
    const execute = decodeExecute(message);
    if (execute !== null && this.#machine.isUnsure('portal', execute.portal))
      return chained(this.settle(), () => this.#execute(message));
    const portal = execute === null ? null : this.#machine.portal(execute.portal);
    if (execute === null || portal === null) {
      this.#poisonParse(execute === null ? MALFORMED : unknownPortal(execute.portal));
      return null;
    }
    return this.#cleared(this.#statements.execute(message, portal), (clearance) => {
      if (clearance.outcome === 'refused') {
        this.#poisonParse(refusalFault(clearance.refusal));
        return null;
      }
      // The server decided what it shows when it was bound: names and code may have come to mean something else.
      if (!areSame(clearance.results, portal.results)) {
        this.#poisonParse(CHANGED);
        return null;
      }
      const running = new Running(clearance, portal);
      this.#push(clearance.bytes, { kind: 'execute', running });
      if (!running.foresees('copy-in')) return null;
      // Whether a Sync that follows is heeded depends on whether the server has begun to read data: wait for its word.
      this.#push(this.#guard.housekeeping(frame(FRONTEND.flush)), null);
      return this.#hold();
    });
  }

  /** Puts a statement before the guard, and goes on with what comes of it. */
  #cleared(statement: Statement, next: (clearance: Clearance) => Promise<void> | null): Promise<void> | null {
    const clearance = this.#guard.clear(statement, this.#holding);
    return clearance instanceof Promise ? this.#late(clearance, next) : next(this.#unlessWithdrawn(clearance));
  }

  async #late(pending: Promise<Clearance>, next: (clearance: Clearance) => Promise<void> | null): Promise<void> {
    this.#judging = true;
    const clearance = await pending;
    this.#judging = false;
    this.#holding.done();
    await next(this.#unlessWithdrawn(clearance));
  }

  /** @throws Unrecorded when the statement could not be laid down */
  #unlessWithdrawn(clearance: Clearance): Clearance {
    const { number } = recorded(clearance);
    const withdrawn = this.#withdrawn;
    this.#withdrawn = false;
    if (withdrawn && isUndecided(clearance)) return { outcome: 'refused', refusal: WITHDRAWN, number };
    return unlessFetched(clearance, (portal) => this.#machine.portal(portal)?.approval ?? null);
  }

  /** `number`: the event of the statement that is refused, to which the error belongs. */
  #poisonQuery(fault: Fault, number: number | null = null): void {
    const running = new Running({ number, changes: [], results: [] });
    this.#push(this.#guard.housekeeping(poisonQuery()), { kind: 'query', running, fault });
  }

  #poisonParse(fault: Fault, name = NOBODY): void {
    this.#push(this.#guard.housekeeping(poisonParse(name)), {
      kind: 'parse',
      name,
      prepared: null,
      delicate: false,
      fault,
    });
  }

  /** Until what is on its way can no longer change what prepared statements' names mean. */
  #settleNames(): Promise<void> | null {
    return this.#machine.namesUnsettled ? this.settle() : null;
  }

  /** Until the server has answered all that was sent, without ending a pipeline. */
  settle(): Promise<void> | null {
    return this.#machine.idle ? null : this.#allAnswered();
  }

  async #allAnswered(): Promise<void> {
    if (this.#machine.open) this.#push(this.#guard.housekeeping(frame(FRONTEND.flush)), null);
    this.#settling = true;
    await this.#outbox.flush();
    while (!this.#machine.idle && !this.#machine.skipping) {
      // It waits for data, and the client sent something else.
      if (this.#machine.copying)
        throw new HoopError('postgres.protocol', 'the client sent something else than COPY data');
      await this.#machine.change();
    }
    this.#settling = false;
  }

  /** Sends what is cleared. What the client sends next can be understood only when this is answered. */
  #hold(): Promise<void> | null {
    this.#held = true;
    return this.#outbox.flush();
  }

  /** Until the server has answered enough of a long pipeline. */
  async #catchUp(): Promise<void> {
    await this.#outbox.flush();
    while (this.#machine.pending >= this.#limits.pipeline) await this.#machine.change();
  }

  /** Until the server has answered, or asks for COPY data. */
  #answered(): Promise<void> | null {
    return this.#isAnswered() ? null : this.#answer();
  }

  async #answer(): Promise<void> {
    while (!this.#isAnswered()) await this.#machine.change();
  }

  #isAnswered(): boolean {
    return this.#machine.idle || this.#machine.copying || this.#machine.skipping;
  }
}

const SYNC: Expected = { kind: 'sync' };
