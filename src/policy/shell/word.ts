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
  /**
   * Set of one that is not known where it surely is a number, or nothing: digits, minus signs and blanks. Wherever shells compute, no
   * more comes of it than a number.
   */
  readonly number?: true;
  /** Set of an assignment to PATH by which names of programs go on to mean what they do. */
  readonly keepsPrograms?: true;
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

/** Whether it is one word, or none: a pattern may stand for any number of names, and what is not quoted for any number of words. */
export function isOne({ kind, single }: Word): boolean {
  return kind === 'literal' || single === true;
}

/** True of more words than so many, or where there may be more. */
export function mayExceed(words: readonly Word[], most: number): boolean {
  return words.length > most || !words.every(isOne);
}

/** A number that nobody knows. */
export const NUMBER_WORD: Word = { kind: 'unknown', text: null, plain: false, single: true, number: true };

/** Whether it is nothing but a number, known or not. */
export function isNumeric({ kind, text, number }: Word): boolean {
  return number === true || (kind === 'literal' && text !== null && /^-?\d+$/u.test(text));
}

/** A word that a program takes for a pattern by itself. */
export function wildcard({ text, plain }: Word): Word {
  return text === null ? UNKNOWN_WORD : { kind: 'glob', text: text.replaceAll(/\[[^\]]*\]|[?\\[]/gu, '*'), plain };
}

/** What a command is said to be given: a glob that cannot turn into a flag is shown as it is written. */
export function argumentOf(word: Word): string | null {
  return word.kind === 'literal' || word.plain ? word.text : null;
}
