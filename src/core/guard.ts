import type { Cleared, Masked } from './brand.ts';
import type { Column } from './column.ts';
import type { Refusal } from './decision.ts';
import type { SessionEvent } from './recorder.ts';
import type { Statement, StatementChanges } from './statement.ts';

export type { Cleared, Masked } from './brand.ts';

export type Clearance =
  | {
      readonly outcome: 'cleared';
      readonly bytes: Cleared<Buffer>;
      /** The record's sequence number of the statement. */
      readonly number: number;
      /** One entry for each statement of the text, in order. */
      readonly changes: readonly StatementChanges[];
    }
  | { readonly outcome: 'refused'; readonly refusal: Refusal; readonly number: number | null };

/** Judges what one connection asks and what it is shown. */
export interface Guard {
  /**
   * Policy decides, a human is asked if it says so, the record is written; only then is there
   * something to send. Never rejects: every failure is a refusal.
   */
  clear(statement: Statement): Promise<Clearance>;
  /** For frames on the protocol's allow-list that carry no statement (Sync, Flush, Describe, …). */
  housekeeping<T extends Buffer>(frame: T): Cleared<T>;
  /** What may be shown of rows with these columns. */
  masker(columns: readonly Column[]): Masker;
  /** What may be shown of anything else the server says: whole frames. */
  shown(frame: Buffer): Masked<Buffer>;
  /** Writes an event down. @throws HoopError `record.append` */
  note(event: SessionEvent): Promise<void>;
  /** Bulk: see `Recorder.write`. */
  stream(event: SessionEvent): Promise<void> | null;
}

/** Masks the rows of one result. */
export interface Masker {
  /** True when rows pass as they are, so that they may be forwarded in any slices. */
  readonly transparent: boolean;
  /** `frames`: whole row messages of the protocol. */
  mask(frames: Buffer): Masked<Buffer>;
}
