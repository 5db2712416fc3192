import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visible, visibleLines } from '../../src/core/visible.ts';
import { cellWidth, cutToWidth, padToWidth } from '../../src/core/width.ts';

/** Everything that a terminal or a reader must not be handed. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

describe('a text made visible', () => {
  test('has no invisible character left, whatever it was, and plain text stays as it is', () => {
    const property = fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(visible(text)).not.toMatch(INVISIBLE);
      expect(visibleLines(text).replaceAll('\n', '')).not.toMatch(INVISIBLE);
    });
    expect(() => fc.assert(property)).not.toThrow();
    expect(visible("select 'ä日本' → 1")).toBe("select 'ä日本' → 1");
    expect(visible('a\nb\tc')).toBe('a<U+000A>b<U+0009>c');
    expect(visibleLines('a\r\nb\tc\rd')).toBe('a\nb  c<U+000D>d');
  });

  test('is measured, cut and padded in cells of a terminal', () => {
    expect(cellWidth('日本')).toBe(4);
    expect(cellWidth('e\u0301')).toBe(1);
    expect(cutToWidth('日本語', 5)).toBe('日本…');
    expect(cutToWidth('日本語', 4)).toBe('日…');
    expect(cutToWidth('abc', 3)).toBe('abc');
    expect(padToWidth('日', 4)).toBe('日  ');
  });
});
