/**
 * hoopctl beside the alternatives: `npm run bench -- --help`. What is measured, and how, is said in docs/performance.md.
 */
import { writeFileSync } from 'node:fs';
import { CONTENDERS } from './contenders/catalogue.ts';
import type { Contender } from './contenders/contender.ts';
import { loadData } from './data.ts';
import { BenchError, chosen, type Options, parseOptions, USAGE } from './options.ts';
import { findPrograms, type Programs } from './programs.ts';
import { startReplay } from './replay.ts';
import { cellsOf } from './report/rows.ts';
import { textTable } from './report/table.ts';
import { type Course, measure, type Outcome } from './rounds.ts';
import { startServer } from './server.ts';
import { WORKLOADS } from './workloads/catalogue.ts';
import { Workspace } from './workspace.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    console.log(USAGE);
    return;
  }
  if (process.platform !== 'linux') throw new BenchError('the benchmark reads /proc', 'run it on Linux');
  const workloads = chosen(WORKLOADS, options.workloads);
  const wanted = chosen(CONTENDERS, options.contenders);
  const programs = findPrograms(say);
  const contenders = present(wanted, programs);
  const workspace = await Workspace.open();
  interruptible(workspace);
  try {
    say('Starting PostgreSQL and loading data …');
    const server = await startServer(workspace, programs.postgres);
    await loadData(workspace, server, programs.postgres);
    const course: Course = { ...options, bench: { workspace, programs, server }, contenders, say };
    const replayed = workloads.some(({ source }) => source === 'replay');
    const targets = {
      server: server.endpoint,
      replay: replayed ? await startReplay(workspace, server.endpoint) : server.endpoint,
    };
    const outcomes: Outcome[] = [];
    for (const workload of workloads) {
      const outcome = await measure(workload, targets[workload.source], course);
      outcomes.push(outcome);
      console.log(`\n${workload.title} [${workload.name}]\n${textTable(cellsOf(outcome))}`);
    }
    report(options, outcomes);
  } finally {
    await workspace.close();
  }
}

function present(wanted: readonly Contender[], programs: Programs): Contender[] {
  return wanted.filter((contender) => {
    const missing = contender.missing(programs);
    if (missing !== null) say(`Left out: ${contender.name}, since there is no ${missing} here.`);
    return missing === null;
  });
}

function report(options: Options, outcomes: readonly Outcome[]): void {
  if (options.json !== null) writeFileSync(options.json, `${JSON.stringify({ version: 1, outcomes }, null, 2)}\n`);
}

/** Ctrl-C leaves no server, no proxy and no file behind. */
function interruptible(workspace: Workspace): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => {
      say('\nCleaning up …');
      void workspace.close().finally(() => process.exit(code));
    });
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof BenchError)) throw error;
  say(`bench: ${error.message}\nTry: ${error.attempt}`);
  process.exitCode = 1;
}
