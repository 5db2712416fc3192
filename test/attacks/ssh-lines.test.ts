import { PassThrough } from 'node:stream';
import type { ServerChannel } from 'ssh2';
import { describe, expect, it } from 'vitest';
import { Intake } from '../../src/protocols/ssh/guarded/intake.ts';
import { LineInput, type LineInputOptions } from '../../src/protocols/ssh/guarded/line-input.ts';
import type { Listing } from '../../src/protocols/ssh/guarded/listing.ts';

const NOWHERE = { list: async () => [] } as unknown as Listing;

/** Somebody who types on a channel, and what is drawn for them. */
function typing(more: Partial<LineInputOptions>): { readonly channel: PassThrough; readonly input: LineInput } {
  const channel = new PassThrough();
  const intake = new Intake(channel as unknown as ServerChannel);
  const window = { columns: 80, rows: 24 };
  const input = new LineInput({ intake, listing: NOWHERE, programs: [], window, draw: () => null, ...more });
  return { channel, input };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('whoever types into a guarded shell, and keeps to no bounds', () => {
  it.each([2 ** 32 - 1, 500_000_000, 65_536])(
    'has no more drawn than a window holds that says it has %d columns',
    async (size) => {
      const drawn: string[] = [];
      const { channel, input } = typing({
        window: { columns: size, rows: size },
        draw: (text) => {
          drawn.push(text);
          return null;
        },
      });
      const written = input.line('$ ', { directory: '/', afresh: true });
      channel.write('ls\r');
      expect(await written).toEqual({ kind: 'submit', text: 'ls' });
      input.resize({ columns: size, rows: size });
      expect(Math.max(...drawn.map(({ length }) => length))).toBeLessThan(10_000);
    },
  );

  it('is not read from while nobody reads what is drawn', async () => {
    const room = Promise.withResolvers<void>();
    let drawings = 0;
    const { channel, input } = typing({
      draw: () => {
        drawings += 1;
        return drawings < 3 ? null : room.promise;
      },
    });
    const written = input.line('$ ', { directory: '/', afresh: false });
    for (const key of 'abcdefghijklmnop') channel.write(key);
    await turn();
    expect(drawings).toBe(3);
    room.resolve();
    channel.write('\r');
    expect(await written).toEqual({ kind: 'submit', text: 'abcdefghijklmnop' });
  });
});
