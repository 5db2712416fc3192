/**
 * What starting hoopctl costs beyond starting Node: medians of interleaved rounds, wall clock.
 *
 *   node bench/startup.ts [rounds]
 *
 * Exits 1 when `--version` or `--help` takes more than 90 ms longer than `node -e 0`.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const rounds = Number(process.argv[2] ?? 21);
const most = 90;

const contenders: Readonly<Record<string, readonly string[]>> = {
  'node -e 0': ['-e', '0'],
  'hoopctl --version': ['bin/hoopctl.js', '--version'],
  'hoopctl --help': ['bin/hoopctl.js', '--help'],
  'hoopctl status': ['bin/hoopctl.js', 'status'],
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const wall = new Map<string, number[]>();
for (let round = 0; round < rounds; round += 1) {
  for (const [name, args] of Object.entries(contenders)) {
    const started = performance.now();
    const run = spawnSync(process.execPath, args, { cwd: root, stdio: 'ignore' });
    if (run.status !== 0) throw new Error(`${name} exited with ${run.status}`);
    wall.set(name, [...(wall.get(name) ?? []), performance.now() - started]);
  }
}

const base = median(wall.get('node -e 0') ?? []);
let over = false;
for (const [name, values] of wall) {
  const extra = median(values) - base;
  console.log(`${name.padEnd(20)} ${median(values).toFixed(1).padStart(8)} ms   +${extra.toFixed(1)} ms`);
  over ||= extra > most && name !== 'hoopctl status';
}
process.exitCode = over ? 1 : 0;
