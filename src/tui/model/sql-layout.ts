import type { Line, Span, Tone } from '../safe-text.ts';
import { safeLine } from '../safe-text.ts';
import { isKeyword, sqlTokens, type Token } from './sql-tokens.ts';

/** A line of a statement that is laid out to be read. */
export interface SqlLine {
  readonly line: Line;
  /** True when it goes on within a token (a string, a comment): its leading spaces are the statement's own. */
  readonly within: boolean;
}

const TONES: Readonly<Record<Token['kind'], Tone>> = {
  space: 'plain',
  comment: 'comment',
  'line-comment': 'comment',
  string: 'string',
  dollar: 'string',
  quoted: 'name',
  word: 'plain',
  number: 'number',
  parameter: 'accent',
  operator: 'plain',
  punctuation: 'plain',
};

/** Words that begin a line of their own, and how far it is indented against the statement's first. */
const CLAUSES: ReadonlyMap<string, number> = new Map([
  ...['SELECT', 'FROM', 'WHERE', 'GROUP', 'ORDER', 'HAVING', 'LIMIT', 'OFFSET', 'WINDOW', 'UNION', 'INTERSECT']
    .concat(['EXCEPT', 'VALUES', 'RETURNING', 'SET', 'INSERT', 'UPDATE', 'DELETE', 'WITH'])
    .map((word) => [word, 0] as const),
  ...['JOIN', 'LEFT', 'RIGHT', 'FULL', 'INNER', 'CROSS', 'NATURAL', 'AND', 'OR'].map((word) => [word, 2] as const),
]);
/** After these, the next word goes on with what they began: `LEFT JOIN`, `DELETE FROM`, `FOR UPDATE`, `ALTER … SET`. */
const JOINING = new Set(['LEFT', 'RIGHT', 'FULL', 'INNER', 'CROSS', 'NATURAL', 'OUTER']);
const OPENING = new Set([
  'DELETE',
  'FOR',
  'DO',
  'ON',
  'BY',
  'KEY',
  'IS',
  'DISTINCT',
  'TO',
  'GRANT',
  'REVOKE',
  'BEFORE',
]);
const OPENING_TOO = new Set(['AFTER', 'WITHIN', 'UNION', 'ALL', 'AS', 'CHARACTER', 'NO']);
const INDENT = 2;
/** Deeper than anybody reads; keeps a line's indent from growing with hostile parentheses. */
const MAX_DEPTH = 12;
/** Shorter statements stay on one line. */
const SHORT = 60;

/**
 * A statement laid out on lines: only the space between its tokens is another, and only where there was some, so that
 * what is read is what is sent. Characters that would not be seen are marked, keywords coloured. All of it is there.
 */
export function layOutSql(text: string): readonly SqlLine[] {
  const layout = new Layout(text.length > SHORT);
  let before: Token | null = null;
  let spaceBefore = false;
  let lineBefore = false;
  for (const token of sqlTokens(text)) {
    if (token.kind === 'space') {
      spaceBefore = true;
      lineBefore = /[\n\r]/.test(token.text);
      continue;
    }
    layout.add(token, before, spaceBefore, lineBefore);
    before = token;
    spaceBefore = false;
    lineBefore = false;
  }
  return layout.lines;
}

class Layout {
  readonly lines: SqlLine[] = [];
  readonly #breaks: boolean;
  #depth = 0;
  #between = 0;
  #spans: Span[] = [];
  #wordBefore = '';

  constructor(breaks: boolean) {
    this.#breaks = breaks;
    this.lines.push({ line: this.#spans, within: false });
  }

  add(token: Token, before: Token | null, spaceBefore: boolean, lineBefore: boolean): void {
    const word = token.kind === 'word' ? token.text.toUpperCase() : '';
    if (token.text === ')') this.#depth = Math.max(0, this.#depth - 1);
    if (before !== null && spaceBefore) this.#space(token, word, before, lineBefore);
    if (token.text === '(') this.#depth += 1;
    // `BETWEEN 1 AND 2` is one condition.
    if (word === 'BETWEEN') this.#between += 1;
    this.#put(token);
    if (token.kind !== 'comment' && token.kind !== 'line-comment') this.#wordBefore = word;
  }

  #space(token: Token, word: string, before: Token, lineBefore: boolean): void {
    const strings = before.kind === 'string' && token.kind === 'string';
    // A line comment ends with its line, and strings on two lines are one string: there the line feed is no layout.
    if (before.kind === 'line-comment' || (strings && lineBefore)) this.#newLine(0);
    else if (!strings && this.#breaksBefore(word, before)) this.#newLine(CLAUSES.get(word) ?? 0);
    else this.#spans.push({ text: ' ', tone: 'plain' });
  }

  #breaksBefore(word: string, before: Token): boolean {
    if (before.text === ';' && this.#depth === 0) return true;
    if (!this.#breaks || !CLAUSES.has(word)) return false;
    if (word === 'AND' && this.#between > 0) {
      this.#between -= 1;
      return false;
    }
    if (before.text === '(') return false;
    const last = this.#wordBefore;
    if (JOINING.has(last)) return false;
    return !OPENING.has(last) && !OPENING_TOO.has(last);
  }

  #newLine(indent: number): void {
    const cells = Math.min(this.#depth, MAX_DEPTH) * INDENT + indent;
    this.#spans = cells === 0 ? [] : [{ text: ' '.repeat(cells), tone: 'plain' }];
    this.lines.push({ line: this.#spans, within: false });
  }

  #put(token: Token): void {
    const tone = token.kind === 'word' && isKeyword(token.text) ? 'keyword' : TONES[token.kind];
    for (const [index, part] of token.text.split('\n').entries()) {
      if (index > 0) {
        this.#spans = [];
        this.lines.push({ line: this.#spans, within: true });
      }
      for (const span of safeLine(part, tone)) this.#spans.push(span);
    }
  }
}

/** The beginning of a statement on one line: a label, of which as much is there as a row can show. */
export function sqlLabel(text: string, cells: number): Line {
  const spans: Span[] = [];
  let room = cells;
  for (const { kind, text: own } of sqlTokens(text.slice(0, 4 * cells))) {
    if (room < 0) break;
    const tone = kind === 'word' && isKeyword(own) ? 'keyword' : TONES[kind];
    spans.push(
      ...(kind === 'space' ? [{ text: spans.length === 0 ? '' : ' ', tone }] : safeLine(own.replace(/\n/g, ' '), tone)),
    );
    room -= kind === 'space' ? 1 : own.length;
  }
  return spans;
}
