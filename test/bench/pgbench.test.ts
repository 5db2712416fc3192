import { describe, expect, it } from 'vitest';
import { cpuPerTransaction, parseLog, parseRate, type Transaction } from '../../bench/workloads/pgbench.ts';

const second = 1_000_000;
/** A transaction every millisecond for two seconds. */
const steady: Transaction[] = Array.from({ length: 2000 }, (_, index) => ({ latency: 900, end: index * 1000 }));
const reading = (at: number, nanoseconds: number) => ({
  at,
  usage: { ticks: 0, threads: new Map([[1, nanoseconds]]) },
});

describe('pgbench', () => {
  it('logs when each transaction was over and how long it took', () => {
    expect(parseLog('0 199 2241 0 1175850568 995598\n1 8 17 0 1175850569 4\n')).toEqual([
      { latency: 2241, end: 1_175_850_568_995_598 },
      { latency: 17, end: 1_175_850_569_000_004 },
    ]);
  });

  it('logs nothing else', () => {
    expect(() => parseLog('an error\n')).toThrow('pgbench');
  });

  it('says how many transactions it made in a second', () => {
    expect(parseRate('latency average = 0.1 ms\ntps = 9354.123 (without initial connection time)\n')).toBe(9354.123);
    expect(() => parseRate('pgbench: error: connection failed')).toThrow('did not say');
  });
});

describe('processor time a transaction', () => {
  it('is counted while all clients are at work', () => {
    const readings = [
      // While clients still connect, and after the last transaction.
      reading(100_000, 0),
      reading(0.5 * second, 5_000_000),
      reading(1 * second, 7_500_000),
      reading(1.5 * second, 10_000_000),
      reading(2.5 * second, 99_000_000),
    ];
    expect(cpuPerTransaction(steady, readings)).toBe(5000);
  });

  it('is not known from a single reading, or from none', () => {
    expect(cpuPerTransaction(steady, [reading(second, 1)])).toBeNull();
    expect(cpuPerTransaction([], [reading(second, 1), reading(2 * second, 2)])).toBeNull();
  });
});
