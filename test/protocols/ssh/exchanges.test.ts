import { describe, expect, it } from 'vitest';
import { Exchanges } from '../../../src/protocols/ssh/exchanges.ts';

describe('how often a client may have keys exchanged', () => {
  it('is so often for nothing, and again after a while', () => {
    const exchanges = new Exchanges(0);
    for (let count = 0; count < 60; count += 1) expect(exchanges.again(1000 * count, 0)).toBe(true);
    expect(exchanges.again(1000 * 60, 9999)).toBe(false);
    expect(exchanges.again(1000 * 61, 25_000)).toBe(true);
    expect(exchanges.again(1000 * 62, 25_000)).toBe(false);
  });

  it('is as often as it sends enough', () => {
    const exchanges = new Exchanges(0);
    for (let count = 1; count < 1000; count += 1) expect(exchanges.again(1_000_000 * count, 0)).toBe(true);
  });

  it('is no more after a long rest than after a short one', () => {
    const exchanges = new Exchanges(0);
    for (let count = 0; count < 60; count += 1) expect(exchanges.again(0, 1e9)).toBe(true);
    expect(exchanges.again(0, 1e9)).toBe(false);
  });
});
