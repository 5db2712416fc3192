import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ahead, Tally } from '../../../../src/protocols/ssh/sftp/tally.ts';

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
          const tally = new Tally(true, new Ahead());
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
    const tally = new Tally(true, new Ahead());
    for (const [offset, text] of pieces) tally.add(offset, Buffer.from(text));
    expect(tally.sha256()).toBeNull();
  });

  it('keeps no more than a window of what came early', () => {
    const tally = new Tally(true, new Ahead());
    const piece = Buffer.alloc(1024 * 1024);
    for (let index = 1; index <= 5; index += 1) tally.add(index * piece.length, piece);
    tally.add(0, piece);
    expect([tally.bytes, tally.sha256()]).toEqual([6 * piece.length, null]);
  });

  it('shares with others what may come early, and gives it back', () => {
    const shared = new Ahead();
    const piece = Buffer.alloc(4 * 1024 * 1024);
    const files = Array.from({ length: 5 }, () => new Tally(true, shared));
    const sums = (): number => files.filter((tally) => tally.sha256() !== null).length;
    for (const tally of files) tally.add(piece.length, piece);
    // There was no room for the last.
    for (const tally of files) tally.add(0, piece);
    expect(sums()).toBe(4);
    const left = Array.from({ length: 4 }, () => new Tally(true, shared));
    for (const tally of left) tally.add(piece.length, piece);
    for (const tally of left) expect(tally.sha256()).toBeNull();
    expect(shared.take(4 * piece.length)).toBe(true);
    expect(shared.take(1)).toBe(false);
  });

  it('has no sum where offsets do not say where bytes lie', () => {
    const tally = new Tally(false, new Ahead());
    tally.add(0, Buffer.from('abc'));
    expect([tally.bytes, tally.sha256()]).toEqual([3, null]);
  });
});
