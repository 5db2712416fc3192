import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8 } from '../../src/wire/text.ts';

describe('text', () => {
  it('keeps every character, a byte order mark and NUL included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decodeUtf8(Buffer.from(text, 'utf8'))).toBe(text);
      }),
    );
    expect(decodeUtf8(Buffer.from('\uFEFFa\0b', 'utf8'))).toBe('\uFEFFa\0b');
  });

  it.each([
    ['a stray continuation byte', '80'],
    ['a cut sequence', 'c3'],
    ['an overlong slash', 'c0af'],
    ['an overlong NUL', 'c080'],
    ['a lone surrogate', 'eda080'],
    ['a code point past the last', 'f4908080'],
    ['a byte that starts nothing', 'ff'],
    ['a quote hidden behind a lead byte', 'c327'],
  ])('is not made out of %s (R30)', (_what, hex) => {
    expect(decodeUtf8(Buffer.from(hex, 'hex'))).toBeNull();
    expect(decodeUtf8(Buffer.from(`61${hex}62`, 'hex'))).toBeNull();
  });

  it('is what its bytes are: what decodes encodes back to the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const text = decodeUtf8(bytes);
        if (text !== null) expect(Buffer.from(text, 'utf8').equals(Buffer.from(bytes))).toBe(true);
      }),
    );
  });
});
