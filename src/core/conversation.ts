/** Who speaks to a door where hoopctl is the client itself. */

/** What one client wants to have run. */
export interface Order {
  /** One statement or, without `parameters`, several: these are all done, or none. No NUL in it. */
  readonly text: string;
  /** Values as text, for `$1`, `$2`, …; null: there are none, and the text may be several statements. */
  readonly parameters: readonly (string | null)[] | null;
  /** The text is one statement. */
  readonly single: boolean;
  /** The server goes no further once a single statement has given more rows than are kept. */
  readonly stops: boolean;
  /** Rows that are kept of each result. */
  readonly rows: number;
  /** Bytes of values that are kept of all results together. */
  readonly bytes: number;
}

/** What one statement gave. */
export interface Table {
  /** Null for a statement that gives no rows. `type`: as SQL names it, `oid 16400` for what is no built-in type. */
  readonly columns: readonly { readonly name: string; readonly type: string }[] | null;
  /** As text; null is NULL. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** Why there are more rows than these; null: these are all. */
  readonly cut: 'rows' | 'bytes' | null;
  /** `UPDATE 3`; null when it was not run to its end. */
  readonly tag: string | null;
}

/** What a server, or the guard, says of a statement. */
export interface Remark {
  readonly sqlstate: string;
  readonly message: string;
  readonly detail: string | null;
  readonly hint: string | null;
  /** In characters of the text, from 1. */
  readonly position: number | null;
}

/** What came of an order. */
export interface Reply {
  readonly tables: readonly Table[];
  /** Statements that have ended and whose tables were left out, since there were too many. */
  readonly moreTables: number;
  readonly notices: readonly Remark[];
  /** Notices that were left out, since there were too many. */
  readonly moreNotices: number;
  /** Why it went no further; null when all of it is done. */
  readonly error: Remark | null;
  /** A transaction was begun and not ended: it is rolled back when the conversation is closed. */
  readonly open: boolean;
}

/** One client that has come in. Runs one order at a time. */
export interface Conversation {
  /** What the server says against it is in the reply. @throws HoopError `wire.*` when the connection is lost meanwhile */
  run(order: Order): Promise<Reply>;
  /** By which whatever runs or waits can be taken back from a connection of its own. */
  readonly cancellation: Buffer;
  /** Says good-bye. Idempotent. */
  close(): void;
}
