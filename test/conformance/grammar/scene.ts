import type { KindName } from './values.ts';

/** A statement of SQL and what binding it takes. */
export interface Text {
  readonly text: string;
  readonly parameters: readonly KindName[];
  /** How many columns its rows have; 0 when it gives none. */
  readonly columns: number;
  /** The policy refuses it. */
  readonly denied?: true;
  /** It reads or writes rows, and does nothing else. */
  readonly ordinary?: true;
  /** It runs only where nothing has run in its pipeline, and nothing else is to run behind it. */
  readonly sole?: true;
  /** It begins or ends a transaction or a part of one. */
  readonly control?: true;
  /** It is no SQL: all that stands with it in one text fails, before it is looked at by the policy. */
  readonly garbled?: true;
}

/**
 * What a conversation has probably come to so far. It makes most of what is said next make sense; nothing relies on
 * it, and what does not make sense is said as well.
 */
export class Scene {
  readonly statements = new Map<string, Text>();
  readonly portals = new Map<string, Text>();
  readonly cursors = new Set<string>();
  readonly savepoints: string[] = [];
  readonly temporary = new Set<string>();
  inTransaction = false;
  /** Extended messages were sent, and no Sync behind them. */
  open = false;
  /** A Query may follow them without a Sync, and be compared. */
  followable = false;

  endTransaction(): void {
    this.inTransaction = false;
    this.portals.clear();
    this.cursors.clear();
    this.savepoints.length = 0;
  }
}
