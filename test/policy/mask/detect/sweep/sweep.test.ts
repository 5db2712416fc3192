import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  after,
  all,
  any,
  type Bitmap,
  bytes,
  first,
  not,
  run,
  sequence,
  words,
} from '../../../../../src/policy/mask/detect/sweep/bitmap.ts';
import { WINDOW } from '../../../../../src/policy/mask/detect/sweep/layout.ts';
import { Sweep } from '../../../../../src/policy/mask/detect/sweep/sweep.ts';
import { placesOf } from './reference.ts';

/** Every hit, as its place and its kinds. */
function hitsOf(sweep: Sweep, text: Uint8Array, start = 0, end = text.length): [number, number][] {
  const hits: [number, number][] = [];
  for (sweep.begin(text, start, end); sweep.at >= 0; sweep.skip()) hits.push([sweep.at, sweep.kinds]);
  return hits;
}

function expected(bitmaps: readonly Bitmap[], text: Uint8Array): [number, number][] {
  const places = bitmaps.map((bitmap) => placesOf(bitmap, text));
  return Array.from(text, (_, at): [number, number] => [
    at,
    places.reduce((kinds, of, kind) => (of[at] === true ? kinds | (1 << kind) : kinds), 0) >>> 0,
  ]).filter(([, kinds]) => kinds !== 0);
}

const digit = bytes('0-9');

const { bitmap } = fc.letrec<{ bitmap: Bitmap }>((tie) => ({
  bitmap: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(digit, bytes('a-c'), bytes('@'), bytes('+-'), bytes('\0')),
    fc.tuple(fc.integer({ min: 1, max: 63 }), tie('bitmap')).map(([by, of]) => after(by, of)),
    fc.array(tie('bitmap'), { minLength: 1, maxLength: 3 }).map((of) => all(...of)),
    fc.array(tie('bitmap'), { minLength: 1, maxLength: 3 }).map((of) => any(...of)),
    tie('bitmap').map(first),
    tie('bitmap').map(not),
    fc.tuple(fc.integer({ min: 1, max: 40 }), tie('bitmap')).map(([length, of]) => run(length, of)),
  ),
}));

const text = fc
  .array(fc.tuple(fc.constantFrom(...Buffer.from('0189abc@+-\0\u00ff', 'latin1')), fc.integer({ min: 1, max: 70 })), {
    maxLength: 30,
  })
  .map((runs) => Buffer.concat(runs.map(([byte, length]) => Buffer.alloc(length, byte))));

describe('a sweep', () => {
  it('finds exactly the places that are meant, whatever they are made of', () => {
    fc.assert(
      fc.property(fc.array(bitmap, { minLength: 1, maxLength: 4 }), text, (bitmaps, bytesOf) => {
        expect(hitsOf(new Sweep(bitmaps), bytesOf)).toEqual(expected(bitmaps, bytesOf));
      }),
      { numRuns: 150 },
    );
  });

  it('finds the same across windows as within one', () => {
    const bitmaps = [first(run(13, digit)), sequence(bytes('a'), digit), words(['e', 'y', 'J'])];
    const sweep = new Sweep(bitmaps);
    for (const place of [-70, -64, -14, -13, -12, -3, -2, -1, 0, 1, 2, 5]) {
      const long = Buffer.alloc(WINDOW * 2 + 100, '.');
      long.write(`a${'7'.repeat(20)}eyJ`, WINDOW + place, 'latin1');
      expect(hitsOf(sweep, long), `${place}`).toEqual([
        [WINDOW + place + 1, 2],
        [WINDOW + place + 13, 1],
        [WINDOW + place + 23, 4],
      ]);
    }
  });

  it('knows nothing of what was before its start, or is behind its end', () => {
    const sweep = new Sweep([run(4, digit), words(['', '', '@'], ['e', 'y', 'J'])]);
    const around = Buffer.from('7777eyJ', 'latin1');
    hitsOf(sweep, around);
    expect(hitsOf(sweep, around, 2, 6)).toEqual([]);
    expect(hitsOf(sweep, around, 5, 7)).toEqual([]);
    expect(hitsOf(sweep, around, 4, 7)).toEqual([[6, 2]]);
    expect(hitsOf(sweep, around, 3, 3)).toEqual([]);
  });

  it('finds every word it was asked for, and few others', () => {
    const asked = [
      ['', '', '@'],
      ['e', 'y', 'J'],
      ['A', 'KS', 'I'],
      ['s-', 'k -', '-B'],
    ] as const;
    const bitmaps = [words(...asked)];
    const sweep = new Sweep(bitmaps);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom('@', 'eyJ', 'AKI', 'ASI', 'sk-', '--B', 'x'),
        (noise, word) => {
          const whole = Buffer.concat([noise, Buffer.from(word, 'latin1'), noise]);
          const hits = new Set(hitsOf(sweep, whole).map(([at]) => at));
          for (const [at] of expected(bitmaps, whole)) expect(hits).toContain(at);
        },
      ),
    );
    const plain = Buffer.from(
      'Neither of these words is anything that a detector would care for. '.repeat(20),
      'latin1',
    );
    expect(hitsOf(sweep, plain)).toEqual([]);
  });

  it('reports as many kinds as a word has bits, and refuses more', () => {
    const many = Array.from({ length: 32 }, () => digit);
    expect(hitsOf(new Sweep(many), Buffer.from('a7'))).toEqual([[1, 0xffff_ffff]]);
    expect(() => new Sweep([...many, digit])).toThrow(RangeError);
  });
});
