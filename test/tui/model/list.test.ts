import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyList, type ListMove, moveList, resizeList, seenRows, select } from '../../../src/tui/model/list.ts';

const MOVES: readonly ListMove[] = ['up', 'down', 'page-up', 'page-down', 'first', 'last'];

describe('a list', () => {
  it('keeps the chosen row in sight, whatever is done to it', () => {
    const step = fc.oneof(
      fc.constantFrom(...MOVES),
      fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 20 })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let list = resizeList(emptyList(), 10, 5);
        for (const one of steps) {
          list = typeof one === 'string' ? moveList(list, one) : resizeList(list, ...one);
          if (list.count === 0) expect(list.selected).toBe(0);
          else if (list.height > 0) expect(seenRows(list)).toContain(list.selected);
          expect(seenRows(list)).toHaveLength(Math.min(list.height, list.count));
        }
      }),
    );
  });

  it('moves by pages that overlap by a row', () => {
    const list = moveList(resizeList(emptyList(), 100, 10), 'page-down');
    expect([list.selected, list.top]).toEqual([9, 9]);
    expect(moveList(select(list, 99), 'page-down').selected).toBe(99);
  });
});
