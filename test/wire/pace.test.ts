import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/wire/pace.ts';

const PIECE = 8 * 1024;

/** How many pieces in a row are read before the first rest. */
function untilRest(pace: Pace): number {
  for (let count = 1; count <= 100; count += 1) if (pace.after(PIECE, true) !== null) return count;
  return Infinity;
}

describe('the pace of reading', () => {
  it('rests in the middle of bulk that comes in small pieces, and not before it is bulk', async () => {
    const pace = new Pace();
    expect(untilRest(pace)).toBe(17);
    const rest = pace.after(PIECE, true);
    expect(rest).not.toBeNull();
    await rest;
  });

  it('does not rest after what is large already', () => {
    const pace = new Pace();
    for (let count = 0; count < 50; count += 1) expect(pace.after(256 * 1024, true)).toBeNull();
  });

  it('never keeps the end of anything waiting, and begins anew behind it', () => {
    const pace = new Pace();
    untilRest(pace);
    expect(pace.after(PIECE, false)).toBeNull();
    expect(untilRest(pace)).toBe(17);
  });
});
