import { setTimeout as pause } from 'node:timers/promises';
import { HoopError } from '../../../core/errors.ts';
import type { Rewriter } from '../../../core/mask.ts';
import type { Parameter } from '../../../core/statement.ts';
import type { Held, Stage, TrialAnswer, TrialQuestion } from '../../../core/trial.ts';
import type { Enclosure } from './enclosure.ts';
import type { Asker } from '../asker.ts';
import type { TransactionStatus } from '../frames.ts';
import type { Machine } from '../machine.ts';
import { Rows } from '../masking/rows.ts';
import { Slate } from '../masking/slate.ts';
import { cellsOf } from './cells.ts';

/** A connection to the server, between two of the client's messages. */
export interface Line {
  readonly machine: Pick<Machine, 'transaction' | 'open' | 'begun' | 'copying'>;
  readonly asker: Pick<Asker, 'put' | 'settled'>;
  /** Cancels what the server does; resolves when it has heard. */
  readonly cancel: () => Promise<void>;
  /** Closes the connection: the server takes back what was not committed. */
  readonly lose: () => void;
  readonly enclosure: Pick<Enclosure, 'begin'>;
}

/** No savepoint of a client's that means to be found again is called so. */
const SAVEPOINT = '"hoopctl trial"';

/** Bytes of rows that one question may give: a sample is ten of them, the rest is counted. */
const MOST = 4 * 1024 * 1024;

/** Nobody waits longer for a lock that the trial is after, or works longer on it: milliseconds. */
const LIMITS = `SELECT pg_catalog.set_config('lock_timeout', '2000', true), pg_catalog.set_config('statement_timeout', '5000', true)`;

/** A query of nothing, whose Sync ends what the pipeline has prepared. */
const NOTHING = 'SELECT';

/** Times that what takes the trial back is sent again when a cancel request that was meant for the trial hits it. */
const TRIES = 3;

/** Milliseconds after which a request to cancel is made again. */
const AGAIN = 100;

/** query_canceled */
const CANCELLED = '57014';

const over = (): HoopError => new HoopError('postgres.trial', 'the trial is over');

/**
 * Where a statement is tried: a transaction of the proxy's own, or a savepoint in the client's. All that is done here is
 * taken back; where the server does not say so the connection is closed, which comes to the same.
 */
export class PostgresStage implements Stage {
  readonly inTransaction: boolean;
  readonly rewriter: Rewriter;
  readonly #line: Line;
  readonly #statement: Held;
  readonly #before: TransactionStatus;
  readonly #inside: boolean;
  #calledOff = false;
  #cancelling: Promise<void> | null = null;
  #asking = false;
  #entered = false;
  /** The savepoint is there. */
  #saved = false;
  #depth = 0;

  /** `ours`: inside a transaction it is one of the proxy's own. */
  constructor(line: Line, statement: Held, ours = false) {
    this.#line = line;
    this.#statement = statement;
    this.#before = line.machine.transaction;
    this.#inside = this.#before === 'T';
    this.inTransaction = this.#inside && !ours;
    this.rewriter = new Rows(new Slate());
  }

  /** From now on nothing is asked any more, and what is being asked is cancelled. */
  callOff(): void {
    if (this.#calledOff) return;
    this.#calledOff = true;
    this.#cancelling = this.#cancel();
  }

  /** A request that is there before what it is to cancel has begun cancels nothing. */
  async #cancel(): Promise<void> {
    while (this.#asking) {
      await this.#line.cancel();
      if (this.#asking) await pause(AGAIN);
    }
  }

  /** @throws HoopError `postgres.trial` */
  async begin(): Promise<void> {
    if (this.#calledOff) throw over();
    // What came before and what comes after the trial are to be seen alike; a client's own transaction decides for itself.
    const first = this.#inside ? `SAVEPOINT ${SAVEPOINT}` : 'BEGIN ISOLATION LEVEL REPEATABLE READ';
    this.#entered = true;
    // What was prepared in a pipeline has taken a snapshot, after which it is too late to choose one.
    const before = this.#line.machine.open ? [NOTHING] : [];
    for (const text of [...before, first, LIMITS]) {
      if ((await this.#put(text)) !== null) throw over();
      this.#saved ||= text === first;
    }
  }

  /** Takes everything back. The connection is as it was before, or closed. */
  async end(): Promise<void> {
    if (!this.#entered) return;
    // Until the server has heard it the request might hit what comes next.
    await this.#cancelling;
    // The client's cancel request has hit the savepoint: there is nothing to take back, and its transaction has failed by it.
    if (this.#inside && !this.#saved && this.#line.machine.transaction === 'E') return;
    const texts = this.#inside
      ? [`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`, `RELEASE SAVEPOINT ${SAVEPOINT}`]
      : ['ROLLBACK'];
    for (const text of texts) if (!(await surely(this.#line, text))) return this.#line.lose();
    if (this.#line.machine.transaction !== this.#before) this.#line.lose();
  }

  async ask({ text, parameters }: TrialQuestion): Promise<TrialAnswer> {
    if (this.#calledOff) throw over();
    const own = parameters === 'own';
    const types = own ? this.#statement.parameterTypes : parameters.map(({ type }) => type);
    const values = own ? (this.#statement.parameters ?? []) : parameters.map(({ value }) => asText(value));
    this.#asking = true;
    const answer = await this.#line.asker.put({ text, types, values, most: MOST });
    this.#asking = false;
    if (this.#calledOff || answer === null) throw over();
    if ('code' in answer) return { outcome: 'failed', code: answer.code };
    if (answer.size > MOST) return { outcome: 'too-large' };
    return { outcome: 'rows', columns: answer.columns, rows: Buffer.concat(answer.rows) };
  }

  async undone<T>(work: () => Promise<T>): Promise<T> {
    this.#depth += 1;
    // Names of their own: what takes all of it back must not find the last of them.
    const savepoint = `"hoopctl step ${this.#depth}"`;
    if (this.#calledOff || (await this.#put(`SAVEPOINT ${savepoint}`)) !== null) throw over();
    try {
      return await work();
    } finally {
      this.#depth -= 1;
      // When it is over, all of it is taken back at once.
      if (!this.#calledOff) await this.#back(savepoint);
    }
  }

  async #back(savepoint: string): Promise<void> {
    for (const text of [`ROLLBACK TO SAVEPOINT ${savepoint}`, `RELEASE SAVEPOINT ${savepoint}`]) {
      if ((await this.#put(text)) !== null) throw over();
    }
  }

  cells(rows: Buffer): (string | null)[][] {
    return cellsOf(rows);
  }

  #put(text: string): Promise<string | null> {
    return command(this.#line, text);
  }
}

/** Null when it has been done, else an SQLSTATE; empty when the connection is gone. */
export async function command({ asker }: Line, text: string): Promise<string | null> {
  const answer = await asker.put({ text, types: [], values: [], most: MOST });
  if (answer === null) return '';
  return 'code' in answer ? answer.code : null;
}

/** Whether what takes something back was done, also when a cancel request meant for that hits it. */
export async function surely(line: Line, text: string): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const failure = await command(line, text);
    if (failure === null || failure === '') return true;
    if (failure !== CANCELLED) return false;
  }
  return false;
}

function asText(value: string | null): Parameter {
  return { format: 'text', value: value === null ? null : Buffer.from(value, 'utf8') };
}
