import type { Column } from './column.ts';
import type { Rewriter } from './mask.ts';
import type { Statement } from './statement.ts';

/** A question of the proxy's own, put on the connection of a statement that is held. */
export interface TrialQuestion {
  readonly text: string;
  /** `own`: types and values of the held statement, as its asker gave them. */
  readonly parameters: 'own' | readonly { readonly type: number; readonly value: string | null }[];
}

/** What came of it. */
export type TrialAnswer =
  | {
      readonly outcome: 'rows';
      readonly columns: readonly Column[];
      /** The protocol's own messages, for a masker. */
      readonly rows: Buffer;
    }
  /** The server said no; its words may hold values, and are not told. */
  | { readonly outcome: 'failed'; readonly code: string }
  | { readonly outcome: 'too-large' };

/** A transaction of the proxy's own, or a part of the asker's, that nothing is kept of. */
export interface Stage {
  /** Inside a transaction of the asker's. */
  readonly inTransaction: boolean;
  /** Puts masked cells in the place of others in rows that were given here. */
  readonly rewriter: Rewriter;
  /** @throws HoopError `postgres.trial` when the trial is over: it was called off, or the connection is gone */
  ask(question: TrialQuestion): Promise<TrialAnswer>;
  /**
   * Runs `work`, and takes back all that it did, also when it throws.
   * @throws HoopError `postgres.trial`
   */
  undone<T>(work: () => Promise<T>): Promise<T>;
  /** The cells of rows as text, by row; null for NULL. */
  cells(rows: Buffer): readonly (readonly (string | null)[])[];
}

/** What came of a trial; `withheld`: why there was none, for people to read. */
export type Tried<T> = { readonly result: T } | { readonly withheld: string };

/** What questions may use of a held statement. */
export type Held = Pick<Statement, 'parameters' | 'parameterTypes'>;

/** Tries what a held statement would do, on its own connection. */
export interface Trials {
  /**
   * Runs `work` where all of it is taken back before this resolves: then the connection is as it was, or closed. Never
   * rejects. It ends in bounded time, and soon once `signal` is aborted. `statement`: what is held.
   */
  attempt<T>(statement: Held, work: (stage: Stage) => Promise<T>, signal: AbortSignal): Promise<Tried<T>>;
  /**
   * The same, and when `work` gives the number of rows that the statement is to touch, rather than null, the statement is
   * run next, so that nothing gets between what was looked at and what is done: the caller sends it, or something that
   * fails. Outside of a transaction it gets one of its own, which the asker hears nothing of.
   */
  enact(
    statement: Held,
    work: (stage: Stage) => Promise<number | null>,
    signal: AbortSignal,
  ): Promise<'ready' | 'not as expected' | { readonly withheld: string }>;
}
