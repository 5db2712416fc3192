import type { Column } from '../../../core/column.ts';
import type { RecordHeader, SessionEvent } from '../../../core/recorder.ts';

/** What a record holds, as it is read back: rows are plain bytes, which were masked before they were written. */
export type RecordedEvent =
  | Exclude<SessionEvent, { type: 'rows' }>
  | {
      readonly type: 'rows';
      readonly connection: number;
      readonly statement: number | null;
      readonly direction: 'in' | 'out';
      readonly bytes: Buffer;
    }
  | { readonly type: 'header'; readonly header: RecordHeader }
  | { readonly type: 'end'; readonly cause: string; readonly ended: number };

export interface RecordedEntry {
  /** Counts from 0, the header. */
  readonly number: number;
  /** Microseconds since the record was opened. */
  readonly offsetMicros: number;
  readonly event: RecordedEvent;
}

/** Events that are read in one go; `damage` says why the record goes no further, when it should. */
export interface RecordedChapter {
  readonly entries: readonly RecordedEntry[];
  readonly damage: string | null;
}

/** Where a chapter starts. */
export interface ChapterPlace {
  readonly number: number;
  readonly offsetMicros: number;
}

/** A record that is replayed, as a port: whoever shows it reads a chapter at a time, in any order. */
export interface Recording {
  readonly header: RecordHeader;
  /** Where the chapters start, as far as that is known: a record that was not sealed grows. */
  readonly places: readonly ChapterPlace[];
  /** How far it goes, as far as it is known. */
  readonly extent: { readonly events: number; readonly offsetMicros: number; readonly sealed: boolean };
  /** True while its session is running. */
  readonly live: boolean;
  read(chapter: number): Promise<RecordedChapter>;
  /** Looks further; true when more was found, and looking again may find more still. */
  grow(): Promise<boolean>;
  /** The rows in whole protocol messages, as text; null is NULL. It throws on bytes that it cannot read. */
  decode(columns: readonly Column[], frames: Buffer): readonly (readonly (string | null)[])[];
  /** An event in a few lines of words; empty for statements, results and what a terminal was sent. */
  describe(event: RecordedEvent): readonly string[];
  /** What is left of a text without what only draws. */
  letters(text: string): string;
}

/** What makes a terminal's screen; what a command without one writes does not. */
export function isOfTerminal(event: RecordedEvent): event is Extract<RecordedEvent, { type: 'terminal' | 'resize' }> {
  return event.type === 'resize' || (event.type === 'terminal' && event.piped !== true);
}
