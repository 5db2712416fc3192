import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverAccount, serverBinaries, type ServerVersion } from './binaries.ts';

export const administrator = 'administrator';

/** The files of a server that has not been started yet. */
export interface Cluster {
  /** Of all that follows, and of whatever else a test keeps with its server. */
  readonly directory: string;
  readonly data: string;
  /** Directory of the Unix socket. */
  readonly socket: string;
}

/** A cluster of its own, in a temporary directory: that of the run, where there is one. */
export function makeCluster(version: ServerVersion): Cluster {
  const run = process.env['HOOPCTL_TEST_RUN'];
  const directory = temporaryDirectory(run ?? tmpdir(), version);
  const [data, socket] = [join(directory, 'data'), join(directory, 'socket')];
  mkdirSync(socket, { mode: 0o700 });
  give([socket]);
  if (run === undefined) initialise(version, directory, data);
  else execFileSync('cp', ['-R', '-p', template(version, run), data], { ...serverAccount(), cwd: directory });
  return { directory, data, socket };
}

/** Hands files to the account that the server runs under. */
export function give(paths: readonly string[]): void {
  const account = serverAccount();
  if (account !== null) for (const path of paths) chownSync(path, account.uid, account.gid);
}

function temporaryDirectory(parent: string, version: ServerVersion): string {
  const directory = mkdtempSync(join(parent, `hoopctl-pg${version}-`));
  chmodSync(directory, 0o755);
  give([directory]);
  return directory;
}

/** The cluster that all of a run are copies of, which takes a tenth of the time that making one does. */
function template(version: ServerVersion, run: string): string {
  const shared = join(run, `cluster-${version}`);
  if (existsSync(shared)) return join(shared, 'data');
  const made = temporaryDirectory(run, version);
  initialise(version, made, join(made, 'data'));
  try {
    renameSync(made, shared);
  } catch (error) {
    // Another process of the run was faster.
    if (!existsSync(shared)) throw error;
    rmSync(made, { recursive: true });
  }
  return join(shared, 'data');
}

function initialise(version: ServerVersion, cwd: string, data: string): void {
  const settings = ['--encoding=UTF8', '--locale=C', '--no-sync', '--auth=trust'];
  const initdb = join(serverBinaries(version), 'initdb');
  execFileSync(initdb, ['-D', data, '-U', administrator, ...settings], { ...serverAccount(), cwd, stdio: 'pipe' });
}
