import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cursor } from '../../src/wire/cursor.ts';

type Read = 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'bytes' | 'terminated';
const READS: readonly Read[] = ['uint8', 'int16', 'uint16', 'int32', 'uint32', 'bytes', 'terminated'];

const empty = (value: number | Buffer): boolean => (typeof value === 'number' ? value === 0 : value.length === 0);

function read(cursor: Cursor, what: Read, length: number): number | Buffer {
  return what === 'bytes' ? cursor.bytes(length) : cursor[what]();
}

describe('a cursor', () => {
  it('reads numbers in network order, signed and unsigned', () => {
    const cursor = new Cursor(Buffer.from('ff fffe fffe fffffffd fffffffd'.replaceAll(' ', ''), 'hex'));
    expect([cursor.uint8(), cursor.int16(), cursor.uint16(), cursor.int32(), cursor.uint32()]).toEqual([
      255, -2, 65534, -3, 4294967293,
    ]);
    expect(cursor.finished).toBe(true);
  });

  it('reads up to a NUL, which it consumes', () => {
    const cursor = new Cursor(Buffer.from('one\0\0two\0', 'latin1'));
    expect([cursor.terminated(), cursor.terminated(), cursor.terminated()].map(String)).toEqual(['one', '', 'two']);
    expect(cursor.finished).toBe(true);
  });

  it('does not take a string without its NUL', () => {
    const cursor = new Cursor(Buffer.from('never ends', 'latin1'));
    expect(cursor.terminated()).toHaveLength(0);
    expect(cursor.intact).toBe(false);
  });

  it('refuses a negative length instead of reading backwards', () => {
    const cursor = new Cursor(Buffer.from([1, 2, 3, 4]), 2);
    expect(cursor.bytes(-2)).toHaveLength(0);
    expect(cursor.intact).toBe(false);
    expect(cursor.finished).toBe(false);
  });

  it('gives views, not copies', () => {
    const bytes = Buffer.from([1, 2, 3, 4]);
    const view = new Cursor(bytes, 1).bytes(2);
    bytes[1] = 9;
    expect([...view]).toEqual([9, 3]);
  });

  it('is not finished while bytes are left', () => {
    const cursor = new Cursor(Buffer.from([1, 2]));
    cursor.uint8();
    expect([cursor.intact, cursor.finished, cursor.remaining]).toEqual([true, false, 1]);
  });

  it('never reads past the end, never throws, and gives nothing more after it would have', () => {
    const step = fc.tuple(fc.constantFrom(...READS), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.array(step, { maxLength: 30 }), (bytes, steps) => {
        const cursor = new Cursor(Buffer.from(bytes));
        for (const [what, length] of steps) {
          const broken = !cursor.intact;
          const value = read(cursor, what, length);
          expect(cursor.remaining).toBeGreaterThanOrEqual(0);
          if (broken || !cursor.intact) expect(empty(value)).toBe(true);
          if (broken) expect(cursor.intact).toBe(false);
        }
      }),
    );
  });
});
