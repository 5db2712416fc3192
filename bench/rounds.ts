import type { Contender, Subject } from './contenders/contender.ts';
import type { Target } from './endpoint.ts';
import type { Bench, Pace, Sample, Workload } from './workloads/workload.ts';

/** All samples of one contender under one workload, by round. */
export interface Series {
  readonly contender: Pick<Contender, 'name' | 'title'>;
  readonly samples: readonly Sample[];
  /** Why it was not measured to the end; null when it was. */
  readonly failure: string | null;
}

export interface Outcome {
  readonly workload: Pick<Workload, 'name' | 'title' | 'unit' | 'source'>;
  readonly series: readonly Series[];
}

export interface Course {
  readonly bench: Bench;
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  readonly pace: Pace;
  readonly say: (line: string) => void;
}

/** The order of a round: everybody is first, last and after each other in turn. */
export function rotated<T>(all: readonly T[], round: number): T[] {
  const start = all.length === 0 ? 0 : round % all.length;
  return [...all.slice(start), ...all.slice(0, start)];
}

/** Measures every contender once a round, all open side by side; a first round is not counted. */
export async function measure(workload: Workload, target: Target, course: Course): Promise<Outcome> {
  const entries = course.contenders.map((contender) => new Entry(contender));
  try {
    for (const entry of entries) await entry.open(course, target);
    for (let round = -1; round < course.rounds; round += 1) {
      course.say(`${workload.name}: ${round < 0 ? 'warm-up' : `round ${round + 1} of ${course.rounds}`}`);
      for (const entry of rotated(entries, round + 1)) await entry.run(course, workload, round >= 0);
    }
  } finally {
    for (const entry of entries) await entry.close();
  }
  const { name, title, unit, source } = workload;
  return { workload: { name, title, unit, source }, series: entries.map((entry) => entry.series()) };
}

/** One contender under one workload. One that fails is left alone after that, and the others go on. */
class Entry {
  readonly #contender: Contender;
  readonly #samples: Sample[] = [];
  #subject: Subject | null = null;
  #failure: string | null = null;

  constructor(contender: Contender) {
    this.#contender = contender;
  }

  async open({ bench, say }: Course, target: Target): Promise<void> {
    await this.#attempt(bench, say, async () => {
      this.#subject = await this.#contender.start(bench.workspace, bench.programs, target);
    });
  }

  async run({ bench, pace, say }: Course, workload: Workload, counted: boolean): Promise<void> {
    const subject = this.#subject;
    if (subject === null || this.#failure !== null) return;
    await this.#attempt(bench, say, async () => {
      const sample = await workload.run(subject, bench, pace);
      if (counted) this.#samples.push(sample);
    });
  }

  async #attempt(bench: Bench, say: (line: string) => void, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (bench.workspace.closing) throw error;
      this.#failure = error instanceof Error ? error.message : 'failed';
      say(`${this.#contender.name} failed: ${this.#failure}`);
    }
  }

  async close(): Promise<void> {
    await this.#subject?.close();
  }

  series(): Series {
    const { name, title } = this.#contender;
    return { contender: { name, title }, samples: this.#samples, failure: this.#failure };
  }
}
