import type { Subject } from '../contenders/contender.ts';
import type { Programs } from '../programs.ts';
import type { BenchServer } from '../server.ts';
import type { Workspace } from '../workspace.ts';

/** What every run may use. */
export interface Bench {
  readonly workspace: Workspace;
  readonly programs: Programs;
  readonly server: BenchServer;
}

/** How much is done in one run. */
export interface Pace {
  /** Seconds of one pgbench. */
  readonly seconds: number;
  /** Results in a row on one connection. */
  readonly results: number;
  /** Connections in a row. */
  readonly connections: number;
}

/** What is counted: its rate is per second, in units or in megabytes (10^6 bytes). */
export type Unit = 'transaction' | 'connection' | 'byte';

/** One run of one contender. */
export interface Sample {
  /** Transactions, connections or megabytes (10^6 bytes) in a second. */
  readonly rate: number;
  /** Microseconds; null where single ones are not timed. */
  readonly p50: number | null;
  readonly p99: number | null;
  /** The proxy's processor time: microseconds a transaction or connection, seconds a gigabyte (10^9 bytes). Null without a proxy. */
  readonly cpu: number | null;
  /** The proxy's resident memory in bytes: the most during the run, and at its end. Null without a proxy. */
  readonly peak: number | null;
  readonly resident: number | null;
}

export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly unit: Unit;
  /** What contenders stand in front of: the server, or the replay of its million-row result from memory. */
  readonly source: 'server' | 'replay';
  run(subject: Subject, bench: Bench, pace: Pace): Promise<Sample>;
}
