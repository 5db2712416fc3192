import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Tally } from '../../../../src/protocols/ssh/sftp/tally.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('a tally', () => {
  it('sums up what comes in any order and any pieces', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.array(fc.nat(199)),
        fc.nat(),
        (bytes, cuts, seed) => {
          const places = [...new Set(cuts.map((cut) => cut % bytes.length).filter((cut) => cut > 0))].toSorted(
            (a, b) => a - b,
          );
          const pieces = [0, ...places].map((from, index) => ({
            from,
            piece: bytes.slice(from, places[index] ?? bytes.length),
          }));
          const tally = new Tally(true);
          for (const { from, piece } of pieces.toSorted(
            (a, b) => ((a.from * 31 + seed) % 7) - ((b.from * 31 + seed) % 7),
          )) {
            tally.add(from, Buffer.from(piece));
          }
          expect([tally.bytes, tally.sha256()]).toEqual([bytes.length, sha256(bytes)]);
        },
      ),
    );
  });

  it.each([
    ['does not begin at the beginning', [[5, 'abc']]],
    [
      'has a gap',
      [
        [0, 'abc'],
        [4, 'def'],
      ],
    ],
    [
      'passes twice',
      [
        [0, 'abc'],
        [0, 'abc'],
      ],
    ],
    [
      'overlaps',
      [
        [0, 'abc'],
        [2, 'def'],
      ],
    ],
  ] as const)('has no sum of what %s', (_, pieces) => {
    const tally = new Tally(true);
    for (const [offset, text] of pieces) tally.add(offset, Buffer.from(text));
    expect(tally.sha256()).toBeNull();
  });

  it('keeps no more than a window of what came early', () => {
    const tally = new Tally(true);
    const piece = Buffer.alloc(1024 * 1024);
    for (let index = 1; index <= 5; index += 1) tally.add(index * piece.length, piece);
    tally.add(0, piece);
    expect([tally.bytes, tally.sha256()]).toEqual([6 * piece.length, null]);
  });

  it('has no sum where offsets do not say where bytes lie', () => {
    const tally = new Tally(false);
    tally.add(0, Buffer.from('abc'));
    expect([tally.bytes, tally.sha256()]).toEqual([3, null]);
  });
});
