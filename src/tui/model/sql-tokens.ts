/** What a token of SQL is. `space` separates tokens and may be laid out otherwise; all else stays as it is. */
export type TokenKind =
  | 'space'
  | 'comment'
  | 'line-comment'
  | 'string'
  | 'dollar'
  | 'quoted'
  | 'word'
  | 'number'
  | 'parameter'
  | 'operator'
  | 'punctuation';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

/*
 * As PostgreSQL's scanner reads them, with `standard_conforming_strings` on:
 * https://www.postgresql.org/docs/current/sql-syntax-lexical.html. What is left open runs to the end of the text.
 */
const SPACE = /[ \t\n\r\f\v]+/y;
const LINE_COMMENT = /--[^\n\r]*/y;
const QUOTE_OPENS = /(?:[bBxXnNeE]|[uU]&)?'|(?:[uU]&)?"/y;
const WORD = /[A-Za-z_\u{80}-\u{10ffff}][\w$\u{80}-\u{10ffff}]*/uy;
const NUMBER =
  /(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*(?:\.(?!\.)[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)/y;
const PARAMETER = /\$\d+/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u{80}-\u{10ffff}][\w\u{80}-\u{10ffff}]*)?\$/uy;
const OPERATOR = /(?:(?!--|\/\*)[-+*/<>=~!@#%^&|`?])+/y;

const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', SPACE],
  ['line-comment', LINE_COMMENT],
  ['word', WORD],
  ['number', NUMBER],
  ['parameter', PARAMETER],
  ['operator', OPERATOR],
];

/** The tokens of a text, in order; joined, they are the text. Total: it takes any text, and time linear in its length. */
export function sqlTokens(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length;) {
    const token = tokenAt(text, at);
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

function tokenAt(text: string, at: number): Token {
  if (text.startsWith('/*', at)) return { kind: 'comment', text: text.slice(at, commentEnd(text, at)) };
  const tag = matchAt(DOLLAR_TAG, text, at);
  if (tag !== null) {
    const end = text.indexOf(tag, at + tag.length);
    return { kind: 'dollar', text: text.slice(at, end === -1 ? text.length : end + tag.length) };
  }
  const opening = matchAt(QUOTE_OPENS, text, at);
  if (opening !== null) {
    const kind = opening.endsWith("'") ? 'string' : 'quoted';
    return { kind, text: text.slice(at, quoteEnd(text, at + opening.length, opening)) };
  }
  for (const [kind, pattern] of PATTERNS) {
    const found = matchAt(pattern, text, at);
    if (found !== null) return { kind, text: found };
  }
  // By its code unit, so that half of a pair is a token as well.
  const code = text.codePointAt(at) ?? 0;
  return { kind: 'punctuation', text: text.slice(at, at + (code > 0xffff ? 2 : 1)) };
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  const found = pattern.exec(text)?.[0];
  return found === undefined || found === '' ? null : found;
}

/** Where what was opened by `opening` ends; a doubled quote stands for itself, and in E'…' a backslash for what follows. */
function quoteEnd(text: string, from: number, opening: string): number {
  const quote = opening.slice(-1);
  const stops = /^[eE]/.test(opening) ? /['\\]/g : quote === '"' ? /"/g : /'/g;
  stops.lastIndex = from;
  for (let found = stops.exec(text); found !== null; found = stops.exec(text)) {
    const next = text.charAt(stops.lastIndex);
    if (found[0] === quote && next !== quote) return stops.lastIndex;
    stops.lastIndex += 1;
  }
  return text.length;
}

/** Block comments nest. */
function commentEnd(text: string, from: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = from;
  let depth = 0;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return text.length;
}

const KEYWORDS: ReadonlySet<string> = new Set(
  `ABORT ADD ALL ALTER ANALYZE AND ANY ARRAY AS ASC BEGIN BETWEEN BY CALL CASCADE CASE CAST CHECK CLOSE CLUSTER COLLATE
  COLUMN COMMENT COMMIT CONCURRENTLY CONFLICT CONSTRAINT COPY CREATE CROSS CURRENT_DATE CURRENT_TIMESTAMP CURRENT_USER
  CURSOR DATABASE DEALLOCATE DECLARE DEFAULT DELETE DESC DISCARD DISTINCT DO DROP ELSE END EXCEPT EXCLUDE EXECUTE EXISTS
  EXPLAIN EXTENSION FALSE FETCH FILTER FIRST FOR FOREIGN FROM FULL FUNCTION GRANT GROUP HAVING IF ILIKE IN INDEX INNER
  INSERT INTERSECT INTO IS ISNULL JOIN KEY LANGUAGE LAST LATERAL LEFT LIKE LIMIT LISTEN LOCK MATERIALIZED MERGE MOVE
  NATURAL NOT NOTHING NOTIFY NOTNULL NULL NULLS OFFSET ON ONLY OR ORDER OUTER OVER PARTITION PREPARE PRIMARY PROCEDURE
  PROGRAM READ RECURSIVE REFERENCES REFRESH REINDEX RELEASE RESET RETURNING REVOKE RIGHT ROLE ROLLBACK ROW ROWS SAVEPOINT
  SCHEMA SECURITY SELECT SEQUENCE SESSION SET SHOW SIMILAR SOME START STDIN STDOUT TABLE TABLESPACE TEMP TEMPORARY THEN
  TO TRANSACTION TRIGGER TRUE TRUNCATE TYPE UNION UNIQUE UNLISTEN UNLOGGED UPDATE USER USING VACUUM VALUES VIEW WHEN
  WHERE WINDOW WITH`.split(/\s+/),
);

/** True of a word that is drawn as a keyword; nothing but its colour hangs on it. */
export function isKeyword(word: string): boolean {
  return KEYWORDS.has(word.toUpperCase());
}
