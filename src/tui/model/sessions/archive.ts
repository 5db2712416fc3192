import type { Identity } from '../../../core/identity.ts';
import type { RecordHeader } from '../../../core/recorder.ts';
import type { Recording } from '../replay/recording.ts';

/** One session as a list shows it. Texts come from its record. */
export interface SessionEntry {
  readonly id: string;
  readonly state: 'ended' | 'running' | 'cut' | 'damaged';
  /** ISO 8601. */
  readonly started: string;
  readonly ended: string | null;
  readonly identity: Identity | null;
  readonly target: RecordHeader['target'] | null;
  readonly reason: string | null;
  readonly totals: { readonly statements: number; readonly refused: number; readonly errors: number } | null;
  readonly bytes: number;
}

/** The records there are, as a port. */
export interface Archive {
  /** Every session's id, newest first. */
  ids(): Promise<readonly string[]>;
  /** Null when its record went away meanwhile. */
  summarize(id: string): Promise<SessionEntry | null>;
  /** Sessions in which a statement holds a text, as they are found. */
  search(text: string): AsyncIterable<string>;
  /** @throws HoopError when it cannot be read */
  open(id: string): Promise<{ readonly recording: Recording; readonly close: () => Promise<void> }>;
}
