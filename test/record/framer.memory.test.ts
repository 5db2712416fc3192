import { expect, it } from 'vitest';
import { FRAME_TYPE } from '../../src/record/format.ts';
import { Framer } from '../../src/record/framer.ts';
import { inUse } from '../garbage.ts';

const MEBIBYTE = 1024 * 1024;

it('a long record takes no more memory than a short one', () => {
  const framer = new Framer(Buffer.alloc(32, 1));
  const lay = (events: number): number => {
    for (let event = 0; event < events; event += 1) {
      framer.event(FRAME_TYPE.event, '{"type":"cancel","connection":1}', event);
      // As everybody does meanwhile: small buffers are cut from large ones, which live as long as any of them.
      Buffer.from('x'.repeat(100));
      for (const segment of framer.take()) framer.release(segment);
    }
    return inUse().buffers;
  };
  const before = lay(2000);
  // Two hundred entries of the index.
  expect(lay(200_000) - before).toBeLessThan(2 * MEBIBYTE);
});
