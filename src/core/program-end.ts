/** How a program on a target ended, by the tag of its `complete` event: `exit 3`, `signal TERM`, or why it was cut off. */
export interface ProgramEnd {
  readonly words: string;
  readonly failed: boolean;
}

/** Null for the tags of SQL, which servers write in capitals. */
export function programEnd(tag: string): ProgramEnd | null {
  return /^[a-z]/.test(tag) ? { words: tag, failed: tag !== 'exit 0' } : null;
}
