import { checkStatements } from './shape.ts';
import { type Body, isBody, statementsOf } from './tree.ts';

/*
 * An application sends the same statement with other numbers and texts in it, again and again. What was found out of
 * one holds for all of them, if nobody looked at what differs. So the analysis works on a tree that notices which
 * constants it looks at; and texts that differ only in literals have the same tree but for those.
 */

/** A text with its literals taken out. */
export interface Template {
  /** The text, with a control character for each literal that tells its kind. */
  readonly skeleton: string;
  /** As they are written, quotes included, in order. */
  readonly literals: readonly string[];
  /** Where in the text each begins. */
  readonly offsets: readonly number[];
}

const NUMBER = '\u0001';
const STRING = '\u0002';

/** Numbers that are surely int4, whatever they are: the grammar tells larger ones apart. */
const MOST_DIGITS = 9;

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isLetter = (code: number): boolean => (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
const isWord = (code: number): boolean => isLetter(code) || isDigit(code);
const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);

const QUOTE = 39;
const DOUBLE_QUOTE = 34;
const MINUS = 45;
const SLASH = 47;
const STAR = 42;
const DOT = 46;
const AMPERSAND = 38;
const DOLLAR = 36;
const BACKSLASH = 92;

/**
 * Takes the literals out of a text: numbers of up to nine digits and plain strings, as standard_conforming_strings=on
 * reads them. Everything else stays in the skeleton as it is, so that equal skeletons are equal texts but for literals
 * of the same kinds in the same places. Null where there are none, or where the text has anything (comments, dollar
 * quotes, backslashes, prefixed strings, other letters than ASCII) in which it is not plain what a literal is.
 */
export function templateOf(text: string): Template | null {
  const literals: string[] = [];
  const offsets: number[] = [];
  let skeleton = '';
  let copied = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    const end = endOf(text, at, code);
    if (end === null) return null;
    const plain = code === QUOTE || (isDigit(code) && isWholeNumber(text, at, end));
    if (plain) {
      skeleton += text.slice(copied, at) + (code === QUOTE ? STRING : NUMBER);
      literals.push(text.slice(at, end));
      offsets.push(at);
      copied = end;
    }
    at = end;
  }
  return literals.length === 0 ? null : { skeleton: skeleton + text.slice(copied), literals, offsets };
}

/** Where what begins here ends; null when it is not plain what it is. */
function endOf(text: string, at: number, code: number): number | null {
  if (isWord(code)) return endOfWord(text, at);
  if (code === QUOTE) return startsString(text, at) ? endOfQuoted(text, at, QUOTE) : null;
  if (code === DOUBLE_QUOTE) return endOfQuoted(text, at, DOUBLE_QUOTE);
  const next = text.charCodeAt(at + 1);
  if ((code === MINUS && next === MINUS) || (code === SLASH && next === STAR)) return null;
  if (code === DOLLAR || code === BACKSLASH) return null;
  return isSpace(code) || (code > 32 && code < 127) ? at + 1 : null;
}

/** Of a word or a number; a fraction, an exponent or a base belongs to it. */
function endOfWord(text: string, at: number): number {
  const number = isDigit(text.charCodeAt(at));
  let end = at + 1;
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (!isWord(code) && !(number && code === DOT)) break;
  }
  return end;
}

/** E'…', B'…', U&'…' and their like are read in ways of their own. */
function startsString(text: string, at: number): boolean {
  const before = at === 0 ? 32 : text.charCodeAt(at - 1);
  return !isWord(before) && before !== AMPERSAND && before !== DOUBLE_QUOTE;
}

/** A quote is written twice within. Null when there is no end. */
function endOfQuoted(text: string, at: number, quote: number): number | null {
  for (let end = at + 1; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code === BACKSLASH || code === 0 || code > 126) return null;
    if (code !== quote) continue;
    if (text.charCodeAt(end + 1) !== quote) return end + 1;
    end += 1;
  }
  return null;
}

function isWholeNumber(text: string, at: number, end: number): boolean {
  if (end - at > MOST_DIGITS) return false;
  for (let digit = at; digit < end; digit += 1) if (!isDigit(text.charCodeAt(digit))) return false;
  const [before, after] = [at === 0 ? 32 : text.charCodeAt(at - 1), text.charCodeAt(end)];
  // The grammar reads `1 5` as two tokens, and `.5`, `"a"5` and `5'a'` in ways that need no guessing here.
  return before !== DOT && before !== DOUBLE_QUOTE && after !== QUOTE && after !== DOUBLE_QUOTE;
}

/** Which constants of a tree have been looked at. */
export interface Witness {
  /** True when nobody has looked at the constant that is written at this offset, and it is one. */
  untouched(text: string, offset: number): boolean;
}

const VALUES = ['ival', 'fval', 'sval', 'boolval', 'bsval'] as const;

/**
 * Makes the constants of this parsed text notice who reads them. Its shape is checked first, which looks at everything
 * and makes no difference.
 * @throws Unintelligible as `checkStatements` does
 */
export function watch(tree: unknown): Witness {
  checkStatements(tree);
  const known = new Set<number>();
  const touched = new Set<number>();
  for (const statement of statementsOf(tree)) watchBelow(statement['stmt'], known, touched);
  return {
    untouched: (text, offset) => {
      // `-5` is one constant, which begins at its sign.
      const place = known.has(offset) ? offset : signBefore(text, offset);
      return place !== null && known.has(place) && !touched.has(place);
    },
  };
}

function signBefore(text: string, offset: number): number | null {
  let at = offset - 1;
  while (at >= 0 && isSpace(text.charCodeAt(at))) at -= 1;
  return at >= 0 && text.charCodeAt(at) === MINUS ? at : null;
}

function watchBelow(tree: unknown, known: Set<number>, touched: Set<number>): void {
  if (Array.isArray(tree)) for (const item of tree) watchBelow(item, known, touched);
  else if (isBody(tree)) {
    const constant = tree['A_Const'];
    if (isBody(constant)) watchConstant(constant, known, touched);
    else for (const value of Object.values(tree)) watchBelow(value, known, touched);
  }
}

function watchConstant(body: Body, known: Set<number>, touched: Set<number>): void {
  const offset = typeof body['location'] === 'number' ? body['location'] : 0;
  // Two constants of one place (a macro of the grammar's) are not told apart.
  if (known.has(offset)) touched.add(offset);
  known.add(offset);
  for (const name of VALUES) {
    if (!Object.hasOwn(body, name)) continue;
    const value = body[name];
    Object.defineProperty(body, name, {
      enumerable: true,
      get: () => {
        touched.add(offset);
        return value;
      },
    });
  }
}
