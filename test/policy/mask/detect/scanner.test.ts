import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectorNamed } from '../../../../src/policy/mask/detect/detectors.ts';
import { Findings } from '../../../../src/policy/mask/detect/findings.ts';
import { DETECTOR_NAMES } from '../../../../src/policy/mask/detect/names.ts';
import { compileScanner } from '../../../../src/policy/mask/detect/scanner.ts';
import { Text } from '../../../../src/policy/mask/detect/text.ts';
import { found, NEAR_MISSES, POSITIVES } from './examples.ts';

type Finding = [start: number, end: number, detector: number];

const scanner = compileScanner(DETECTOR_NAMES);

/** What all detectors find when every one of them looks closely at every byte: no sweep, no triggers. */
function slowly(bytes: Buffer, start: number, end: number): Finding[] {
  const text = new Text();
  [text.bytes, text.start, text.end] = [bytes, start, end];
  const findings = new Findings();
  for (const [index, name] of DETECTOR_NAMES.entries()) {
    for (let at = start; at < end; at++)
      detectorNamed(name)?.find(text, at, (from, to) => findings.add(from, to, index));
  }
  const all: Finding[] = [];
  findings.each((...finding) => all.push(finding));
  return all;
}

const PIECES = [
  ...Object.values(POSITIVES).flat(),
  ...Object.values(NEAR_MISSES).flat(),
  ' ',
  '-',
  '.',
  ',',
  '"',
  '\\n',
  '\\',
  '\n',
  '@',
  '0',
  '4111',
  '2024-01-01 ',
  '+',
  '(',
  ')',
  'é',
  '日本',
  '🙂',
  'a',
  'secret_access_key=',
  '%3D',
  '=',
];
const cell = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 8 })
  .map((pieces) => Buffer.from(pieces.join(''), 'utf8'));
/** Cells whose lengths look like digits, letters and signs to whoever takes them for text. */
const oddCell = fc.tuple(cell, fc.integer({ min: 0x20, max: 0x7a })).map(([bytes, length]) => {
  if (bytes.length >= length) return bytes;
  return Buffer.concat([bytes, Buffer.alloc(length - bytes.length, '.')]);
});

/** Rows as PostgreSQL sends them, with a single cell each, and where the cells are. */
function chunkOf(cells: readonly Buffer[]): { bytes: Buffer; places: [number, number][] } {
  const parts: Buffer[] = [];
  const places: [number, number][] = [];
  let at = 0;
  for (const one of cells) {
    const head = Buffer.alloc(11);
    head.write('D', 'latin1');
    head.writeInt32BE(one.length + 10, 1);
    head.writeInt16BE(1, 5);
    head.writeInt32BE(one.length, 7);
    parts.push(head, one);
    places.push([at + 11, at + 11 + one.length]);
    at += 11 + one.length;
  }
  return { bytes: Buffer.concat(parts), places };
}

describe('a scanner', () => {
  it('finds in a chunk of rows what every detector finds that looks at every byte of every cell', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(cell, oddCell), { maxLength: 6 }), (cells) => {
        const { bytes, places } = chunkOf(cells);
        const fast: Finding[] = [];
        scanner.sweep(bytes, 0, bytes.length);
        for (const [start, end] of places) {
          // As a caller does: cells before the next place near which something may be are not inspected.
          if (scanner.next() >= 0 && scanner.next() < end)
            scanner.inspect(start, end, (...finding) => fast.push(finding));
        }
        expect(fast).toEqual(places.flatMap(([start, end]) => slowly(bytes, start, end)));
      }),
      { numRuns: 2000 },
    );
  });

  it('gives findings in order, apart from each other, in whole characters', () => {
    fc.assert(
      fc.property(cell, (bytes) => {
        let last = 0;
        scanner.scan(bytes, 0, bytes.length, (start, end) => {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(bytes.length);
          for (const edge of [start, end]) expect((bytes[edge] ?? 0) & 0xc0).not.toBe(0x80);
          last = end;
        });
      }),
    );
  });

  it('says nothing where there is nothing', () => {
    const plain = Buffer.from('Nothing of interest here, 2024-01-01 10:11:12.', 'utf8');
    expect(scanner.scan(plain, 0, plain.length, () => expect.unreachable())).toBe(false);
    scanner.sweep(plain, 0, plain.length);
    expect(scanner.next()).toBe(-1);
  });

  it('leaves out detectors that are not active', () => {
    const two = compileScanner(['email', 'ssn']);
    const bytes = Buffer.from('ada@example.com 123-45-6789', 'utf8');
    const names = (active?: readonly boolean[]): number[] => {
      const seen: number[] = [];
      two.scan(bytes, 0, bytes.length, (_start, _end, detector) => seen.push(detector), active);
      return seen;
    };
    expect(names()).toEqual([0, 1]);
    expect(names([false, true])).toEqual([1]);
    expect(names([false, false])).toEqual([]);
  });

  it('makes one of findings that overlap, so that nothing of either is left', () => {
    const both = compileScanner(['/b+c/', '/a+b+/']);
    expect(found(both, 'x aabbc y')).toEqual(['aabbc']);
  });

  it('refuses a name that is no detector', () => {
    expect(() => compileScanner(['emial'])).toThrow(RangeError);
    expect(() => compileScanner(['/(/'])).toThrow(RangeError);
  });
});

describe('an expression', () => {
  it.each([
    ['/EMP-[0-9]{6}/', 'für EMP-123456, EMP-1 und EMP-654321é', ['EMP-123456', 'EMP-654321']],
    ['/(?i)project [a-z]+/', 'PROJECT Ünal, Project Zeus', ['Project Zeus']],
    ['/ü+/', 'aüüb', ['üü']],
    ['/^x.*$/', 'xyz', ['xyz']],
    ['/\\bkey\\b|\\b/', 'a key', ['key']],
  ])('%s is found anywhere in %j', (source, text, expected) => {
    expect(found(compileScanner([source]), text)).toEqual(expected);
  });

  it('sees every cell, each by itself', () => {
    const own = compileScanner(['/^ab/', 'email']);
    const { bytes, places } = chunkOf([Buffer.from('abc'), Buffer.from('xab'), Buffer.from('ab a@b.co')]);
    const seen: string[] = [];
    own.sweep(bytes, 0, bytes.length);
    for (const [start, end] of places) {
      expect(own.next()).toBeLessThan(end);
      expect(own.next()).toBeGreaterThanOrEqual(0);
      own.inspect(start, end, (from, to) => seen.push(bytes.toString('utf8', from, to)));
    }
    expect(seen).toEqual(['ab', 'ab', 'a@b.co']);
    expect(own.next()).toBe(-1);
  });
});
