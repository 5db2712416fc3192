/**
 * A word of a command after the shell has read it. Where `kind` is `glob`, `*` and `**` in the text stand
 * for what may come of it (within a name, and across names); where it is `unknown` there is no text.
 */
export interface Word {
  readonly kind: 'literal' | 'glob' | 'unknown';
  readonly text: string | null;
  /** True when it surely is one word, and no flag: it begins with something that is known and no dash. */
  readonly plain: boolean;
  /** Set of one that is not known where it surely is one word at most, in quotes: a flag, or nothing, perhaps. */
  readonly single?: true;
}

/** A word that could be anything, and any number of words. */
export const UNKNOWN_WORD: Word = { kind: 'unknown', text: null, plain: false };

export function literal(text: string): Word {
  return { kind: 'literal', text, plain: !text.startsWith('-') };
}

/** The text of a word that is known for sure; null of any other. */
export function textOf(word: Word | undefined): string | null {
  return word?.kind === 'literal' ? word.text : null;
}

/** What a command is said to be given: a glob that cannot turn into a flag is shown as it is written. */
export function argumentOf(word: Word): string | null {
  return word.kind === 'literal' || word.plain ? word.text : null;
}
