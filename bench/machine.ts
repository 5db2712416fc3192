import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Programs, versionOf } from './programs.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A thing and what it is, for people. */
export type Fact = readonly [name: string, value: string];

/** What figures depend on. */
export function describeMachine(programs: Programs): Fact[] {
  return [
    ...describeHost(),
    ['PostgreSQL', versionOf(join(programs.postgres, 'postgres'))],
    ['pgbouncer', programs.pgbouncer === null ? 'not there' : versionOf(programs.pgbouncer)],
    ['haproxy', programs.haproxy === null ? 'not there' : versionOf(programs.haproxy, '-v')],
  ];
}

/** The same, whatever is measured. */
export function describeHost(): Fact[] {
  const processor = cpus()[0]?.model ?? 'unknown';
  const gibibytes = (totalmem() / 1024 ** 3).toFixed(0);
  const [load = 0] = loadavg();
  return [
    ['Processor', `${processor}, ${availableParallelism()} cores`],
    ['Memory', `${gibibytes} GiB`],
    ['System', `${distribution()}, Linux ${release()}`],
    ['Load before the first run', load.toFixed(2)],
    ['hoopctl', hoopctlVersion()],
    ['Node', process.versions.node],
  ];
}

function distribution(): string {
  const match = /^PRETTY_NAME="?([^"\n]+)/m.exec(textOf(() => readFileSync('/etc/os-release', 'utf8')));
  return match?.[1] ?? 'Linux';
}

function hoopctlVersion(): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const commit = textOf(() =>
    execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ).trim();
  return commit === '' ? version : `${version} (${commit})`;
}

/** Empty where there is none: a copy without its history, a system without the file. */
function textOf(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
