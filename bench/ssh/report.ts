import { known, median, ratio } from '../statistics.ts';
import type { SshContender } from './contender.ts';
import type { SshWorkload } from './workloads.ts';

export interface SshSample {
  readonly seconds: number;
  /** Of the proxy, seconds; null of none. */
  readonly cpu: number | null;
  /** Bytes; null where it is not known. */
  readonly peak: number | null;
  /** 10⁶ bytes; null where nothing was copied. */
  readonly megabytes: number | null;
}

type Samples = ReadonlyMap<SshContender, readonly SshSample[]>;

/** A table, its first line being the names of its columns. */
export function cellsOf(workload: SshWorkload, samples: Samples): string[][] {
  const by = (name: string): readonly SshSample[] => [...samples].find(([one]) => one.name === name)?.[1] ?? [];
  const [direct, jump] = [by('direct'), by('jump')];
  return [
    ['contender', ...(workload.isCopy ? COPY : LOGIN)],
    ...[...samples].map(([{ name }, own]) => [
      name,
      workload.isCopy ? number(median(own.map(speed)), 0) : number(median(own.map(({ seconds }) => seconds * 1000)), 1),
      ...(workload.isCopy ? [] : [number(percentile95(own), 1)]),
      compared(own, direct, workload),
      compared(own, jump, workload),
      cpuOf(own, workload),
      number(most(own), 0),
    ]),
  ];
}

const COPY = ['MB/s', '× direct', '× jump', 'CPU s/GB', 'peak MiB'];
const LOGIN = ['ms', 'p95 ms', '× direct', '× jump', 'CPU ms', 'peak MiB'];

const speed = ({ megabytes, seconds }: SshSample): number => (megabytes ?? 0) / seconds;

function percentile95(samples: readonly SshSample[]): number | null {
  const sorted = samples.map(({ seconds }) => seconds * 1000).toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? null;
}

/** Of copies how fast, of logins how long: as a multiple, round by round. */
function compared(own: readonly SshSample[], other: readonly SshSample[], { isCopy }: SshWorkload): string {
  const measure = isCopy ? speed : ({ seconds }: SshSample): number => seconds;
  const found = ratio(own.map(measure), other.map(measure));
  if (found === null) return '–';
  if (own === other) return '1.00';
  return `${number(found.median, 2)} (${number(found.least, 2)}–${number(found.most, 2)})`;
}

function cpuOf(samples: readonly SshSample[], { isCopy }: SshWorkload): string {
  const used = known(samples.map(({ cpu }) => cpu));
  const [first] = samples;
  const scale = isCopy ? 1000 / (first?.megabytes ?? 1) : 1000;
  return number(median(used.map((cpu) => cpu * scale)), isCopy ? 2 : 1);
}

function most(samples: readonly SshSample[]): number | null {
  const peaks = known(samples.map(({ peak }) => peak));
  return peaks.length === 0 ? null : Math.max(...peaks) / 1024 ** 2;
}

function number(value: number | null, digits: number): string {
  return value === null ? '–' : value.toFixed(digits);
}
