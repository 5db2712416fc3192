import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { flow } from '../../../src/protocols/ssh/flow.ts';

describe('what flows', () => {
  it.each([
    [
      'at once',
      (): never => {
        throw new Error('no');
      },
    ],
    [
      'later',
      async (): Promise<void> => {
        throw new Error('no');
      },
    ],
  ])('stops where it cannot be handed on, and says so: %s', async (_, fail) => {
    const from = new PassThrough();
    let taken = 0;
    const flowing = flow(from, () => {
      taken += 1;
      return fail();
    });
    from.write('one');
    await expect(flowing).rejects.toThrow('no');
    from.write('two');
    from.end('three');
    await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toBe(1);
  });
});
