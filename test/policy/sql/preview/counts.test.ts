import { describe, expect, it } from 'vitest';
import { countsOf, difference } from '../../../../src/policy/sql/preview/counts.ts';
import { factsOf } from '../../../../src/policy/sql/preview/facts.ts';

describe('what is done to tables', () => {
  it('is the difference of two looks, in the order of their names', () => {
    const before = countsOf([['app', 'a', '5', '0', '1']]);
    const after = countsOf([
      ['app', 'b', '0', '2', '0'],
      ['app', 'a', '5', '0', '4'],
      ['app', 'same', '0', '0', '0'],
    ]);
    expect(difference(before ?? [], after ?? [])).toEqual([
      { schema: 'app', name: 'a', inserted: 0, updated: 0, deleted: 3 },
      { schema: 'app', name: 'b', inserted: 0, updated: 2, deleted: 0 },
    ]);
  });

  it('is not known when the answer is none', () => {
    expect(countsOf([['app', null, '1', '1', '1']])).toBeNull();
    expect(countsOf([['app', 'a', '1']])).toBeNull();
  });
});

describe('what has to be known of a table', () => {
  const text = (key: unknown): string =>
    JSON.stringify({
      kind: 'r',
      key,
      columns: [{ name: 'id', type: 'integer', generated: false, always: false, filled: true }],
      counting: 'on',
    });

  it('has a key only where all of it is of the server’s own types', () => {
    expect(factsOf(text([['id', 23]]))?.key).toEqual([{ name: 'id', type: 23 }]);
    expect(
      factsOf(
        text([
          ['id', 23],
          ['mood', 16_500],
        ]),
      )?.key,
    ).toEqual([]);
    expect(factsOf(text(null))?.key).toEqual([]);
  });

  it('is nothing when the answer is none', () => {
    for (const answer of [null, undefined, 'null', '[]', '{}', text([[1, 2]]), text([['id', 'int']])]) {
      expect(factsOf(answer)).toBeNull();
    }
  });
});
