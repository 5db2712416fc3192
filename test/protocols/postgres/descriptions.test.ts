import { describe, expect, it } from 'vitest';
import { columnsOf, inFormats } from '../../../src/protocols/postgres/descriptions.ts';
import { decodeColumns } from '../../../src/protocols/postgres/frames.ts';
import { column, server } from './messages.ts';

describe('a description of columns', () => {
  const described = server.columns(column('a'), column('b'));

  it('is decoded, and the same bytes give the same object', () => {
    const columns = columnsOf(described);
    expect(columns).toEqual(decodeColumns(described));
    expect(columnsOf(Buffer.from(described))).toBe(columns);
  });

  it('of other columns is another one, however many there were', () => {
    const all = Array.from({ length: 2500 }, (_, index) => columnsOf(server.columns(column(`c${index}`)))?.[0]?.name);
    expect(all).toEqual(Array.from({ length: 2500 }, (_, index) => `c${index}`));
  });

  it('that is malformed is none, also the second time', () => {
    const cut = Buffer.from(described.subarray(0, -1));
    expect([columnsOf(cut), columnsOf(cut)]).toEqual([null, null]);
  });

  it('takes the formats that Bind asked for: none, one for all, or one each', () => {
    const columns = columnsOf(described) ?? [];
    const formats = (wanted: readonly number[]): string[] => inFormats(columns, wanted).map(({ format }) => format);
    expect(formats([])).toEqual(['text', 'text']);
    expect(formats([1])).toEqual(['binary', 'binary']);
    expect(formats([0, 1])).toEqual(['text', 'binary']);
    expect(inFormats(columns, [0])).toBe(columns);
    expect(inFormats(columns, [1, 0])).toBe(inFormats(columns, [1, 0]));
    expect(columns.map(({ format }) => format)).toEqual(['text', 'text']);
  });
});
