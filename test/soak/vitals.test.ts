import { describe, expect, it } from 'vitest';
import { growth, slope, trends, type Vitals } from './vitals.ts';

const MEBIBYTE = 1024 * 1024;

const before: Vitals = {
  heap: 20 * MEBIBYTE,
  buffers: MEBIBYTE,
  resources: { TCPServerWrap: 1 },
  files: { socket: 3, file: 2 },
  threads: 12,
  resident: 100 * MEBIBYTE,
  backends: 0,
};

describe('what a program holds on to', () => {
  it('has not grown when it is the same, or less, or a little more memory', () => {
    expect(growth(before, before)).toEqual([]);
    expect(growth(before, { ...before, heap: before.heap + MEBIBYTE, files: { socket: 2 }, threads: 11 })).toEqual([]);
  });

  it.each<readonly [string, Partial<Vitals>, RegExp]>([
    ['a socket', { files: { socket: 4, file: 2 } }, /files: 3 of socket became 4/],
    ['a file of another kind', { files: { ...before.files, pipe: 1 } }, /files: 0 of pipe became 1/],
    ['a timer', { resources: { TCPServerWrap: 1, Timeout: 1 } }, /Timeout became 1/],
    ['a thread', { threads: 13 }, /threads/],
    ['a connection to the server', { backends: 1 }, /backends/],
    ['memory', { heap: before.heap + 4 * MEBIBYTE }, /heap/],
    ['memory outside the heap', { buffers: before.buffers + 9 * MEBIBYTE }, /buffers/],
    ['resident memory', { resident: before.resident + 65 * MEBIBYTE }, /resident/],
  ])('has grown by %s', (_what, more, complaint) => {
    expect(growth(before, { ...before, ...more }).join()).toMatch(complaint);
  });
});

describe('what a program holds on to from time to time', () => {
  const series = (...heaps: readonly number[]): Vitals[] => heaps.map((heap) => ({ ...before, heap: heap * MEBIBYTE }));

  it('has no trend when it goes up and down, or there is too little of it', () => {
    expect(trends(series(20, 22, 20, 22, 21, 20, 22, 20, 21))).toEqual([]);
    expect(trends(series(20, 25, 30))).toEqual([]);
  });

  it('has one when it rises each time, however little', () => {
    expect(trends(series(20, 20.3, 20.6, 20.9, 21.2, 21.5, 21.8, 22.1, 22.4)).join()).toMatch(/heap: \d+ bytes more/);
  });
});

describe('the slope of measurements', () => {
  it.each([
    ['none', [], 0],
    ['one', [5], 0],
    ['equal ones', [5, 5, 5], 0],
    ['rising ones', [1, 3, 5, 7], 2],
    ['falling ones', [9, 6, 3], -3],
    ['those that go up and down', [1, 9, 1, 9, 1], 0],
  ])('of %s is what a line through them rises by', (_which, values, expected) => {
    expect(slope(values)).toBeCloseTo(expected);
  });
});
