/** A line that is one simple command, without assignments and redirections. */
export interface LoneCommand {
  readonly program: string;
  /** The words behind it; null for those that are only known when it runs. */
  readonly words: readonly (string | null)[];
}

/** What a line is, before anything is said of what it does. */
export type LineReading =
  /** Nothing but blanks and comments. */
  | { readonly kind: 'empty' }
  /**
   * Complete by itself. `alone`: null where it is more than one simple command. `assigns`: it only sets variables.
   * `background`: something of it is to go on when it is over.
   */
  | {
      readonly kind: 'whole';
      readonly alone: LoneCommand | null;
      readonly assigns: boolean;
      readonly background: boolean;
    }
  /** Quotes, a heredoc, a loop or a pipeline are still open. */
  | { readonly kind: 'unfinished' }
  /** No shell would understand it, or not all shells the same. `reason`: for people. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Reads command lines where hoopctl itself does so, in place of the target's shell. */
export interface LineReader {
  /** Pure and total. */
  read(text: string): LineReading;
  /** Programs that the policies name and do not deny, to be offered for completion. */
  readonly programs: readonly string[];
}
