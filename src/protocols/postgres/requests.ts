import type { Statement } from '../../core/statement.ts';
import type { Clearance, Cleared, Guard } from '../../core/guard.ts';
import type { Refusal } from '../../core/decision.ts';
import { HoopError } from '../../core/errors.ts';
import { Framer } from '../../wire/framer.ts';
import type { Expected } from './expected.ts';
import { decodeExecute, decodeNamed, frame, FRONTEND, frontendFraming } from './frames.ts';
import type { PostgresLimits } from './limits.ts';
import type { Machine } from './machine.ts';
import type { Portal } from './prepared.ts';
import { type Fault, poisonParse, poisonQuery, refusalFault } from './refuse.ts';
import { Running } from './running.ts';
import { HOUSEKEEPING, Statements } from './statements.ts';

const MALFORMED: Fault = {
  severity: 'ERROR',
  code: '08P01',
  message: 'the message cannot be understood, so it is not sent',
  detail: 'It is malformed, or its text is not valid UTF-8.',
  hint: 'Send the statement as valid UTF-8.',
};

const FUNCTION_CALL: Fault = {
  severity: 'ERROR',
  code: '42501',
  message: 'function calls outside SQL are not let through',
  detail: 'The fast-path protocol names functions by number only.',
  hint: 'Call the function with SELECT.',
};

/** What the server says of a cancelled statement. */
const WITHDRAWN: Refusal = {
  message: 'canceling statement due to user request',
  detail: 'The statement was cancelled before it was sent.',
  hint: 'Send it again if it is wanted after all.',
  cause: 'cancelled',
};

/** The record is lost: the session is over, and the client is told why. */
export class Unrecorded extends HoopError {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super('record.append', 'the record cannot be written');
    this.fault = fault;
  }
}

/**
 * The way from the client to the server: every message is judged or known to be harmless before it is sent. One at a
 * time, in order; nothing overtakes.
 */
export class Requests {
  readonly #machine: Machine;
  readonly #guard: Guard;
  readonly #connection: number;
  readonly #statements: Statements;
  readonly #limits: PostgresLimits;
  readonly #send: (bytes: Cleared<Buffer>) => Promise<void> | null;
  readonly #framer = new Framer(frontendFraming);
  #batch: Cleared<Buffer>[] = [];
  #terminated = false;
  #judging = false;
  #withdrawn = false;

  /** `send` writes to the server, and says when to wait for it. */
  constructor(
    machine: Machine,
    guard: Guard,
    connection: number,
    limits: PostgresLimits,
    send: (bytes: Cleared<Buffer>) => Promise<void> | null,
  ) {
    this.#machine = machine;
    this.#guard = guard;
    this.#connection = connection;
    this.#statements = new Statements(machine);
    this.#limits = limits;
    this.#send = send;
  }

  /** The client said good-bye. */
  get terminated(): boolean {
    return this.#terminated;
  }

  /**
   * Takes what the client sent.
   * @throws HoopError `wire.*` and `postgres.protocol` when it does not keep to the protocol, `Unrecorded`
   */
  async push(chunk: Buffer): Promise<void> {
    const run = this.#framer.push(chunk);
    for (let index = 0; index < run.starts.length && !this.#terminated; index += 1) {
      const message = run.bytes.subarray(run.starts[index], run.starts[index + 1] ?? run.bytes.length);
      await this.#take(message[0] ?? 0, message);
    }
    await this.flush();
  }

  /** Takes back the statement that is being judged, as if the server had cancelled it; false when none is. */
  withdraw(): boolean {
    this.#withdrawn = this.#judging;
    return this.#judging;
  }

  /** Sends all that was cleared so far. */
  async flush(): Promise<void> {
    await this.#flushed();
  }

  /** The same for one who cannot wait: what was cleared goes out at once, in order. */
  flushNow(): void {
    // Waiting is for those who have more to send: this promise never rejects.
    void this.#flushed();
  }

  #flushed(): Promise<void> | null {
    if (this.#batch.length === 0) return null;
    const bytes = this.#batch.length === 1 ? this.#batch[0] : this.#guard.housekeeping(Buffer.concat(this.#batch));
    this.#batch = [];
    return bytes === undefined ? null : this.#send(bytes);
  }

  #push(bytes: Cleared<Buffer>, expected: Expected | null): void {
    // The server ignores it, and so its names and state stay as they are: it need not get there.
    if (this.#machine.skipping && expected?.kind !== 'sync') return;
    this.#batch.push(bytes);
    if (expected !== null) this.#machine.sent(expected);
  }

  async #take(type: number, message: Buffer): Promise<void> {
    if (this.#machine.copying) return this.#copy(type, message);
    if (HOUSEKEEPING.has(type)) return this.#housekeeping(type, message);
    if (this.#machine.skipping) return;
    switch (type) {
      case FRONTEND.query:
        return this.#query(message);
      case FRONTEND.parse:
        return this.#parse(message);
      case FRONTEND.bind:
        return this.#bind(message);
      case FRONTEND.execute:
        return this.#execute(message);
      case FRONTEND.functionCall:
        await this.#settle();
        this.#poisonQuery(FUNCTION_CALL);
        return this.#answered();
      case FRONTEND.copyData:
      case FRONTEND.copyDone:
      case FRONTEND.copyFail:
        // Left over from a COPY that failed: the server ignores it, too.
        return;
      default:
        throw new HoopError('postgres.protocol', 'the client sent a message of an unknown type');
    }
  }

  /** While the server reads COPY data it ignores Flush and Sync. */
  async #copy(type: number, message: Buffer): Promise<void> {
    switch (type) {
      case FRONTEND.copyDone:
      case FRONTEND.copyFail:
        this.#push(this.#guard.housekeeping(message), null);
        this.#machine.current?.copied();
        // The next statement of the same query may read data, too, and the client may have sent that already.
        return this.#machine.open ? undefined : this.#answered();
      case FRONTEND.copyData:
        this.#push(this.#guard.housekeeping(message), null);
        this.#machine.current?.fed(message.length);
        await this.#guard.stream({
          type: 'rows',
          connection: this.#connection,
          statement: this.#machine.current?.number ?? null,
          direction: 'in',
          bytes: this.#guard.shown(message),
        });
        return;
      case FRONTEND.flush:
      case FRONTEND.sync:
        return;
      case FRONTEND.terminate:
        return this.#housekeeping(type, message);
      default:
        throw new HoopError('postgres.protocol', 'the client sent something else than COPY data');
    }
  }

  #housekeeping(type: number, message: Buffer): void {
    const bytes = this.#guard.housekeeping(message);
    if (type === FRONTEND.terminate) {
      this.#batch.push(bytes);
      this.#terminated = true;
    } else if (type === FRONTEND.sync) this.#push(bytes, { kind: 'sync' });
    else if (type === FRONTEND.flush) this.#push(bytes, null);
    else this.#named(type, bytes);
  }

  #named(type: number, bytes: Cleared<Buffer>): void {
    const message = decodeNamed(bytes);
    if (message === null) return this.#poisonParse(MALFORMED);
    const { kind, name } = message;
    if (type === FRONTEND.close) return this.#push(bytes, { kind: 'close', what: kind, name });
    const of = kind === 'statement' ? this.#machine.statement(name) : (this.#machine.portal(name)?.prepared ?? null);
    this.#push(bytes, { kind: 'describe', of });
  }

  async #query(message: Buffer): Promise<void> {
    // The server would run it behind all that was sent before; what those do must be known to judge it.
    await this.#settle();
    const statement = this.#statements.query(message);
    if (statement === null) this.#poisonQuery(MALFORMED);
    else {
      const clearance = await this.#clear(statement);
      if (clearance.outcome === 'refused') this.#poisonQuery(refusalFault(clearance.refusal), clearance.number);
      else {
        const state = new Running(clearance.number, clearance.changes);
        this.#push(clearance.bytes, { kind: 'query', running: state, fault: null });
      }
    }
    return this.#answered();
  }

  async #parse(message: Buffer): Promise<void> {
    const parsed = this.#statements.parse(message);
    if (parsed === null) return this.#poisonParse(MALFORMED);
    const { name, text, types } = parsed.message;
    if (this.#machine.names >= this.#limits.names)
      throw new HoopError('wire.limit', 'the client holds too many prepared statements');
    // It may be an EXECUTE of what a PREPARE on its way makes.
    if (this.#machine.namesUnsettled) await this.#settle();
    const clearance = await this.#clear(parsed.statement);
    if (clearance.outcome === 'refused') return this.#poisonParse(refusalFault(clearance.refusal), name);
    const prepared = { text, types, number: clearance.number, columns: null };
    this.#push(clearance.bytes, { kind: 'parse', name, prepared, fault: null });
  }

  async #bind(message: Buffer): Promise<void> {
    const bind = this.#statements.bind(message);
    if (bind === null) return this.#poisonParse(MALFORMED);
    if (this.#machine.namesUnsettled) await this.#settle();
    const prepared = this.#machine.statement(bind.statement);
    if (prepared === null) return this.#poisonParse(unknownStatement(bind.statement));
    if (this.#machine.names >= this.#limits.names)
      throw new HoopError('wire.limit', 'the client holds too many portals');
    const clearance = await this.#clear(this.#statements.bound(message, prepared, bind));
    if (clearance.outcome === 'refused') return this.#poisonParse(refusalFault(clearance.refusal));
    const bound: Portal = { prepared, parameters: bind.parameters, resultFormats: bind.resultFormats };
    this.#push(clearance.bytes, { kind: 'bind', portal: bind.portal, bound });
  }

  async #execute(message: Buffer): Promise<void> {
    const execute = decodeExecute(message);
    if (execute === null) return this.#poisonParse(MALFORMED);
    if (this.#machine.namesUnsettled) await this.#settle();
    const portal = this.#machine.portal(execute.portal);
    if (portal === null) return this.#poisonParse(unknownPortal(execute.portal));
    const clearance = await this.#clear(this.#statements.execute(message, portal));
    if (clearance.outcome === 'refused') return this.#poisonParse(refusalFault(clearance.refusal));
    const state = new Running(clearance.number, clearance.changes, portal);
    this.#push(clearance.bytes, { kind: 'execute', running: state });
    // Whether a Sync that follows is heeded depends on whether the server has begun to read data: wait for its word.
    if (!clearance.changes.some((one) => one.some((change) => change.kind === 'copy-in'))) return;
    this.#push(this.#guard.housekeeping(frame(FRONTEND.flush)), null);
    await this.#answered();
  }

  async #clear(statement: Statement): Promise<Clearance> {
    this.#judging = true;
    const clearance = await this.#guard.clear(statement);
    this.#judging = false;
    const withdrawn = this.#withdrawn;
    this.#withdrawn = false;
    if (clearance.outcome === 'cleared' && withdrawn) {
      return { outcome: 'refused', refusal: WITHDRAWN, number: clearance.number };
    }
    if (clearance.outcome === 'refused' && clearance.refusal.cause === 'unrecorded') {
      throw new Unrecorded(refusalFault(clearance.refusal));
    }
    return clearance;
  }

  /** `number`: the event of the statement that is refused, to which the error belongs. */
  #poisonQuery(fault: Fault, number: number | null = null): void {
    const state = new Running(number, []);
    this.#push(this.#guard.housekeeping(poisonQuery()), { kind: 'query', running: state, fault });
  }

  #poisonParse(fault: Fault, name?: string): void {
    this.#push(this.#guard.housekeeping(poisonParse(name)), { kind: 'parse', name: name ?? '', prepared: null, fault });
  }

  /** Waits until the server has answered all that was sent, without ending a pipeline. */
  async #settle(): Promise<void> {
    if (this.#machine.idle) return;
    if (this.#machine.open) this.#push(this.#guard.housekeeping(frame(FRONTEND.flush)), null);
    await this.flush();
    while (!this.#machine.idle && !this.#machine.skipping) {
      // It waits for data, and the client sent something else.
      if (this.#machine.copying)
        throw new HoopError('postgres.protocol', 'the client sent something else than COPY data');
      await this.#machine.change();
    }
  }

  /** Waits until the server has answered, or asks for COPY data. */
  async #answered(): Promise<void> {
    await this.flush();
    while (!this.#machine.idle && !this.#machine.copying && !this.#machine.skipping) await this.#machine.change();
  }
}

const unknownStatement = (name: string): Fault => ({
  severity: 'ERROR',
  code: '26000',
  message: name === '' ? 'unnamed prepared statement does not exist' : `prepared statement "${name}" does not exist`,
});

const unknownPortal = (name: string): Fault => ({
  severity: 'ERROR',
  code: '34000',
  message: `portal "${name}" does not exist`,
});
