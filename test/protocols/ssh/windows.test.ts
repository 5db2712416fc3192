import { describe, expect, it } from 'vitest';
import { Windows } from '../../../src/protocols/ssh/windows.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
/** What there is for all, and what each has in any case. */
const [MOST, LEAST] = [16 * MIB, 32 * KIB];

describe('the windows of one connection', () => {
  it.each([1, 4, 16, 256, 2000])('are bounded together: %i of them', (count) => {
    const windows = new Windows();
    const granted = Array.from({ length: count }, () => windows.open().settle(0));
    expect(granted[0]).toBe(2 * MIB);
    for (const one of granted) expect(one).toBeGreaterThanOrEqual(LEAST);
    expect(granted.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(MOST + count * LEAST);
  });

  it('take no byte that was not granted', () => {
    const window = new Windows().open();
    const granted = window.settle(0);
    expect(window.take(granted)).toBe(true);
    expect(window.take(1)).toBe(false);
  });

  it('grant nothing for what nobody has read, and as much again for what was', () => {
    const window = new Windows().open();
    const granted = window.settle(0);
    window.take(granted);
    expect(window.settle(granted)).toBe(0);
    expect(window.settle(granted / 2 + 1)).toBe(0);
    expect(window.settle(0)).toBe(granted);
  });

  it('stay bounded whatever is read and whatever is not', () => {
    const windows = new Windows();
    const all = Array.from({ length: 300 }, () => {
      const window = windows.open();
      return { window, room: window.settle(0), unread: 0 };
    });
    for (let round = 0; round < 30; round += 1) {
      for (const [index, one] of all.entries()) {
        // Each third is never read, and each second sends all that it may.
        const sent = index % 2 === 0 ? one.room : Math.floor(one.room / 3);
        expect(one.window.take(sent)).toBe(true);
        one.unread = index % 3 === 0 ? one.unread + sent : Math.floor((one.unread + sent) / 5);
        one.room += one.window.settle(one.unread) - sent;
      }
      const kept = all.reduce((sum, { room, unread }) => sum + room + unread, 0);
      expect(kept).toBeLessThanOrEqual(MOST + all.length * LEAST);
    }
    for (const one of all) one.room += one.window.settle((one.unread = 0));
    for (const { room } of all) expect(room).toBeGreaterThanOrEqual(LEAST / 2);
  });

  it('count what waits of one that is closed until it is read', () => {
    const windows = new Windows();
    for (let index = 0; index < 200; index += 1) {
      const window = windows.open();
      window.take(window.settle(0));
      window.close(2 * MIB);
    }
    expect(windows.open().settle(0)).toBe(LEAST);
    const read = new Windows();
    for (let index = 0; index < 200; index += 1) {
      const window = read.open();
      const granted = window.settle(0);
      window.take(granted);
      window.close(granted);
      window.settle(0);
    }
    expect(read.open().settle(0)).toBe(2 * MIB);
  });
});
