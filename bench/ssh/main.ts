import { createHash } from 'node:crypto';
import { createReadStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { describeHost } from '../machine.ts';
import { BenchError } from '../arguments.ts';
import { chosen } from '../options.ts';
import { textTable } from '../report/table.ts';
import { rotated } from '../rounds.ts';
import { Workspace } from '../workspace.ts';
import { timed } from './commands.ts';
import type { SshContender } from './contender.ts';
import { parseSshOptions, SSH_USAGE, type SshOptions } from './options.ts';
import { cellsOf, type SshSample } from './report.ts';
import { openStand, type Stand, writeRandom } from './stand.ts';
import { DATA, SSH_WORKLOADS, type SshWorkload } from './workloads.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Megabytes of what is copied to be compared. */
const COMPARED = 1000;
const IDENTICAL = { name: 'identical' };

/** Resolves with whether everything that was copied arrived as it was. */
export async function benchSsh(args: readonly string[]): Promise<boolean> {
  const options = parseSshOptions(args);
  if (options.help) {
    console.log(SSH_USAGE);
    return true;
  }
  if (process.platform !== 'linux') throw new BenchError('the benchmark reads /proc', 'run it on Linux');
  const wanted = chosen([...SSH_WORKLOADS, IDENTICAL], options.only);
  const facts = describeHost();
  const workspace = await Workspace.open();
  const interrupt = (): void => void workspace.close().finally(() => process.exit(130));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    say('Starting servers, and hoopctl …');
    const stand = await openStand(workspace, options.node);
    try {
      const contenders = chosen(stand.contenders, options.contenders);
      await writeRandom(join(stand.files, DATA), options.megabytes);
      for (const workload of SSH_WORKLOADS.filter((one) => wanted.includes(one))) {
        const samples = await measure(workload, contenders, stand, options);
        console.log(`\n${workload.title} [${workload.name}]\n${textTable(cellsOf(workload, samples))}`);
      }
      const isWell = wanted.includes(IDENTICAL) ? await compare(contenders, stand) : true;
      console.log(`\n${facts.map(([name, value]) => `${name}: ${value}`).join('\n')}`);
      return isWell;
    } finally {
      await stand.close();
    }
  } finally {
    await workspace.close();
  }
}

/** By contender, a sample for each round. A first round is not counted. */
async function measure(
  workload: SshWorkload,
  contenders: readonly SshContender[],
  stand: Stand,
  options: SshOptions,
): Promise<ReadonlyMap<SshContender, readonly SshSample[]>> {
  const samples = new Map<SshContender, SshSample[]>(contenders.map((one) => [one, []]));
  const rounds = workload.isCopy ? options.rounds : options.logins;
  for (let round = 0; round <= rounds; round += 1) {
    for (const contender of rotated(contenders, round)) {
      const sample = await sampleOf(workload, contender, stand, options);
      if (round > 0) samples.get(contender)?.push(sample);
    }
  }
  return samples;
}

async function sampleOf(
  workload: SshWorkload,
  contender: SshContender,
  { files }: Stand,
  { megabytes }: SshOptions,
): Promise<SshSample> {
  const { proxy } = contender;
  proxy?.peak();
  const before = (await proxy?.cpu()) ?? 0;
  const seconds = await timed(workload.command(contender, files));
  const cpu = proxy === null ? null : ((await proxy.cpu()) - before) / 1e9;
  return { seconds, cpu, peak: proxy?.peak() ?? null, megabytes: workload.isCopy ? megabytes : null };
}

/** Copies a file there and back in every way, and says whether it is the same, and what it took of memory. */
async function compare(contenders: readonly SshContender[], { files }: Stand): Promise<boolean> {
  const hoopctl = contenders.find(({ name }) => name === 'hoopctl');
  if (hoopctl === undefined) return true;
  const original = join(files, DATA);
  await writeRandom(original, COMPARED);
  const expected = await sha256(original);
  let isWell = true;
  for (const way of ['-O', '-s']) {
    for (const [from, to] of [
      [`bench:${original}`, join(files, 'fetched')],
      [original, `bench:${join(files, 'sent')}`],
    ] as const) {
      hoopctl.proxy?.peak();
      await timed({ program: 'scp', args: ['-F', hoopctl.config, '-q', way, from, to], input: null });
      const peak = ((hoopctl.proxy?.peak() ?? 0) / 1024 ** 2).toFixed(0);
      const copy = to.replace(/^bench:/, '');
      const same = (await sha256(copy)) === expected;
      rmSync(copy);
      isWell &&= same;
      const direction = to === copy ? 'from' : 'to';
      console.log(`1 GB ${direction} the server, scp ${way}: ${same ? 'identical' : 'DIFFERENT'}, at most ${peak} MiB`);
    }
  }
  return isWell;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
