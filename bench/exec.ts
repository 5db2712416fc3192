/**
 * What `hoopctl exec` costs a command at its start: medians of interleaved rounds, wall clock, from the shell to the
 * command's first output. The build in dist/ is measured.
 *
 *   node bench/exec.ts [rounds]
 *
 * Exits 1 when a command starts more than 150 ms later without the sandbox, or 300 ms with it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const rounds = Number(process.argv[2] ?? 15);
const home = mkdtempSync(join(tmpdir(), 'hoopctl-bench-exec-'));
const project = join(home, 'project');
mkdirSync(project);
// The target is not spoken to before the command does: nobody has to listen there.
writeFileSync(
  join(project, 'hoopctl.yaml'),
  `version: 1
targets:
  pg: { protocol: postgres, address: "127.0.0.1:1", database: app, user: app, tls: disable, policy: unguarded }
`,
);

const COMMAND = ['/bin/echo', 'up'];
const exec = (...options: readonly string[]): readonly string[] => [
  process.execPath,
  join(root, 'bin/hoopctl.js'),
  'exec',
  '--target',
  'pg',
  ...options,
  '--',
  ...COMMAND,
];
const contenders: Readonly<Record<string, { readonly command: readonly string[]; readonly most: number }>> = {
  directly: { command: COMMAND, most: 0 },
  'without a sandbox': { command: exec('--no-sandbox'), most: 150 },
  'in the sandbox': { command: exec('--sandbox'), most: 300 },
};

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;

/** Milliseconds until the command says something, and until all has ended. */
async function measure([file = '', ...args]: readonly string[]): Promise<readonly [number, number]> {
  const started = performance.now();
  const env = { PATH: process.env['PATH'], HOME: home, HOOPCTL_STATE_DIR: join(home, 'state') };
  const child = spawn(file, args, { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = Number.NaN;
  child.stdout.once('data', () => (said = performance.now() - started));
  child.stderr.resume();
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${file} exited with ${code}`);
  return [said, performance.now() - started];
}

try {
  const results = new Map<string, (readonly [number, number])[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, { command }] of Object.entries(contenders)) {
      results.set(name, [...(results.get(name) ?? []), await measure(command)]);
    }
  }
  const base = median((results.get('directly') ?? []).map(([said]) => said));
  for (const [name, values] of results) {
    const [said, ended] = [median(values.map(([one]) => one)), median(values.map(([, one]) => one))];
    const extra = said - base;
    console.log(
      `${name.padEnd(20)} first output ${said.toFixed(0).padStart(5)} ms (+${extra.toFixed(0)})   end ${ended.toFixed(0).padStart(5)} ms`,
    );
    if (extra > (contenders[name]?.most ?? 0)) process.exitCode = 1;
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
