import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOutSql } from '../../../src/tui/model/sql-layout.ts';
import { sqlTokens } from '../../../src/tui/model/sql-tokens.ts';
import { safeText, textOf } from '../../../src/tui/safe-text.ts';
import { effort } from '../../effort.ts';

const fragment = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom(' ', '\n', '\t ', ';', '(', ')', ',', "'", '"', '$', '$$', '$a$', '--', '/*', '*/', '\\', '\r', '.'),
  fc.constantFrom(
    "'it''s'",
    "E'a\\'b'",
    "U&'d\\0061t'",
    '"a ""b"""',
    '$x$ body $x$',
    '/* a /* b */ c */',
    '-- c\n',
    '1.5e-3',
  ),
  fc.constantFrom(
    'SELECT',
    'from',
    'Where',
    'and',
    'between',
    'LEFT',
    'join',
    'update',
    'set',
    'UNION',
    'all',
    'a',
    'ü',
    '$1',
  ),
);
const sql = fc.array(fragment, { maxLength: 40 }).map((parts) => parts.join(''));

/** What is shown, without the room between tokens: every line's own spaces count where it goes on within a token. */
function shownTokens(text: string): string {
  return layOutSql(text)
    .map(({ line }) => textOf(line))
    .join('')
    .replace(/ /g, '');
}

/** Whether a token is shown as it is. */
function isPlain(token: string): boolean {
  return token.split('\n').every((part) => safeText(part) === part);
}

describe('a statement’s tokens', () => {
  it('are the statement when joined, whatever it is', () => {
    fc.assert(
      fc.property(sql, (text) => {
        const tokens = sqlTokens(text);
        expect(tokens.map((token) => token.text).join('')).toBe(text);
        expect(tokens.every((token) => token.text !== '')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["'it''s'", ['string']],
    ["E'a\\'; drop'", ['string']],
    ["'a\\' drop", ['string', 'space', 'word']],
    ["U&'\\0061'", ['string']],
    ['"a "" b"', ['quoted']],
    ['$a$ $b$ ; $a$', ['dollar']],
    ['a$b$c$b$', ['word']],
    ['/* a /* b */ ; */', ['comment']],
    ['-- x\rdrop', ['line-comment', 'space', 'word']],
    ['$1', ['parameter']],
    ['a--b', ['word', 'line-comment']],
    ["'open", ['string']],
    ['drop\u00a0table', ['word']],
  ])('of %s are %j', (text, kinds) => {
    expect(sqlTokens(text).map(({ kind }) => kind)).toEqual(kinds);
  });

  it('take time that grows with the text alone', () => {
    const spent = effort();
    for (const unit of ["'", '"', '/*', '$', '(', 'a', "E'\\'"]) sqlTokens(unit.repeat(200_000));
    expect(spent()).toBeLessThan(5000);
  });
});

describe('a statement that is laid out', () => {
  it('shows every token in full and in order, whatever it is', () => {
    fc.assert(
      fc.property(sql, (text) => {
        const tokens = sqlTokens(text).filter(({ kind }) => kind !== 'space');
        const wanted = tokens.map((token) => token.text.split('\n').map(safeText).join('')).join('');
        expect(shownTokens(text)).toBe(wanted.replace(/ /g, ''));
      }),
      { numRuns: 500 },
    );
  });

  it('means the same: where there was no space none is put, and where there was some there is some', () => {
    fc.assert(
      fc.property(sql, (text) => {
        const again = layOutSql(text)
          .map(({ line }) => textOf(line))
          .join('\n');
        // Only texts of which nothing had to be marked can be read again, and tokens are marked each by itself.
        fc.pre(text.split(/[\n\r\t\v\f]/).every((part) => safeText(part) === part) && !/[\r\v\f]/.test(text));
        fc.pre(sqlTokens(text).every(({ kind, text: own }) => kind === 'space' || isPlain(own)));
        fc.pre(sqlTokens(text).every((token) => token.kind === 'space' || !token.text.includes('\t')));
        const kept = (of: string) => sqlTokens(of).map(({ kind, text: own }) => (kind === 'space' ? ' ' : own));
        expect(kept(again).join('').trim()).toBe(kept(text).join('').trim());
      }),
      { numRuns: 1000 },
    );
  });

  it('puts clauses on lines of their own', () => {
    const text = `SELECT a, b FROM t LEFT JOIN u ON u.id = t.id WHERE a BETWEEN 1 AND 2 AND b IN (SELECT c FROM v WHERE d > 1) ORDER BY a`;
    expect(layOutSql(text).map(({ line }) => textOf(line))).toEqual([
      'SELECT a, b',
      'FROM t',
      '  LEFT JOIN u ON u.id = t.id',
      'WHERE a BETWEEN 1 AND 2',
      '  AND b IN (SELECT c',
      '  FROM v',
      '  WHERE d > 1)',
      'ORDER BY a',
    ]);
  });

  it('says which lines go on within a token, whose spaces are its own', () => {
    expect(layOutSql("SELECT 'a\n  b'").map(({ line, within }) => [textOf(line), within])).toEqual([
      ["SELECT 'a", false],
      ["  b'", true],
    ]);
  });

  it('ends the line of a comment that runs to its end', () => {
    expect(layOutSql('SELECT 1 -- all\n, 2').map(({ line }) => textOf(line))).toEqual(['SELECT 1 -- all', ', 2']);
  });

  it('marks what would not be seen', () => {
    expect(layOutSql("SELECT '\u202egnp'")[0]?.line).toContainEqual({ text: '<U+202E>', tone: 'mark' });
  });

  it('marks what would be drawn over the end of another token', () => {
    expect(layOutSql('SELECT 1.5e-3\u0e34').map(({ line }) => textOf(line))).toEqual(['SELECT 1.5e-3<U+0E34>']);
  });
});
