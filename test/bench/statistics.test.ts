import { describe, expect, it } from 'vitest';
import { known, median, percentile, ratio } from '../../bench/statistics.ts';

describe('the median', () => {
  it('is the middle value, whatever the order', () => {
    expect(median([9, 1, 10])).toBe(9);
  });

  it('lies between the two middle values of an even number', () => {
    expect(median([4, 1, 2, 100])).toBe(3);
  });

  it('of nothing is nothing', () => {
    expect(median([])).toBeNull();
  });
});

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it('is the smallest value that its share of all values does not exceed', () => {
    expect([0.5, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([50, 99, 100]);
    expect(percentile([3, 1, 2], 0.5)).toBe(2);
  });

  it('is the least value where the share is smaller than one value', () => {
    expect(percentile(hundred, 0)).toBe(1);
  });

  it('of nothing is nothing', () => {
    expect(percentile([], 0.5)).toBeNull();
  });
});

describe('a ratio', () => {
  it('is taken within rounds: what slows down a whole round does not change it', () => {
    expect(ratio([50, 5, 500], [100, 10, 1000])).toEqual({ median: 0.5, least: 0.5, most: 0.5 });
  });

  it('has the range of the rounds beside their median', () => {
    expect(ratio([1, 2, 4], [1, 1, 1])).toEqual({ median: 2, least: 1, most: 4 });
  });

  it('leaves out rounds that either side has not', () => {
    expect(ratio([1, null, 3], [1, 1])).toEqual({ median: 1, least: 1, most: 1 });
  });

  it('to nothing is nothing', () => {
    expect(ratio([1, 2], [])).toBeNull();
    expect(ratio([1, 2], [null, 0])).toBeNull();
  });
});

it('numbers alone are left of values', () => {
  expect(known([1, null, 0])).toEqual([1, 0]);
});
