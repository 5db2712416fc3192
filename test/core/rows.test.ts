import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowsOf } from '../../src/core/rows.ts';
import { cellWidth } from '../../src/core/width.ts';

describe('rows', () => {
  it('are the lines themselves where nobody looks, or where they fit', () => {
    const lines = ['a'.repeat(200), ''];
    expect(rowsOf(lines, null)).toBe(lines);
    expect(rowsOf(['short', '', '  indented'], 80)).toEqual(['short', '', '  indented']);
  });

  it('that go on are marked, and go on where their line began', () => {
    expect(rowsOf([`  ${'x'.repeat(20)}It would: nothing`], 20)).toEqual([
      `  ${'x'.repeat(14)}`,
      `  ↪ ${'x'.repeat(6)}It would: `,
      '  ↪ nothing',
    ]);
  });

  it('show all of a line, are no wider than they may be, and begin with nothing that was not its beginning', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '漢', 'e\u0301', 'x'), maxLength: 300 });
    fc.assert(
      fc.property(text, fc.integer({ min: 20, max: 90 }), (line, width) => {
        const [first = '', ...others] = rowsOf([line], width);
        expect(others.every((row) => /^ {0,8}↪ /.test(row))).toBe(true);
        expect(first + others.map((row) => row.replace(/^ {0,8}↪ /, '')).join('')).toBe(line);
        for (const row of [first, ...others]) expect(cellWidth(row)).toBeLessThanOrEqual(width);
      }),
    );
  });
});
