import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MALFORMED_REST, wellFormed } from '../../../../src/policy/mask/stream/well-formed.ts';

const read = (bytes: readonly number[]): Buffer => wellFormed(Buffer.from(bytes), 0, bytes.length);

/** The characters of it, each byte that is in none as one. */
function characters(bytes: Buffer): string {
  return Buffer.from(bytes.filter((byte) => byte !== MALFORMED_REST)).toString('utf8');
}

describe('bytes of which some are no UTF-8', () => {
  it('are the same where they are UTF-8', () => {
    const bytes = Buffer.from('ab\u0001 ä€ 😀\r\n');
    expect(wellFormed(bytes, 0, bytes.length)).toBe(bytes);
  });

  it('keep the controls and letters that break a character off', () => {
    expect(read([0xe0, 0x0d, 0xf0, 0x9f, 0x1b, 0x41]).filter((byte) => byte < 0x80)).toEqual(
      Buffer.of(0x0d, 0x1b, 0x41),
    );
  });

  it('have nothing changed before and behind', () => {
    const bytes = Buffer.of(0xff, 0x41, 0xe0, 0x41, 0xff);
    expect(wellFormed(bytes, 1, 4)).toEqual(Buffer.of(0xff, 0x41, 0xff, 0x41, 0xff));
  });

  it('are read in characters as every decoder does, each as long as it was', () => {
    // Bytes that characters begin and go on with, more often than chance has them.
    const byte = fc.oneof(fc.nat(255), fc.constantFrom(0x80, 0x90, 0xa0, 0xbf, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 12 }), (bytes) => {
        const formed = read(bytes);
        expect(formed).toHaveLength(bytes.length);
        expect(Buffer.from(characters(formed))).toEqual(Buffer.from(Buffer.from(bytes).toString('utf8')));
      }),
      { numRuns: 2000 },
    );
  });
});
