import type { Cleared, Judged, Masked } from './brand.ts';
import type { Column } from './column.ts';
import type { Refusal } from './decision.ts';
import type { ResultMask, Rewriter } from './mask.ts';
import type { SessionEvent } from './recorder.ts';
import type { ApprovalRequest } from './request.ts';
import type { Statement, StatementChanges } from './statement.ts';

export type { Cleared, Judged, Masked } from './brand.ts';

export type Clearance =
  | {
      readonly outcome: 'cleared';
      readonly bytes: Judged<Buffer>;
      /** The record's sequence number of the statement. */
      readonly number: number;
      /** One entry for each statement of the text, in order. */
      readonly changes: readonly StatementChanges[];
      /** The same: what may be shown of the result of each. */
      readonly results: readonly ResultMask[];
      /** The request under which it was approved; null where nobody had to be asked. */
      readonly approval: string | null;
    }
  | { readonly outcome: 'refused'; readonly refusal: Refusal; readonly number: number | null };

/** How a connection holds a statement back while people are asked. */
export interface Hold {
  /**
   * True when all that was sent before is answered, else a promise of that. False when the server would ignore the
   * statement, since one before it has failed.
   */
  ready(): true | Promise<boolean>;
  /** A transaction of the client's is under way. */
  readonly inTransaction: boolean;
  /**
   * The statement waits: the client is told, in its own protocol. The signal aborts when it takes the statement back;
   * its reason is `cancelled` or `disconnected`, anything else means that the session ends.
   */
  held(request: ApprovalRequest): AbortSignal;
  /** Closes the connection: what runs on it was allowed, and is not any more. */
  sever(): void;
}

/** Judges what one connection asks and what it is shown. */
export interface Guard {
  /** The connection has begun: what its first statement is judged by may be found out before it comes. Never throws. */
  begin(): void;
  /**
   * Policy decides, a human is asked if it says so, and the decision is laid down in the record. At once where nothing
   * has to be waited for. Never throws or rejects: every failure is a refusal.
   */
  clear(statement: Statement, hold: Hold): Clearance | Promise<Clearance>;
  /** For frames on the protocol's allow-list that carry no statement (Sync, Flush, Describe, …). */
  housekeeping<T extends Buffer>(frame: T): Judged<T>;
  /**
   * The same bytes, one behind the other, to be sent: when the record of all that was cleared so far is durable.
   * It rejects with HoopError `record.append`, and with `session.unconfirmed` when there is a statement among them and it
   * is not known any more who asks.
   */
  release(batch: readonly Judged<Buffer>[]): Cleared<Buffer> | Promise<Cleared<Buffer>>;
  /**
   * What may be shown of rows with these columns (empty where nobody has described them), by what was judged of their
   * statement. `rewriter` puts masked cells in the place of others.
   * @throws HoopError `session.columns` when these are not the columns that were foreseen, or names have changed since
   */
  masker(columns: readonly Column[], result: ResultMask, rewriter: Rewriter): Masker;
  /** Whether policies look for something in every text that is shown. */
  readonly searches: boolean;
  /** A text as it may be shown: with what is looked for masked. The same bytes when there is none. */
  text(bytes: Buffer): Buffer;
  /** The same for what is said in words. */
  words(text: string): string;
  /** So many values were masked in something else than rows. Those of rows are counted where they are masked. */
  countMasked(values: number): void;
  /** What may be shown of anything else the server says: whole frames. */
  shown(frame: Buffer): Masked<Buffer>;
  /**
   * For what a program shows, without rows: it is masked and laid down as it passes. For `input`: `push` takes what is typed
   * into a terminal before it is sent, writes nothing down, and gives nothing; its echo on the output's screen of the same
   * statement is then shown at once.
   */
  screen(about: ScreenSource): Screen;
  /** Writes an event down. @throws HoopError `record.append` */
  note(event: SessionEvent): Promise<void>;
  /** Bulk: see `Recorder.write`. */
  stream(event: SessionEvent): Promise<void> | null;
}

/** Where text comes from. */
export interface ScreenSource {
  /** The command or shell. */
  readonly statement: number;
  readonly stream: 'output' | 'input' | 'errors';
  /** It is a terminal's, with control sequences, and whoever reads it waits for prompts. */
  readonly isTerminal: boolean;
  /** Shows what had to wait for what follows, when that does not come. */
  readonly late: (bytes: Masked<Buffer>) => void;
}

/** A stream of text in whatever slices it comes. */
export interface Screen {
  /** Whether bytes may be looked at again after they were pushed. */
  readonly keepsBytes: boolean;
  /** What may be shown of it by now: what could be the beginning of something that is looked for waits. */
  push(bytes: Buffer): Masked<Buffer>;
  /** The terminal has so many cells: where its rows end, what is looked for goes on in the next. */
  resize(columns: number, rows: number): void;
  /** What is left. Nothing comes after it. */
  end(): Masked<Buffer>;
  /** Null when the record has room for more, else a promise of that. */
  room(): Promise<void> | null;
}

/** Masks the rows of one result. */
export interface Masker {
  /** True when rows pass as they are, so that they may be forwarded in any slices. */
  readonly transparent: boolean;
  /**
   * `frames`: whole row messages of the protocol, which may be overwritten.
   * @throws HoopError when they are not made of the columns
   */
  mask(frames: Buffer): Masked<Buffer>;
}
