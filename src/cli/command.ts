import type { Invocation } from './invocation.ts';

/** What a shell offers for a word: the names of targets, scripts, sessions, requests or logins, files, or a fixed list. */
export type Completion =
  | 'target'
  | 'script'
  | 'session'
  | 'request'
  | 'profile'
  | 'file'
  | 'directory'
  | readonly string[];

export interface ArgumentSpec {
  /** As commander reads it: `<target...>`, `[file]`. */
  readonly name: string;
  readonly description: string;
  readonly complete?: Completion;
}

export interface OptionSpec {
  /** As commander reads it: `--port <number>`. */
  readonly flags: string;
  readonly description: string;
  readonly complete?: Completion;
  readonly required?: true;
  /** May be given several times: its value is the list. */
  readonly repeats?: true;
}

/** Runs a command. Resolves with the exit code. */
export type Run = (invocation: Invocation) => Promise<number>;

/** A command as data: commander, the help, the completions and the tests all read it. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** Paragraphs of the help that say more than the summary. */
  readonly description?: string;
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  readonly examples?: readonly string[];
  /** What follows `--`, for the help: `CLIENT ARGS…`. Without it, `--` only ends the options. */
  readonly rest?: string;
  /** A command with subcommands does nothing by itself, unless it says so. */
  readonly subcommands?: readonly CommandSpec[];
  readonly byItself?: true;
}
