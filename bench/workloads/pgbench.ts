import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Subject } from '../contenders/contender.ts';
import { libpqEnvironment } from '../endpoint.ts';
import { known, percentile } from '../statistics.ts';
import { cpuBetween, forgetPeak, readMemory, readUsage, type Usage } from '../usage.ts';
import type { Bench, Pace, Sample, Workload } from './workload.ts';

type Mode = 'simple' | 'extended' | 'prepared';

/** One transaction of pgbench's log. */
export interface Transaction {
  /** Microseconds it took. */
  readonly latency: number;
  /** When it was over: microseconds since 1970. */
  readonly end: number;
}

/** The proxy's usage at a time: microseconds since 1970. */
export interface Reading {
  readonly at: number;
  readonly usage: Usage;
}

/** `pgbench -l`: client, transaction, latency, script, seconds since 1970, microseconds. */
export function parseLog(text: string): Transaction[] {
  const transactions: Transaction[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, , latency, , seconds, microseconds] = line.split(' ');
    const end = Number(seconds) * 1e6 + Number(microseconds);
    // The last word of a killed or full log is no transaction.
    if (!Number.isFinite(end)) throw new Error('the log is not what pgbench writes');
    transactions.push({ latency: Number(latency), end });
  }
  return transactions;
}

/** Transactions in a second, from what pgbench says at its end. */
export function parseRate(text: string): number {
  const match = /^tps = ([\d.]+) \(without initial connection time\)/m.exec(text);
  if (match === null) throw new Error('pgbench did not say how many transactions it made in a second');
  return Number(match[1]);
}

/** Microseconds after the first transaction that are left out: connections are still being made for other clients. */
const WARMING = 250_000;

/**
 * Nanoseconds a transaction, between the first and the last reading at which all clients were at work. Null when there are no two.
 */
export function cpuPerTransaction(transactions: readonly Transaction[], readings: readonly Reading[]): number | null {
  let [first, last] = [Infinity, -Infinity];
  for (const { end } of transactions) {
    first = Math.min(first, end);
    last = Math.max(last, end);
  }
  const within = readings.filter(({ at }) => at >= first + WARMING && at <= last);
  const [from, to] = [within[0], within.at(-1)];
  if (from === undefined || to === undefined) return null;
  const count = transactions.filter(({ end }) => end > from.at && end <= to.at).length;
  return count === 0 ? null : cpuBetween(from.usage, to.usage) / count;
}

/** Seconds beyond its own that pgbench gets for connecting and ending. */
const PATIENCE = 60;

/** Milliseconds between two readings. */
const READING = 100;

/** Reads the proxy's usage while `work` goes on. */
async function watched(subject: Subject, work: Promise<unknown>): Promise<Reading[]> {
  const readings: Reading[] = [];
  const { process } = subject;
  if (process === null) {
    await work;
    return readings;
  }
  const read = (): void => {
    const at = (performance.timeOrigin + performance.now()) * 1000;
    const { exitCode, signalCode } = process.child;
    // One that is gone will be noticed by pgbench.
    if (exitCode === null && signalCode === null) readings.push({ at, usage: readUsage(process.pid) });
  };
  const timer = setInterval(read, READING);
  try {
    await work;
  } finally {
    clearInterval(timer);
  }
  return readings;
}

/** Half of the machine is left to the server and the proxy. */
const threads = (clients: number): number => Math.min(clients, Math.max(1, availableParallelism() >> 1));

function selectOnly(mode: Mode, clients: number): Workload {
  return {
    name: `select-${mode}-${clients}`,
    title: `pgbench select-only, ${mode} protocol, ${clients} ${clients === 1 ? 'client' : 'clients'}`,
    unit: 'transaction',
    source: 'server',
    run: (subject, bench, pace) => run(subject, bench, pace, mode, clients),
  };
}

async function run(subject: Subject, bench: Bench, pace: Pace, mode: Mode, clients: number): Promise<Sample> {
  const pid = subject.process?.pid ?? null;
  const directory = bench.workspace.place('pgbench');
  const words = ['-S', '-n', '-M', mode, '-c', clients, '-j', threads(clients), '-T', pace.seconds, '--random-seed=1'];
  if (pid !== null) forgetPeak(pid);
  const pgbench = bench.workspace.spawn(
    join(bench.programs.postgres, 'pgbench'),
    [...words.map(String), '-l', `--log-prefix=${join(directory, 'log')}`],
    { env: libpqEnvironment(subject.endpoint) },
  );
  const late = setTimeout(() => void pgbench.stop(), (pace.seconds + PATIENCE) * 1000);
  const readings = await watched(subject, pgbench.exit);
  clearTimeout(late);
  if ((await pgbench.exit) !== 0) throw new Error(`pgbench failed: ${pgbench.output()}`);
  const logs = readdirSync(directory).map((name) => readFileSync(join(directory, name), 'latin1'));
  const transactions = logs.flatMap((text) => parseLog(text));
  rmSync(directory, { recursive: true });
  const latencies = known(transactions.map(({ latency }) => latency));
  const cpu = cpuPerTransaction(transactions, readings);
  const memory = pid === null ? null : readMemory(pid);
  return {
    rate: parseRate(pgbench.output()),
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    cpu: cpu === null ? null : cpu / 1000,
    peak: memory?.peak ?? null,
    resident: memory?.resident ?? null,
  };
}

export const pgbench: readonly Workload[] = (['simple', 'extended', 'prepared'] as const).flatMap((mode) =>
  [1, 8, 32].map((clients) => selectOnly(mode, clients)),
);
