import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { limitLifetime } from '../../src/local/lifetime.ts';

let now: number;
let traffic: number;
let ends: string[];

beforeEach(() => {
  vi.useFakeTimers();
  [now, traffic, ends] = [1_000_000, 0, []];
});
afterEach(() => vi.useRealTimers());

const clock = { now: () => now, monotonic: () => 0 };

function start(ttl: number, idle: number | null = null): ReturnType<typeof limitLifetime> {
  return limitLifetime({ clock, ttl, idle, traffic: () => traffic, end: (cause) => ends.push(cause) });
}

function pass(milliseconds: number): void {
  for (let step = 0; step < milliseconds; step += 50) {
    now += 50;
    vi.advanceTimersByTime(50);
  }
}

describe('a lifetime', () => {
  it('ends at its limit, once', () => {
    expect(start(10_000).expires).toBe(1_010_000);
    pass(9_950);
    expect(ends).toEqual([]);
    pass(50);
    expect(ends).toEqual(['expired']);
    pass(60_000);
    expect(ends).toEqual(['expired']);
  });

  it('ends soon after a machine wakes that slept past the limit', () => {
    start(3_600_000);
    pass(1_000);
    now += 7_200_000;
    vi.advanceTimersByTime(1_000);
    expect(ends).toEqual(['expired']);
  });

  it('ends when nothing passes for too long, and not before', () => {
    start(3_600_000, 60_000);
    pass(50_000);
    traffic += 1;
    pass(59_000);
    expect(ends).toEqual([]);
    pass(2_000);
    expect(ends).toEqual(['idle']);
  });

  it('does not end once it was stopped', () => {
    const lifetime = start(1_000);
    lifetime.stop();
    pass(10_000);
    expect(ends).toEqual([]);
  });

  it('of longer than a timer can wait is no shorter for it', () => {
    start(40 * 86_400_000);
    pass(5_000);
    expect(ends).toEqual([]);
  });
});
