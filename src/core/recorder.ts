import type { Masked } from './brand.ts';
import type { Decision } from './decision.ts';
import type { Effect } from './action.ts';
import type { Column } from './column.ts';
import type { Identity } from './identity.ts';
import type { Phase, RecordedValue } from './statement.ts';
import type { AskTerms, Outcome, Preview, SignedAnswer } from './request.ts';
import type { ProtocolName } from './target.ts';

/** The first event of every record. */
export interface RecordHeader {
  readonly session: string;
  readonly started: string;
  readonly identity: Identity;
  readonly target: {
    readonly name: string;
    readonly protocol: ProtocolName;
    readonly address: string;
    readonly database: string;
    readonly user: string;
  };
  readonly policies: readonly string[];
  /** Hash of the policies as they were in force. */
  readonly policyHash: string;
  readonly reason: string | null;
  readonly results: 'full' | 'summary';
  readonly version: string;
}

/** What happened, in the order it happened. `statement` is the sequence number of the event it belongs to. */
export type SessionEvent =
  | { readonly type: 'open'; readonly connection: number; readonly application: string | null; readonly peer: string }
  | {
      readonly type: 'statement';
      readonly connection: number;
      readonly phase: Phase;
      /** Null when the event numbered `prepared` carries it. */
      readonly text: string | null;
      /** Of a command line that hoopctl had run in a directory. */
      readonly directory?: string;
      readonly prepared: number | null;
      readonly parameters: readonly RecordedValue[] | null;
      readonly decision: Decision;
      readonly effects: readonly Effect[];
    }
  | {
      readonly type: 'columns';
      readonly connection: number;
      readonly statement: number | null;
      readonly columns: readonly Column[];
    }
  /** Whole protocol frames, as the client saw them. */
  | {
      readonly type: 'rows';
      readonly connection: number;
      readonly statement: number | null;
      readonly direction: 'in' | 'out';
      readonly bytes: Masked<Buffer>;
    }
  | {
      readonly type: 'complete';
      readonly connection: number;
      readonly statement: number | null;
      readonly tag: string;
      readonly rows: number;
      readonly bytes: number;
    }
  | {
      readonly type: 'error';
      readonly connection: number;
      readonly statement: number | null;
      readonly code: string;
      readonly message: string;
      readonly severity: string;
    }
  | { readonly type: 'notice'; readonly connection: number; readonly code: string; readonly message: string }
  /** The statement before it is held until people have answered. */
  | {
      readonly type: 'request';
      readonly connection: number;
      readonly statement: number;
      readonly request: string;
      readonly digest: string;
      readonly terms: readonly AskTerms[];
      /** ISO time. */
      readonly expires: string;
    }
  /** What the statement of a request would do, found out while it is held. */
  | { readonly type: 'preview'; readonly connection: number; readonly request: string; readonly preview: Preview }
  /** Somebody answered a request. */
  | { readonly type: 'answer'; readonly connection: number; readonly answer: SignedAnswer }
  /** A request is over. */
  | {
      readonly type: 'settled';
      readonly connection: number;
      readonly statement: number;
      readonly request: string;
      readonly outcome: Outcome;
    }
  /** A statement that is asked for runs under what an earlier answer granted: `use` counts from 1. */
  | {
      readonly type: 'granted';
      readonly connection: number;
      readonly statement: number;
      readonly request: string;
      readonly use: number;
    }
  | {
      readonly type: 'revoked';
      readonly request: string;
      readonly by: Identity;
      readonly reason: string | null;
    }
  /** What a terminal showed, or was sent. */
  | {
      readonly type: 'terminal';
      readonly connection: number;
      /** The command or shell that it belongs to; left out for the one that the session was opened for. */
      readonly statement?: number;
      /** `errors`: what a command without a terminal writes to its standard error. */
      readonly stream: 'output' | 'input' | 'errors';
      /** There is no terminal: it is text, one line below the other, and no screen. */
      readonly piped?: true;
      readonly text: Masked<string>;
    }
  | {
      readonly type: 'resize';
      readonly connection: number;
      readonly statement?: number;
      readonly columns: number;
      readonly rows: number;
    }
  /** A file, or a stream of bytes that nobody reads on a screen, went by: not its content, but what it is known by. */
  | {
      readonly type: 'transfer';
      readonly connection: number;
      /** Left out for what the program shows that the session was opened for. */
      readonly statement?: number;
      /** `in`: to the target. */
      readonly direction: 'in' | 'out';
      /** On the target; null for a stream. */
      readonly path: string | null;
      /** Which stream of a command; left out where there is only one, and of files. */
      readonly stream?: 'output' | 'input' | 'errors';
      readonly bytes: number;
      /** Hex, of all bytes in their order; null where they did not pass one behind the other. */
      readonly sha256: string | null;
      /** False when it broke off. */
      readonly complete: boolean;
    }
  | { readonly type: 'cancel'; readonly connection: number }
  | { readonly type: 'close'; readonly connection: number; readonly cause: string };

/** Writes one session down. */
export interface Recorder {
  /**
   * Lays an event down behind those before it and gives its sequence number. It is on record after the next `flush`.
   * @throws HoopError `record.append`, after which every further call throws: no record, no statement
   */
  append(event: SessionEvent): number;
  /**
   * Null when every event appended so far would survive the end of this process (`record.sync: disk`: of this
   * machine), else a promise of that. It rejects with HoopError `record.append`.
   */
  flush(): Promise<void> | null;
  /**
   * For bulk that nothing waits on: buffered, written in order with the rest.
   * Returns null when there is room, else a promise that resolves when there is.
   */
  write(event: SessionEvent): Promise<void> | null;
  /** Seals the record. Idempotent. */
  close(cause: string): Promise<void>;
}
