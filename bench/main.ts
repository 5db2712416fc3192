/**
 * hoopctl beside the alternatives: `npm run bench -- --help`. What is measured, and how, is said in docs/performance.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { CONTENDERS } from './contenders/catalogue.ts';
import type { Contender } from './contenders/contender.ts';
import { loadData } from './data.ts';
import { describeMachine } from './machine.ts';
import { BenchError } from './arguments.ts';
import { chosen, type Options, parseOptions, USAGE } from './options.ts';
import { findPrograms, type Programs } from './programs.ts';
import { startReplay } from './replay.ts';
import { type Findings, fillTemplate } from './report/document.ts';
import { cellsOf, overviewOf } from './report/rows.ts';
import { textTable } from './report/table.ts';
import { measure, type Outcome } from './rounds.ts';
import { startServer } from './server.ts';
import { benchSsh } from './ssh/main.ts';
import { WORKLOADS } from './workloads/catalogue.ts';
import type { Workload } from './workloads/workload.ts';
import { Workspace } from './workspace.ts';

const TEMPLATE = new URL('report/performance.template.md', import.meta.url);
const DOCUMENT = new URL('../docs/performance.md', import.meta.url);

let interrupted = false;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Resolves with whether everybody was measured to the end. */
async function main(args: readonly string[]): Promise<boolean> {
  const options = parseOptions(args);
  if (options.help) {
    console.log(USAGE);
    return true;
  }
  if (process.platform !== 'linux') throw new BenchError('the benchmark reads /proc', 'run it on Linux');
  const workloads = chosen(WORKLOADS, options.workloads);
  const wanted = chosen(CONTENDERS, options.contenders);
  const programs = findPrograms(say);
  const contenders = present(wanted, programs);
  const facts = describeMachine(programs);
  const outcomes = await measureAll(options, programs, contenders, workloads);
  const { rounds, pace } = options;
  conclude(options, { facts, command: commandOf(args), date: new Date(), rounds, pace, contenders, outcomes });
  return outcomes.every(({ series }) => series.every(({ failure }) => failure === null));
}

/** Without where the raw samples went, which is nobody else's business. */
function commandOf(args: readonly string[]): string {
  const telling = args.filter((arg, index) => !arg.startsWith('--json') && args[index - 1] !== '--json');
  return ['npm run bench', ...(telling.length > 0 ? ['--', ...telling] : [])].join(' ');
}

function present(wanted: readonly Contender[], programs: Programs): Contender[] {
  return wanted.filter((contender) => {
    const missing = contender.missing(programs);
    if (missing !== null) say(`Left out: ${contender.name}, since there is no ${missing} here.`);
    return missing === null;
  });
}

async function measureAll(
  { rounds, pace, json }: Options,
  programs: Programs,
  contenders: readonly Contender[],
  workloads: readonly Workload[],
): Promise<Outcome[]> {
  const workspace = await Workspace.open();
  interruptible(workspace);
  try {
    say('Starting PostgreSQL and loading data …');
    const server = await startServer(workspace, programs.postgres);
    await loadData(workspace, server, programs.postgres);
    const replayed = workloads.some(({ source }) => source === 'replay');
    const replay = replayed ? await startReplay(workspace, server.endpoint) : server.endpoint;
    const targets = { server: server.endpoint, replay };
    const course = { bench: { workspace, programs, server }, contenders, rounds, pace, say };
    const outcomes: Outcome[] = [];
    for (const workload of workloads) {
      outcomes.push(await measure(workload, targets[workload.source], course));
      show(outcomes.at(-1), json, outcomes);
    }
    return outcomes;
  } finally {
    await workspace.close();
  }
}

/** At once: what comes later may fail. */
function show(latest: Outcome | undefined, json: string | null, outcomes: readonly Outcome[]): void {
  if (latest !== undefined) {
    console.log(`\n${latest.workload.title} [${latest.workload.name}]\n${textTable(cellsOf(latest))}`);
  }
  if (json !== null) writeFileSync(json, `${JSON.stringify({ version: 1, outcomes }, null, 2)}\n`);
}

function conclude(options: Options, findings: Findings): void {
  const { outcomes, facts } = findings;
  console.log(`\nThroughput, × direct\n${textTable(overviewOf(outcomes, 'toDirect'))}`);
  console.log(`\nThroughput, × pgbouncer\n${textTable(overviewOf(outcomes, 'toPgbouncer'))}`);
  console.log(`\nProcessor time of the proxy, × pgbouncer\n${textTable(overviewOf(outcomes, 'cpuToPgbouncer'))}`);
  console.log(`\n${facts.map(([name, value]) => `${name}: ${value}`).join('\n')}`);
  if (!options.write) return;
  writeFileSync(DOCUMENT, fillTemplate(readFileSync(TEMPLATE, 'utf8'), findings));
  say('\ndocs/performance.md is written.');
}

/** Ctrl-C leaves no server, no proxy and no file behind. */
function interruptible(workspace: Workspace): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.on(signal, () => {
      if (interrupted) return;
      interrupted = true;
      say('\nCleaning up …');
      void workspace.close().finally(() => process.exit(code));
    });
  }
}

try {
  const [first, ...rest] = process.argv.slice(2);
  const isWell = first === 'ssh' ? await benchSsh(rest) : await main(process.argv.slice(2));
  if (!isWell) process.exitCode = 1;
} catch (error) {
  // What was under way fails when it is cleaned up under it.
  if (!interrupted) {
    if (!(error instanceof BenchError)) throw error;
    say(`bench: ${error.message}\nTry: ${error.attempt}`);
    process.exitCode = 1;
  }
}
