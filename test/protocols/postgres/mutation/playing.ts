import { SEED } from '../../../chance.ts';
import { inUse } from '../../../garbage.ts';
import { AllocationWatch } from './allocation.ts';
import { transcript } from './evidence.ts';
import type { Play, Stage, Trial } from './stage.ts';

/** In a long run, how many messages are mutated; else 0. */
const LONG = Number(process.env['HOOPCTL_TEST_MUTATIONS'] ?? 0);
const DAY = 86_400_000;
const MEBIBYTE = 1024 * 1024;

/** Milliseconds that a test may take: a long run has no limit to speak of. */
export const TIMEOUT = LONG > 0 ? DAY : 90_000;

/** How many messages to mutate: so many, unless `HOOPCTL_TEST_MUTATIONS` says otherwise. */
export const mutations = (few: number): number => (LONG > 0 ? LONG : few);

/** Connections after which the program has its working size. */
const WARM = 300;
/** What the collector, and connections that have just ended, leave behind. */
const GROWTH = 16 * MEBIBYTE;
/** Of one buffer, besides what was sent: hoopctl reads into some of less. */
const READING = 2 * MEBIBYTE;

export interface Figures {
  readonly connections: number;
  readonly mutated: number;
  /** Bytes by which memory in use has grown since the program had its working size. */
  readonly growth: () => number;
  /** How connections ended, and how often. */
  readonly ends: ReadonlyMap<string, number>;
}

/**
 * Plays connections until a `few` messages are mutated, or as many as a long run wants.
 * @throws with the seed of the connection in which something was that must never be
 */
export async function playUntil(
  stage: Stage,
  play: Play,
  few: number,
  count: (trial: Trial) => number,
): Promise<Figures> {
  const wanted = mutations(few);
  const watch = new AllocationWatch();
  const ends = new Map<string, number>();
  let mutated = 0;
  let before = Number.POSITIVE_INFINITY;
  let connections = 0;
  try {
    for (; mutated < wanted; connections += 1) {
      if (connections === WARM) before = total();
      const seed = SEED + connections;
      const trial = await stage.play(seed, play);
      const largest = watch.largest();
      const greedy = largest > 2 * trial.bytes + READING ? [`${largest} bytes were set aside for ${trial.bytes}`] : [];
      complain(seed, [...trial.violations, ...greedy], trial);
      mutated += count(trial);
      const cause = trial.end?.cause ?? 'none';
      ends.set(cause, (ends.get(cause) ?? 0) + 1);
    }
  } finally {
    watch.stop();
  }
  tell(`${mutated} mutated messages on ${connections} connections: ${JSON.stringify([...ends])}`);
  return { connections, mutated, growth: () => total() - before - GROWTH, ends };
}

function total(): number {
  const { heap, buffers } = inUse();
  return heap + buffers;
}

function complain(seed: number, violations: readonly string[], trial: Trial): void {
  if (violations.length === 0) return;
  const again = `HOOPCTL_TEST_SEED=${seed} HOOPCTL_TEST_MUTATIONS=1`;
  const end = JSON.stringify(trial.end);
  throw new Error(`${violations.join('\n')}\n  again: ${again}\n  it ended: ${end}\n${transcript(trial.evidence)}`);
}

function tell(figures: string): void {
  if (LONG > 0) process.stderr.write(`${figures}\n`);
}
