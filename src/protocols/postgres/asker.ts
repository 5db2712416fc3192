import { serialize } from 'pg-protocol';
import { HoopError } from '../../core/errors.ts';
import { within } from '../../wire/deadline.ts';
import type { Parameter } from '../../core/statement.ts';
import type { Question } from './expected.ts';
import { bindOf } from './frames.ts';
import type { Machine } from './machine.ts';
import type { Step } from './questions.ts';
import { type Fault, unasked } from './refuse.ts';

/** A name that no client of ours uses, gone again before the client's next message. */
const NAME = 'hoopctl catalog';

/** How long an answer may take, in milliseconds, and what is done about a server that gives none. */
export interface Patience {
  readonly milliseconds: number;
  readonly lost: () => void;
}

/** A question with values. */
export interface Asking {
  readonly text: string;
  /** OIDs; 0, or none, where the server finds out by itself. */
  readonly types: readonly number[];
  readonly values: readonly Parameter[];
}

export interface Inquiry extends Asking {
  /** Bytes of rows that are kept. */
  readonly most: number;
}

/** What came of it: whole DataRow messages. */
export type Answered = Pick<Question, 'rows' | 'size' | 'columns'>;

/** The messages of one question, up to its Sync. */
export function questionSteps({ text, types, values }: Asking): readonly (readonly [Step['step'], Buffer])[] {
  return [
    // An earlier one may have failed before it cleaned up.
    ['close', serialize.close({ type: 'P', name: NAME })],
    ['close', serialize.close({ type: 'S', name: NAME })],
    ['parse', serialize.parse({ name: NAME, text, types: [...types] })],
    ['bind', bindOf(NAME, values)],
    ['describe', serialize.describe({ type: 'P', name: NAME })],
    ['execute', serialize.execute({ portal: NAME })],
    ['close', serialize.close({ type: 'P', name: NAME })],
    ['close', serialize.close({ type: 'S', name: NAME })],
    ['sync', Buffer.from(serialize.sync())],
  ];
}

/** Puts the proxy's own questions to the server, between two of the client's messages, unseen by the client. */
export class Asker {
  readonly #machine: Machine;
  readonly #patience: Patience;
  readonly #send: (bytes: Buffer) => void;

  /** `send` hands bytes to the server at once, behind all that was sent before. */
  constructor(machine: Machine, patience: Patience, send: (bytes: Buffer) => void) {
    this.#machine = machine;
    this.#patience = patience;
    this.#send = send;
  }

  /**
   * The DataRow messages of all these queries, in order; null when the server skips them because the client's
   * transaction has failed.
   * @throws HoopError `postgres.catalog`, `wire.deadline`
   */
  async ask(queries: readonly string[]): Promise<Buffer[] | null> {
    const answer = Promise.withResolvers<'answered' | 'skipped' | Fault>();
    const question: Question = { rows: [], size: 0, most: null, columns: [], settle: answer.resolve };
    const messages: Buffer[] = [];
    // Inside a pipeline a Sync of ours would commit what the client has not committed.
    const pipelined = this.#machine.begun;
    if (!pipelined && this.#machine.open && !(await this.#unfailed())) return null;
    const say = (step: 'parse' | 'bind' | 'execute' | 'close', message: Buffer): void => {
      messages.push(message);
      this.#machine.sent({ kind: 'own', step, question });
    };
    const close = (): void => {
      say('close', serialize.close({ type: 'P', name: NAME }));
      say('close', serialize.close({ type: 'S', name: NAME }));
    };
    // An earlier question may have failed before it cleaned up.
    close();
    for (const text of queries) {
      say('parse', serialize.parse({ name: NAME, text }));
      say('bind', serialize.bind({ portal: NAME, statement: NAME }));
      say('execute', serialize.execute({ portal: NAME }));
      close();
    }
    if (!pipelined) this.#machine.sent({ kind: 'own', step: 'sync', question });
    messages.push(pipelined ? serialize.flush() : serialize.sync());
    this.#send(Buffer.concat(messages));
    const outcome = await this.#inTime(answer.promise);
    if (outcome === 'answered') return question.rows;
    if (outcome === 'skipped' || outcome.code === ABORTED) return null;
    const { message, hint } = unasked(outcome.code);
    throw new HoopError('postgres.catalog', message, hint === undefined ? {} : { hint });
  }

  /**
   * Puts one question that may fail without harm, with values of its own: its rows, what the server said against it, or
   * null when the connection is gone or does not heed it. Only outside of a pipeline that has begun, and when all that
   * was sent before is answered. Afterwards the server is ready again, in a failed transaction after a failure.
   * @throws HoopError `wire.deadline`
   */
  async put({ most, ...asking }: Inquiry): Promise<Answered | Fault | null> {
    const answer = Promise.withResolvers<'answered' | 'skipped' | Fault>();
    const question: Question = { rows: [], size: 0, most, columns: [], settle: answer.resolve };
    const steps = questionSteps(asking);
    for (const [step] of steps) this.#machine.sent({ kind: 'own', step, question });
    this.#send(Buffer.concat(steps.map(([, message]) => message)));
    const outcome = await this.#inTime(answer.promise);
    // After a failure the server is ready a little later.
    while (!this.#machine.idle) await this.#machine.change();
    if (outcome === 'skipped') return null;
    return outcome === 'answered' ? question : outcome;
  }

  /** Resolves when all that was sent is answered; false when the client's pipeline has failed, or the connection is gone. */
  settled(): Promise<boolean> {
    return this.#unfailed();
  }

  /** Time runs from when the server is at the question: what the client sent before may take as long as it does. */
  async #inTime<T>(answer: Promise<T>): Promise<T> {
    let settled = false;
    const done = answer.then(() => void (settled = true));
    while (!settled && !this.#machine.asking) await Promise.race([done, this.#machine.change()]);
    const { milliseconds, lost } = this.#patience;
    return within(answer, milliseconds, 'asking the server what names mean', lost);
  }

  /**
   * Waits until all that was sent is answered; false when it has failed. Where nothing runs yet a question had better
   * not be the first to do so, since some statements must be; but a Sync of ours must not make up for an error either.
   */
  async #unfailed(): Promise<boolean> {
    this.#send(serialize.flush());
    while (!this.#machine.idle && !this.#machine.skipping) await this.#machine.change();
    return !this.#machine.skipping;
  }
}

/** in_failed_sql_transaction */
const ABORTED = '25P02';
