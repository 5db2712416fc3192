import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cutLine,
  fitLine,
  lineWidth,
  safeLine,
  safeLines,
  safeText,
  sliceLine,
  textOf,
  wrapLine,
} from '../../src/tui/safe-text.ts';

const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const anything = fc.string({ unit: 'binary' });
/** Texts of which much is what a terminal obeys, hides or measures in its own way. */
const hostile = fc
  .array(
    fc.oneof(
      anything,
      fc.constantFrom(
        '\u001b]0;title\u0007',
        '\u001b[8m',
        '\u009b2J',
        '\u202e',
        '\u200b',
        '\u{e0041}',
        '\ufe0f',
        '\ud800',
      ),
      fc.constantFrom(
        'e\u0301',
        '\u0301',
        '日本',
        '👍🏽',
        '🇩🇪',
        '각',
        '\u00a0',
        '\u2800',
        'a\u0300\u0301\u0302\u0303',
        '\t',
        '\r\n',
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('a foreign text', () => {
  it('holds nothing that a terminal obeys or hides, whatever it was', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(safeText(text)).not.toMatch(UNSAFE);
        for (const line of safeLines(text)) expect(textOf(line)).not.toMatch(UNSAFE);
      }),
    );
  });

  it('marks what would not be seen, and tells such a mark from the same letters typed', () => {
    expect(safeLine('a\u202eb')).toEqual([
      { text: 'a', tone: 'plain' },
      { text: '<U+202E>', tone: 'mark' },
      { text: 'b', tone: 'plain' },
    ]);
    expect(safeLine('a<U+202E>b')).toEqual([{ text: 'a<U+202E>b', tone: 'plain' }]);
  });

  it.each([
    ['a no-break space, which SQL takes for a letter', 'drop\u00a0table', 'drop<U+00A0>table'],
    ['a blank that is no space', 'a\u2800b', 'a<U+2800>b'],
    ['a flag, of which terminals disagree how wide it is', '🇩🇪', '<U+1F1E9><U+1F1EA>'],
    ['a mark with nothing to stand on', '\u0301a', '<U+0301>a'],
    ['marks that pile up', 'a\u0300\u0301\u0302', 'a\u0300\u0301<U+0302>'],
    ['half of a pair', '\ud800x', '<U+D800>x'],
    ['a carriage return', 'a\rb', 'a<U+000D>b'],
  ])('names %s', (_, text, shown) => {
    expect(safeText(text)).toBe(shown);
  });

  it('leaves writing as it is', () => {
    for (const text of ['naïve café', '日本語', 'שלום', 'e\u0301te\u0301', "it's 100 % → ok"])
      expect(safeText(text)).toBe(text);
  });

  it('keeps its lines and shows its tabs as room', () => {
    expect(safeLines('a\r\n\tb\n').map(textOf)).toEqual(['a', '  b', '']);
  });
});

describe('a line', () => {
  it('is wrapped into rows that show all of it, none of them too wide', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 2, max: 30 }), (text, cells) => {
        const line = safeLine(text);
        const rows = wrapLine(line, cells);
        expect(rows.map(textOf).join('')).toBe(textOf(line));
        for (const row of rows) expect(lineWidth(row)).toBeLessThanOrEqual(cells);
      }),
    );
  });

  it('is cut, filled and sliced to exactly the cells there are', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 20 }), (text, cells, from) => {
        const line = safeLine(text);
        expect(lineWidth(fitLine(line, cells))).toBe(cells);
        const slice = sliceLine(line, from, cells);
        expect(lineWidth(slice)).toBe(Math.max(0, Math.min(cells, lineWidth(line) - from)));
      }),
    );
  });

  it('has nothing of a wide character where there is no room', () => {
    expect(sliceLine(safeLine('日本'), 3, 0)).toEqual([]);
    expect(textOf(sliceLine(safeLine('日本'), 3, 1))).toBe(' ');
  });

  it('says with an ellipsis that something is missing', () => {
    expect(textOf(cutLine(safeLine('abcdef'), 4))).toBe('abc…');
    expect(textOf(cutLine(safeLine('日本語'), 4))).toBe('日 …');
    expect(textOf(cutLine(safeLine('abcd'), 4))).toBe('abcd');
  });
});
