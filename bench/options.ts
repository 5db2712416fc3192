import { BenchError, count, names, parseArguments } from './arguments.ts';
import type { Pace } from './workloads/workload.ts';

export interface Options {
  readonly rounds: number;
  readonly pace: Pace;
  /** Names, or how names begin; null: all. */
  readonly workloads: readonly string[] | null;
  readonly contenders: readonly string[] | null;
  /** Where raw samples go; null: nowhere. */
  readonly json: string | null;
  /** Whether docs/performance.md is written. */
  readonly write: boolean;
  readonly help: boolean;
}

export const USAGE = `npm run bench -- [options]

  --rounds N         rounds of every contender (5)
  --seconds N        seconds of one pgbench (4)
  --quick            2 rounds of short runs: whether it works, not how fast
  --only A,B         only these workloads, or those whose names begin so: select-simple, rows, connect, …
  --contenders A,B   only these: direct, pgbouncer, haproxy, haproxy-splice, hoopctl-allow, …
  --json FILE        write every sample to FILE
  --write            write docs/performance.md
  --help`;

const FULL: Pace = { seconds: 4, results: 3, connections: 100 };
const QUICK: Pace = { seconds: 1, results: 1, connections: 20 };

const OPTIONS = {
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  only: { type: 'string' },
  contenders: { type: 'string' },
  json: { type: 'string' },
  quick: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** @throws BenchError for what is not understood */
export function parseOptions(args: readonly string[]): Options {
  const values = parseArguments(args, OPTIONS, 'npm run bench -- --help');
  const pace = values.quick ? QUICK : FULL;
  return {
    rounds: count('rounds', values.rounds, values.quick ? 2 : 5),
    pace: { ...pace, seconds: count('seconds', values.seconds, pace.seconds) },
    workloads: names(values.only),
    contenders: names(values.contenders),
    json: values.json ?? null,
    write: values.write,
    help: values.help,
  };
}

/**
 * Those that are named, or whose names begin so where none has just that name; in their own order.
 * @throws BenchError for a name that none begins with
 */
export function chosen<T extends { readonly name: string }>(all: readonly T[], wanted: readonly string[] | null): T[] {
  if (wanted === null) return [...all];
  const unknown = wanted.find((name) => name === '' || !all.some((one) => one.name.startsWith(name)));
  if (unknown !== undefined) {
    throw new BenchError(`there is no ‘${unknown}’`, `any of ${all.map(({ name }) => name).join(', ')}`);
  }
  const exact = new Set(all.map(({ name }) => name));
  return all.filter((one) => wanted.some((name) => (exact.has(name) ? one.name === name : one.name.startsWith(name))));
}
