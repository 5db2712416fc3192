import type { Effect } from './action.ts';
import type { ProtocolName } from './target.ts';

/** A value bound to a statement. Null is SQL's NULL. */
export interface Parameter {
  readonly format: 'text' | 'binary';
  readonly value: Buffer | null;
}

/** A bound value as it is written down, and as people see it. */
export type RecordedValue = string | null | { readonly base64: string };

/**
 * When a statement is put before the guard. `prepare` and `bind` run no statement, but hand its text
 * to the server, which may already run code (type input functions, constant folding).
 */
export type Phase = 'query' | 'prepare' | 'bind' | 'execute';

/** What an asker wants done, in one protocol's words, before anybody has judged it. */
export interface Statement {
  readonly protocol: ProtocolName;
  readonly phase: Phase;
  /** Exactly the bytes that would be sent: whole frames. They are judged, recorded and sent, never rebuilt. */
  readonly bytes: Buffer;
  /**
   * The statement's text as decoded from `bytes` (or, after `prepare`, from the bytes that prepared it). Of a command line
   * with a directory, `bytes` may have it in a frame: see core/command-frame.ts.
   */
  readonly text: string;
  /** Null before parameters are bound. */
  readonly parameters: readonly Parameter[] | null;
  /** Types the client declared for parameters, as OIDs; 0 where it left them open. */
  readonly parameterTypes: readonly number[];
  /** The record's number of the event that carried `text`, when this one need not repeat it. */
  readonly prepared: number | null;
  /** The request under which it was approved when it was prepared or bound; null when it was not. */
  readonly approval: string | null;
  /**
   * What a name given to SQL's EXECUTE may mean on this connection: every text it could stand for.
   * More than one when the server has not yet confirmed which.
   */
  readonly preparedTexts: (name: string) => readonly string[];
  /** Set for what is asked for over SSH. */
  readonly command?: CommandContext;
}

/**
 * What reads command lines: a shell of POSIX, one that computes what it is given to test (the Korn family) or to exit and printf
 * (zsh), or fish. What is only known to be one of POSIX is taken for `korn`.
 */
export type ShellKind = 'plain' | 'korn' | 'zsh' | 'fish';

/** Where a command line starts, what `~` and HOME stand for in it, absolute, and what reads it; null for what is not known. */
export interface Whereabouts {
  readonly directory: string | null;
  readonly home: string | null;
  /** Null for csh, too. */
  readonly shell: ShellKind | null;
}

/** Or how to find it out, which is done only when something hangs on it, and always has the same outcome. It never rejects. */
export type Start = Whereabouts | (() => Promise<Whereabouts>);

/** Where nothing is known of it. */
export const NOWHERE: Whereabouts = { directory: null, home: null, shell: null };

/** `free`: they run what they are told to. `restrained`: those that the shell's own programs start run nothing. */
export type Pagers = 'free' | 'restrained';

/** What a statement is besides its text, where it is none of SQL. */
export interface CommandContext {
  /** What it does, where the protocol itself says so: a channel is opened, a file is written. Null: `text` is a command line. */
  readonly effects: readonly Effect[] | null;
  /** Of a command line; `NOWHERE` of anything else. */
  readonly start: Start;
  /** What whoever types may do in a pager that a program starts by itself; left out where there is no terminal for one. */
  readonly pagers?: Pagers;
  /** `NAME=value` of each variable that the client sets for it, and may. Left out where there are none. */
  readonly variables?: readonly string[];
}

/** Where hoopctl itself has a command line run; null where it starts as it would without it, and where there is none. */
export function directoryOf({ command }: Pick<Statement, 'command'>): string | null {
  return command === undefined || typeof command.start === 'function' ? null : command.start.directory;
}

/** How a statement changes what later ones on the same connection mean. In the order of the statements. */
export type SessionChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'prepare'; readonly name: string; readonly text: string }
  /** A cursor is made: what may be shown of the statement is what may be shown of the cursor's rows. */
  | { readonly kind: 'declare'; readonly name: string; readonly hold: boolean }
  /** A cursor, or what the protocol has bound by that name, is gone; null for all of them. */
  | { readonly kind: 'close'; readonly name: string | null }
  /** Rows come out of a cursor, or of what the protocol has bound by that name. */
  | { readonly kind: 'fetch'; readonly name: string }
  | { readonly kind: 'deallocate'; readonly name: string | null }
  /** Names may resolve otherwise from here on: DDL, code that may do anything. */
  | { readonly kind: 'resolution' }
  /** The same, where no other connection notices: settings, roles, temporary objects. */
  | { readonly kind: 'local-resolution' }
  /** A transaction ends or is rolled back in part: what it did to names may be undone. */
  | { readonly kind: 'transaction-end' }
  /** COPY … FROM STDIN: the client's data follows. */
  | { readonly kind: 'copy-in' };

/** What one of the statements in a text does to the session. */
export type StatementChanges = readonly SessionChange[];
