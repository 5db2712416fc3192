import { describe, expect, it } from 'vitest';
import {
  cpuBetween,
  parseFamily,
  parseSchedstat,
  parseStat,
  parseStatus,
  readMemory,
  readUsage,
} from '../../bench/usage.ts';

const usage = (ticks: number, ...threads: [number, number][]) => ({ ticks, threads: new Map(threads) });

describe('what /proc says', () => {
  it('of a thread is its nanoseconds on a processor', () => {
    expect(parseSchedstat('41904937 1034 77\n')).toBe(41_904_937);
    expect(() => parseSchedstat('')).toThrow('schedstat');
  });

  it('of a process is its user and system time, whatever its name is', () => {
    const fields = Array.from({ length: 40 }, (_, index) => index + 3).join(' ');
    expect(parseStat(`42 (a name) 9 (b) ${fields}`)).toBe(14 + 15);
    expect(() => parseStat('42 (cut) S 1')).toThrow('stat');
  });

  it('of a process and those it has seen end is the time of both', () => {
    const fields = Array.from({ length: 40 }, (_, index) => index + 3).join(' ');
    expect(parseFamily(`42 (a name) ${fields}`)).toBe(14 + 15 + 16 + 17);
    expect(() => parseFamily('42 (cut) S 1')).toThrow('stat');
  });

  it('of memory is the peak and what is resident, in bytes', () => {
    expect(parseStatus('Name:\tx\nVmPeak:\t 900 kB\nVmHWM:\t     20 kB\nVmRSS:\t     10 kB\n')).toEqual({
      peak: 20_480,
      resident: 10_240,
    });
    expect(() => parseStatus('Name:\tx\n')).toThrow('VmHWM');
  });
});

describe('processor time between two readings', () => {
  it('is that of all threads, new ones included', () => {
    expect(cpuBetween(usage(0, [1, 100], [2, 50]), usage(0, [1, 130], [2, 50], [3, 7]))).toBe(37);
  });

  it('is that of the whole process when a thread ended and took its sum along', () => {
    expect(cpuBetween(usage(3, [1, 100], [2, 50]), usage(5, [1, 130]))).toBe(2e7);
  });

  it('is that of the whole process where the kernel tells of no threads', () => {
    expect(cpuBetween(usage(3), usage(4))).toBe(1e7);
  });
});

describe.runIf(process.platform === 'linux')('this process', () => {
  it('uses as much as the runtime says it does', () => {
    const [before, own] = [readUsage(process.pid), process.cpuUsage()];
    const deadline = Date.now() + 10_000;
    const spent = (): number => {
      const { user, system } = process.cpuUsage(own);
      return (user + system) * 1000;
    };
    while (spent() < 1e8 && Date.now() < deadline);
    const counted = cpuBetween(before, readUsage(process.pid));
    expect(counted / spent()).toBeGreaterThan(0.8);
    expect(counted / spent()).toBeLessThan(1.2);
  });

  it('has memory, and never had less than now', () => {
    const { peak, resident } = readMemory(process.pid);
    expect(resident).toBeGreaterThan(1024 * 1024);
    expect(peak).toBeGreaterThanOrEqual(resident);
  });
});
