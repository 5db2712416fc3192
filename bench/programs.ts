import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from './arguments.ts';

/** What is measured with, and against. */
export interface Programs {
  /** Directory of postgres, initdb and pgbench, all of one version. */
  readonly postgres: string;
  /** Null where it is not to be had. */
  readonly pgbouncer: string | null;
  readonly haproxy: string | null;
}

const DEBIAN = '/usr/lib/postgresql';
const NEEDED = ['postgres', 'initdb', 'pgbench'];

/** Finds everything, and installs what is missing where that is possible. @throws BenchError without a PostgreSQL */
export function findPrograms(say: (line: string) => void): Programs {
  install(say, [
    ...(newestServer() === null ? ['postgresql'] : []),
    ...['pgbouncer', 'haproxy'].filter((name) => findProgram(name) === null),
  ]);
  const postgres = newestServer();
  if (postgres === null) {
    throw new BenchError(`there is no PostgreSQL server with pgbench below ${DEBIAN}`, 'apt-get install postgresql');
  }
  return { postgres, pgbouncer: findProgram('pgbouncer'), haproxy: findProgram('haproxy') };
}

function newestServer(): string | null {
  if (!existsSync(DEBIAN)) return null;
  const versions = readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a));
  const complete = versions
    .map((version) => join(DEBIAN, version, 'bin'))
    .find((directory) => NEEDED.every((program) => existsSync(join(directory, program))));
  return complete ?? null;
}

/** Debian keeps servers in sbin, which is not in everybody's PATH. */
function findProgram(name: string): string | null {
  const directories = [...(process.env['PATH'] ?? '').split(':'), '/usr/local/sbin', '/usr/sbin'];
  return directories.map((directory) => join(directory, name)).find((path) => existsSync(path)) ?? null;
}

function install(say: (line: string) => void, packages: readonly string[]): void {
  const possible = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (packages.length === 0 || !possible) return;
  say(`Installing from apt: ${packages.join(' ')} …`);
  const apt = (...args: string[]): boolean => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return spawnSync('apt-get', args, { env, stdio: ['ignore', 2, 2] }).status === 0;
  };
  const all = ['install', '--yes', '--no-install-recommends', '-qq', ...packages];
  if (!apt(...all) && apt('update', '-qq')) apt(...all);
}

/** The first version number in what a program says of itself. */
export function versionOf(program: string, argument = '--version'): string {
  const said = execFileSync(program, [argument], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return /\d+\.\d+(?:\.\d+)?/.exec(said)?.[0] ?? 'unknown';
}
