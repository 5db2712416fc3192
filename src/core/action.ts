/** What a SQL statement can do, as rules name it. */
export const ACTIONS = [
  'select',
  'insert',
  'update',
  'delete',
  'merge',
  'truncate',
  'create',
  'alter',
  'drop',
  'grant',
  'revoke',
  'role',
  'copy-in',
  'copy-out',
  'copy-file',
  'copy-program',
  'server-file',
  'server-admin',
  'extension',
  'load',
  'set',
  'set-role',
  'lock',
  'listen',
  'notify',
  'maintenance',
  'call',
  'do',
  'dynamic',
  'unknown',
] as const;

/** What can be done to a path, by a command or through SFTP, as rules name it. */
export const OPERATIONS = ['read', 'list', 'write', 'mkdir', 'remove', 'rename', 'symlink'] as const;

export type Operation = (typeof OPERATIONS)[number];

/** What can be opened on an SSH connection, as rules name it: every one but `exec` is off unless a rule names it. */
export const CHANNELS = ['exec', 'shell', 'sftp', 'scp', 'forward', 'agent', 'x11', 'subsystem', 'env'] as const;

export type Channel = (typeof CHANNELS)[number];

/** `run`: a program; `open`: a channel. */
export type Action = (typeof ACTIONS)[number] | Operation | 'run' | 'open';

/** Names that stand for several actions in a rule. */
export const ACTION_GROUPS = {
  write: ['insert', 'update', 'delete', 'merge', 'truncate', 'copy-in'],
  ddl: ['create', 'alter', 'drop', 'truncate', 'grant', 'revoke', 'role', 'extension'],
  admin: ['server-admin', 'server-file', 'copy-file', 'copy-program', 'role', 'extension', 'load', 'set-role'],
  opaque: ['call', 'do', 'dynamic', 'unknown'],
} as const satisfies Record<string, readonly Action[]>;

/** What an action is done to. `system` is the server itself: settings, files, other sessions. */
export const OBJECT_KINDS = [
  'table',
  'view',
  'materialized-view',
  'foreign-table',
  'sequence',
  'index',
  'schema',
  'database',
  'function',
  'procedure',
  'aggregate',
  'trigger',
  'rule',
  'policy',
  'type',
  'domain',
  'cast',
  'operator',
  'collation',
  'role',
  'extension',
  'language',
  'publication',
  'subscription',
  'server',
  'tablespace',
  'statistics',
  'event-trigger',
  'large-object',
  'setting',
  'channel',
  'system',
] as const;

/** `path`: of a file or directory on the target's machine. */
export type ObjectKind = (typeof OBJECT_KINDS)[number] | 'program' | 'path' | 'channel';

/** By what command something is done, or on which channel. */
export interface Command {
  readonly channel: Channel;
  /** As it is written: a name, or a path. Null when no program runs, and when it cannot be known which. */
  readonly program: string | null;
  /**
   * The words behind it, as the program will see them; null for those that cannot be known before it runs,
   * each of which may turn out as several or none.
   */
  readonly args: readonly (string | null)[];
  /** Set of a path when all that lies beneath it is meant as well. */
  readonly recursive?: true;
  /** Set of a path that the shell opens for the program, by a redirection: it is not the program's own doing. */
  readonly redirected?: true;
  /** Set of a `run` that changes something which no other effect says: a service, a process, a setting. */
  readonly changes?: true;
  /** Set of a program that serves a channel by itself, past all that is decided there: no rule lets it run. */
  readonly bypasses?: Channel;
  /** Set of what stands for a text that could not be read: what is in it was looked at by no rule. */
  readonly unread?: true;
}

/**
 * One thing a statement does to one object. A statement has as many as it takes: every table it
 * reads is a `select`, every call of code that is not known to be pure is a `call`. A command line
 * has a `run` for every program in it, and one for everything that is known to be done to a path.
 */
export interface Effect {
  readonly action: Action;
  /** Null when what is touched cannot be known. */
  readonly object: ObjectKind | null;
  /** Null for objects that live in no schema, and when the schema cannot be known. */
  readonly schema: string | null;
  /** Null when the name cannot be known or the object has none. Of a path: absolute, and without `.` and `..`. */
  readonly name: string | null;
  /** Columns touched, lower-case as the server folds them; null where columns mean nothing, `all` when all or unknown. */
  readonly columns: readonly string[] | 'all' | null;
  /** Of `update` and `delete`: `absent` when there is no condition or one that always holds. */
  readonly where: 'present' | 'absent' | null;
  /**
   * True when the effect stands for code that cannot be followed: it may do anything. A policy that
   * restricts anything refuses it unless a rule names it.
   */
  readonly opaque: boolean;
  /** False when the name could mean another object too (the search path is not known for sure; a path has a `*`). */
  readonly certain: boolean;
  /** What leads to the effect, outermost first: `view app.active`, `function app.purge`, `trigger`, `cascade`. */
  readonly via: readonly string[];
  /** Set for all that is done over SSH, and for nothing else. */
  readonly command?: Command;
}
