/**
 * What `ask` rules cost while nothing is asked: pgbench select-only through hoopctl with such rules, beside the same policy
 * without them. Medians of the ratios of interleaved rounds, each the other's neighbour.
 *
 *   npm run build && node bench/asks.ts [rounds] [seconds]
 *
 * Exits 1 when any protocol's throughput falls by more than 3 %.
 */
import { clientBinaries } from '../test/postgres/binaries.ts';
import { GUARDED, hoopctlWith } from './contenders/hoopctl.ts';
import { loadData } from './data.ts';
import type { Programs } from './programs.ts';
import { measure } from './rounds.ts';
import { startServer } from './server.ts';
import { ratio } from './statistics.ts';
import { pgbench } from './workloads/pgbench.ts';
import { Workspace } from './workspace.ts';

const rounds = Number(process.argv[2] ?? 10);
const seconds = Number(process.argv[3] ?? 3);
const most = 0.03;

const SUMMARY = { ...GUARDED, record: { results: 'summary' } };
const ASK = [
  { action: ['insert', 'merge'], within: '5m' },
  { action: ['update', 'delete'], relation: 'public.*', message: 'mind the nightly export' },
  { action: 'write', approvers: { groups: ['dba'], count: 2 }, break_glass: 'self' },
];
const contenders = [
  hoopctlWith('plain', 'without `ask` rules', SUMMARY),
  hoopctlWith('asking', 'with `ask` rules on writes', { ...SUMMARY, ask: ASK }),
];
const workloads = pgbench.filter(({ name }) => name.endsWith('-8'));

const postgres = clientBinaries();
if (postgres === null) throw new Error('there is no PostgreSQL with pgbench here');
const programs: Programs = { postgres, pgbouncer: null, haproxy: null };
const workspace = await Workspace.open();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void workspace.close());

let over = false;
try {
  const server = await startServer(workspace, programs.postgres);
  await loadData(workspace, server, programs.postgres);
  const pace = { seconds, results: 1, connections: 1 };
  const say = (): void => undefined;
  for (const workload of workloads) {
    const course = { bench: { workspace, programs, server }, contenders, rounds, pace, say };
    const { series } = await measure(workload, server.endpoint, course);
    const failed = series.find(({ failure }) => failure !== null);
    if (failed !== undefined) throw new Error(`${failed.contender.name}: ${failed.failure}`);
    const [plain = [], asking = []] = series.map(({ samples }) => samples);
    const rates = ratio(
      asking.map(({ rate }) => rate),
      plain.map(({ rate }) => rate),
    );
    const cpus = ratio(
      asking.map(({ cpu }) => cpu),
      plain.map(({ cpu }) => cpu),
    );
    if (rates === null) throw new Error('nothing was measured');
    const spread = `${rates.least.toFixed(3)} to ${rates.most.toFixed(3)}`;
    console.log(`${workload.name.padEnd(20)} throughput × ${rates.median.toFixed(3)} (${spread})`);
    if (cpus !== null) console.log(`${''.padEnd(20)} processor time × ${cpus.median.toFixed(3)}`);
    over ||= rates.median < 1 - most;
  }
} finally {
  await workspace.close();
}
process.exitCode = over ? 1 : 0;
