import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HoopError } from '../../../../src/core/errors.ts';
import type { CellMask } from '../../../../src/core/mask.ts';
import { decodeRow } from '../../../../src/protocols/postgres/frames.ts';
import { Rows } from '../../../../src/protocols/postgres/masking/rows.ts';
import { Slate } from '../../../../src/protocols/postgres/masking/slate.ts';
import { i16, i32, message } from '../messages.ts';
import { MARKS, marked } from './marks.ts';

type Row = readonly (Buffer | null)[];

const cell = (value: Buffer | null): Buffer => (value === null ? i32(-1) : Buffer.concat([i32(value.length), value]));
const encoded = (row: Row): Buffer => message('D', i16(row.length), ...row.map(cell));
const encodedAll = (rows: readonly Row[]): Buffer => Buffer.concat(rows.map(encoded));
const maskedRow = (row: Row, masks: readonly (CellMask | null)[]): Row =>
  row.map((value, index) => marked(masks[index] ?? null, value));

/** Rewrites a copy, in the middle of other bytes which must stay as they are. */
function rewritten(frames: Buffer, masks: readonly (CellMask | null)[], slate = new Slate()): Buffer {
  const around = Buffer.alloc(16, 0xaa);
  const memory = Buffer.concat([around, frames, around]);
  const shown = new Rows(slate).rewrite(memory.subarray(16, 16 + frames.length), masks);
  const outside = Buffer.concat([memory.subarray(0, 16), memory.subarray(16 + frames.length)]);
  expect(outside).toEqual(Buffer.concat([around, around]));
  return shown;
}

const value = fc.option(
  fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
  { freq: 5 },
);
const result = fc
  .array(fc.constantFrom<CellMask | null>(null, null, ...Object.values(MARKS)), { minLength: 0, maxLength: 6 })
  .chain((masks) =>
    fc.record({
      masks: fc.constant(masks),
      rows: fc.array(fc.tuple(...masks.map(() => value)) as fc.Arbitrary<Row>, { maxLength: 20 }),
      long: fc.boolean(),
    }),
  );

describe('rewriting rows', () => {
  it('gives the rows with masked cells in the place of others, byte for byte', () => {
    fc.assert(
      fc.property(result, ({ masks, rows, long }) => {
        const many = long ? Array.from({ length: 40 }, () => rows).flat() : rows;
        const expected = encodedAll(many.map((row) => maskedRow(row, masks)));
        expect(rewritten(encodedAll(many), masks).equals(expected)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('gives them in any pieces of whole rows, each of which holds until the slate is wiped', () => {
    fc.assert(
      fc.property(result, fc.array(fc.nat({ max: 5 })), ({ masks, rows }, cuts) => {
        const slate = new Slate();
        const pieces: Buffer[] = [];
        let from = 0;
        for (const cut of [...cuts, rows.length]) {
          pieces.push(rewritten(encodedAll(rows.slice(from, from + cut)), masks, slate));
          from += cut;
        }
        const expected = encodedAll(rows.map((row) => maskedRow(row, masks)));
        expect(Buffer.concat(pieces).equals(expected)).toBe(true);
      }),
    );
  });

  it('may use the same memory again when it was wiped', () => {
    const slate = new Slate();
    const masks = [MARKS['tenfold'] ?? null];
    const row = [Buffer.from('some value')];
    const first = rewritten(encoded(row), masks, slate);
    slate.wipe();
    const second = rewritten(encoded(row), masks, slate);
    expect(second).toEqual(encoded(maskedRow(row, masks)));
    expect(second.buffer).toBe(first.buffer);
  });

  it('takes no other memory while cells do not become longer', () => {
    const masks = [null, MARKS['same'] ?? null, MARKS['half'] ?? null, MARKS['nothing'] ?? null];
    const frames = encodedAll(
      Array.from({ length: 9 }, () => ['a', 'bb', 'long enough', 'c'].map((one) => Buffer.from(one))),
    );
    const shown = new Rows(new Slate()).rewrite(frames, masks);
    expect(shown.buffer).toBe(frames.buffer);
    expect(shown.length).toBeLessThan(frames.length);
  });

  it('does not move anything while every length stays as it is', () => {
    const masks = [null, MARKS['same'] ?? null];
    const rows = Array.from({ length: 9 }, () => [Buffer.from('clear'), Buffer.from('secret')]);
    const frames = encodedAll(rows);
    const shown = new Rows(new Slate()).rewrite(frames, masks);
    expect([shown.buffer, shown.byteOffset, shown.length]).toEqual([frames.buffer, frames.byteOffset, frames.length]);
    expect(shown).toEqual(encodedAll(rows.map((row) => maskedRow(row, masks))));
  });

  it('masks 1600 columns', () => {
    const marks = Object.values(MARKS);
    const masks = Array.from({ length: 1600 }, (_one, index) =>
      index % 3 === 0 ? (marks[index % marks.length] ?? null) : null,
    );
    const row = Array.from({ length: 1600 }, (_one, index) => (index % 7 === 0 ? null : Buffer.from(`value ${index}`)));
    const frames = encodedAll([row, row]);
    expect(rewritten(frames, masks).equals(encodedAll([row, row].map((one) => maskedRow(one, masks))))).toBe(true);
  });

  it('masks rows of many megabytes', () => {
    const masks = [null, MARKS['constant'] ?? null, MARKS['double'] ?? null];
    const row = [Buffer.alloc(3_000_000, 'a'), Buffer.from('b'), Buffer.alloc(5_000_000, 'c')];
    expect(
      rewritten(encodedAll([row, row]), masks).equals(encodedAll([row, row].map((one) => maskedRow(one, masks)))),
    ).toBe(true);
  });

  it('masks rows without columns', () => {
    expect(rewritten(encodedAll([[], []]), [])).toEqual(encodedAll([[], []]));
  });
});

describe('rows that are not what the server described', () => {
  const masks = [null, MARKS['constant'] ?? null, null];
  const good = encoded([Buffer.from('a'), Buffer.from('secret'), null]);
  const refused = (frames: Buffer): void => {
    let thrown: unknown = null;
    try {
      new Rows(new Slate()).rewrite(Buffer.from(frames), masks);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(HoopError);
    expect(thrown).toMatchObject({ code: 'postgres.protocol' });
    expect((thrown as HoopError).message).not.toContain('secret');
  };

  it('are refused with fewer or more cells than columns', () => {
    refused(encoded([Buffer.from('a'), Buffer.from('secret')]));
    refused(encoded([Buffer.from('a'), Buffer.from('secret'), null, null]));
    refused(encoded([]));
    refused(Buffer.concat([good, encoded([Buffer.from('secret')])]));
  });

  it.each([
    ['a cell that is longer than the row', (bytes: Buffer) => bytes.writeInt32BE(1000, 7)],
    ['a cell that is as long as can be', (bytes: Buffer) => bytes.writeInt32BE(0x7fffffff, 7)],
    ['a cell of negative length', (bytes: Buffer) => bytes.writeInt32BE(-2, 7)],
    ['a cell of the most negative length', (bytes: Buffer) => bytes.writeInt32BE(-0x80000000, 7)],
    ['a masked cell of negative length', (bytes: Buffer) => bytes.writeInt32BE(-7, 12)],
    ['a masked cell that reaches behind the row', (bytes: Buffer) => bytes.writeInt32BE(11, 12)],
    ['a cell that ends before the row does', (bytes: Buffer) => bytes.writeInt32BE(0, 7)],
    ['more cells than it holds', (bytes: Buffer) => bytes.writeUInt16BE(0xffff, 5)],
  ])('are refused with %s', (_what, bend) => {
    const bent = Buffer.from(good);
    bend(bent);
    refused(Buffer.concat([bent, good]));
  });

  it('are refused when they end early, at every byte', () => {
    for (let length = 5; length < good.length; length += 1) {
      const cut = Buffer.from(good.subarray(0, length));
      cut.writeInt32BE(length - 1, 1);
      refused(cut);
      refused(Buffer.concat([cut, good]));
    }
  });

  it('never come through with what they hold, whatever is changed in them', () => {
    fc.assert(
      fc.property(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
        const bent = Buffer.from(good);
        bent[at] = byte;
        bent.writeInt32BE(good.length - 1, 1);
        let shown: Buffer | null = null;
        try {
          shown = new Rows(new Slate()).rewrite(bent, masks);
        } catch (error) {
          expect(error).toMatchObject({ code: 'postgres.protocol' });
        }
        // What still is a row of three cells has the second one masked.
        const cells = shown === null ? null : decodeRow(shown);
        if (shown !== null) expect(['[redacted]', undefined]).toContain(cells?.[1]?.toString());
      }),
    );
  });
});
