import type { Subject } from '../contenders/contender.ts';
import { cpuBetween, forgetPeak, readMemory, settledUsage } from '../usage.ts';
import type { Sample } from './workload.ts';

/** What a run cost the proxy. All null without one. */
export interface Cost extends Pick<Sample, 'peak' | 'resident'> {
  /** Nanoseconds of processor time, until the proxy had nothing left to do. */
  readonly nanoseconds: number | null;
}

/** Runs `work` and says what it cost the proxy, which is quiet before and after. */
export async function metered<T>({ process }: Subject, work: () => Promise<T>): Promise<{ result: T; cost: Cost }> {
  if (process === null) return { result: await work(), cost: { nanoseconds: null, peak: null, resident: null } };
  const { pid } = process;
  forgetPeak(pid);
  const before = await settledUsage(pid);
  const result = await work();
  const nanoseconds = cpuBetween(before, await settledUsage(pid));
  return { result, cost: { nanoseconds, ...readMemory(pid) } };
}
