import type { Outcome, Series } from '../rounds.ts';
import { known, median, type Ratio, ratio } from '../statistics.ts';
import type { Sample, Unit } from '../workloads/workload.ts';

/** What all rounds of one contender come to. Null where there is nothing to tell. */
export interface Row {
  readonly contender: string;
  /** It was not measured to the end: its figures are those of fewer rounds. */
  readonly failed: boolean;
  readonly rate: number | null;
  /** Of the rate, round by round. */
  readonly toDirect: Ratio | null;
  readonly toPgbouncer: Ratio | null;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly cpu: number | null;
  readonly cpuToPgbouncer: Ratio | null;
  readonly peak: number | null;
  readonly resident: number | null;
}

type Figure = 'rate' | 'p50' | 'p99' | 'cpu' | 'peak' | 'resident';

const figures = (series: Series | undefined, figure: Figure): (number | null)[] =>
  (series?.samples ?? []).map((sample: Sample) => sample[figure]);

/** One row a contender: medians over the rounds; memory is the most of any round. */
export function rowsOf({ series }: Outcome): Row[] {
  const named = (name: string): Series | undefined => series.find(({ contender }) => contender.name === name);
  const [direct, pgbouncer] = [named('direct'), named('pgbouncer')];
  return series.map((one) => {
    const middle = (figure: Figure): number | null => median(known(figures(one, figure)));
    const most = (figure: Figure): number | null => known(figures(one, figure)).toSorted((a, b) => b - a)[0] ?? null;
    const to = (base: Series | undefined, figure: Figure): Ratio | null =>
      ratio(figures(one, figure), figures(base, figure));
    return {
      contender: one.contender.name,
      failed: one.failure !== null,
      rate: middle('rate'),
      toDirect: to(direct, 'rate'),
      toPgbouncer: to(pgbouncer, 'rate'),
      p50: middle('p50'),
      p99: middle('p99'),
      cpu: middle('cpu'),
      cpuToPgbouncer: to(pgbouncer, 'cpu'),
      peak: most('peak'),
      resident: most('resident'),
    };
  });
}

const NONE = '–';

const fixed = (value: number | null, digits: number): string => (value === null ? NONE : value.toFixed(digits));
const mebibytes = (bytes: number | null): string => (bytes === null ? NONE : (bytes / 1024 / 1024).toFixed(0));

/** A ratio of medians with its range, where there is one. */
function times(of: Ratio | null): string {
  if (of === null) return NONE;
  const [middle, least, most] = [of.median, of.least, of.most].map((value) => value.toFixed(2));
  return least === most ? `${middle}` : `${middle} (${least}–${most})`;
}

const RATES: Readonly<Record<Unit, string>> = {
  transaction: 'transactions/s',
  connection: 'connections/s',
  byte: 'MB/s',
};

const CPU: Readonly<Record<Unit, string>> = {
  transaction: 'CPU µs/transaction',
  connection: 'CPU µs/connection',
  byte: 'CPU s/GB',
};

/** Cells of a table, its head first. */
export type Cells = readonly (readonly string[])[];

export function cellsOf(outcome: Outcome): Cells {
  const { unit } = outcome.workload;
  const timed = unit !== 'byte';
  const head = [
    'contender',
    RATES[unit],
    '× direct',
    '× pgbouncer',
    ...(timed ? ['p50 µs', 'p99 µs'] : []),
    CPU[unit],
    'CPU × pgbouncer',
    'peak MiB',
    'RSS MiB',
  ];
  const body = rowsOf(outcome).map((row) => [
    row.failed ? `${row.contender} (failed)` : row.contender,
    fixed(row.rate, unit === 'connection' ? 1 : 0),
    times(row.toDirect),
    times(row.toPgbouncer),
    ...(timed ? [fixed(row.p50, 0), fixed(row.p99, 0)] : []),
    fixed(row.cpu, timed ? 1 : 3),
    times(row.cpuToPgbouncer),
    mebibytes(row.peak),
    mebibytes(row.resident),
  ]);
  return [head, ...body];
}

/** The ratios that an overview can show. */
export type Comparison = 'toDirect' | 'toPgbouncer' | 'cpuToPgbouncer';

/** One ratio of every contender under every workload. */
export function overviewOf(outcomes: readonly Outcome[], comparison: Comparison): Cells {
  const contenders = [...new Set(outcomes.flatMap(({ series }) => series.map(({ contender }) => contender.name)))];
  const body = outcomes.map((outcome) => {
    const rows = new Map(rowsOf(outcome).map((row) => [row.contender, row]));
    return [outcome.workload.name, ...contenders.map((name) => fixed(rows.get(name)?.[comparison]?.median ?? null, 2))];
  });
  return [['workload', ...contenders], ...body];
}
