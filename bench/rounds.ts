import type { Contender, Subject } from './contenders/contender.ts';
import type { Endpoint } from './endpoint.ts';
import type { Bench, Pace, Sample, Workload } from './workloads/workload.ts';

/** All samples of one contender under one workload, by round. */
export interface Series {
  readonly contender: Pick<Contender, 'name' | 'title'>;
  readonly samples: readonly Sample[];
}

export interface Outcome {
  readonly workload: Pick<Workload, 'name' | 'title' | 'unit' | 'source'>;
  readonly series: readonly Series[];
}

/** The order of a round: everybody is first, last and after each other in turn. */
export function rotated<T>(all: readonly T[], round: number): T[] {
  const start = all.length === 0 ? 0 : round % all.length;
  return [...all.slice(start), ...all.slice(0, start)];
}

export interface Course {
  readonly bench: Bench;
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  readonly pace: Pace;
  readonly say: (line: string) => void;
}

/** Measures every contender once a round, all open side by side; a first round is not counted. */
export async function measure(workload: Workload, target: Endpoint, course: Course): Promise<Outcome> {
  const { bench, contenders, rounds, pace, say } = course;
  const entries: { contender: Contender; subject: Subject; samples: Sample[] }[] = [];
  try {
    for (const contender of contenders) {
      const subject = await contender.start(bench.workspace, bench.programs, target);
      entries.push({ contender, subject, samples: [] });
    }
    for (let round = -1; round < rounds; round += 1) {
      say(`${workload.name}: ${round < 0 ? 'warm-up' : `round ${round + 1} of ${rounds}`}`);
      for (const { subject, samples } of rotated(entries, round + 1)) {
        const sample = await workload.run(subject, bench, pace);
        if (round >= 0) samples.push(sample);
      }
    }
  } finally {
    for (const { subject } of entries) await subject.process?.stop();
  }
  const series = entries.map(({ contender: { name, title }, samples }) => ({ contender: { name, title }, samples }));
  const { name, title, unit, source } = workload;
  return { workload: { name, title, unit, source }, series };
}
