import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { privateDirectory } from '../../config/paths.ts';

const NAME = /^[0-9a-f]{8}\.sock$/;

/** Longest path that `sun_path` holds everywhere (104 bytes on macOS), with its NUL. */
export const LONGEST_SOCKET_PATH = 103;

/** The 0700 directory that control sockets are in: whoever gets there is this user. @throws HoopError `config.invalid` */
export async function inboxDirectory(runtime: string): Promise<string> {
  return privateDirectory(join(await privateDirectory(runtime), 'inbox'));
}

/** A path for a control socket of this process. */
export function newSocketPath(directory: string): string {
  return join(directory, `${randomBytes(4).toString('hex')}.sock`);
}

/** The control sockets there are, of processes that may be gone. @throws HoopError `config.invalid` */
export async function socketPaths(runtime: string): Promise<readonly string[]> {
  const directory = await inboxDirectory(runtime);
  const names = await readdir(directory);
  return names.filter((name) => NAME.test(name)).map((name) => join(directory, name));
}
