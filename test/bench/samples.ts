import type { Outcome, Series } from '../../bench/rounds.ts';
import type { Sample, Workload } from '../../bench/workloads/workload.ts';

/** A run, with what a test does not care about left out. */
export function sample(given: Partial<Sample>): Sample {
  return { rate: 0, p50: null, p99: null, cpu: null, peak: null, resident: null, ...given };
}

export function series(name: string, ...samples: readonly Partial<Sample>[]): Series {
  return { contender: { name, title: `what ${name} is` }, samples: samples.map(sample), failure: null };
}

export function outcome(unit: Workload['unit'], ...all: readonly Series[]): Outcome {
  return { workload: { name: 'w', title: 'A workload', unit, source: 'server' }, series: all };
}
