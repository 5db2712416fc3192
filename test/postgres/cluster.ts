import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from '../once.ts';
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
  const directory = mkdtempSync(join(run ?? tmpdir(), `hoopctl-pg${version}-`));
  const [data, socket] = [join(directory, 'data'), join(directory, 'socket')];
  mkdirSync(socket, { mode: 0o700 });
  chmodSync(directory, 0o755);
  give([directory, socket]);
  if (run === undefined) initialise(version, directory);
  else execFileSync('cp', ['-R', '-p', template(version, run), data], { ...serverAccount(), cwd: directory });
  return { directory, data, socket };
}

/** Hands files to the account that the server runs under. */
export function give(paths: readonly string[]): void {
  const account = serverAccount();
  if (account !== null) for (const path of paths) chownSync(path, account.uid, account.gid);
}

/** The data that all clusters of a run are copies of: a copy takes a tenth of the time. */
function template(version: ServerVersion, run: string): string {
  const shared = once(join(run, `cluster-${version}`), (directory) => {
    give([directory]);
    initialise(version, directory);
  });
  return join(shared, 'data');
}

function initialise(version: ServerVersion, directory: string): void {
  const settings = ['--encoding=UTF8', '--locale=C', '--no-sync', '--auth=trust'];
  execFileSync(
    join(serverBinaries(version), 'initdb'),
    ['-D', join(directory, 'data'), '-U', administrator, ...settings],
    { ...serverAccount(), cwd: directory, stdio: 'pipe' },
  );
}
