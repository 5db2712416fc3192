import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf } from '../../core/errors.ts';
import { fault } from './fault.ts';

/** Windows has neither owners nor modes in this sense. */
const uid = process.getuid?.();

/**
 * Reads a file that only this user may read, never through a symlink. Null when there is none.
 * @param what names it in messages
 * @throws HoopError `local.secrets`
 */
export async function readPrivate(what: string, path: string, largest: number): Promise<Buffer | null> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  let handle: FileHandle;
  try {
    handle = await open(path, flags);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT') return null;
    if (errno === 'ELOOP') throw fault(`${what} ${path} is a symbolic link`, 'put the file itself there', error);
    throw fault(`${what} ${path} cannot be read (${errno ?? 'unknown'})`, 'check its permissions', error);
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw fault(`${what} ${path} is not a file`, 'move it away');
    if (uid !== undefined && stat.uid !== uid) throw fault(`${what} ${path} belongs to another user`, 'move it away');
    if (uid !== undefined && (stat.mode & 0o077) !== 0) {
      throw fault(`${what} ${path} is open to other users, who may have read it`, `chmod 600 ${path}`);
    }
    if (stat.size > largest) throw fault(`${what} ${path} is larger than ${largest} bytes`, 'move it away');
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Makes the directory below one that is there, with mode 0700, or checks the one that is there. @throws HoopError `local.secrets` */
export async function ensurePrivateDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fault(`${path} cannot be made (${errnoOf(error) ?? 'unknown'})`, `make ${dirname(path)} writable`, error);
  }
  await checkPrivateDirectory(path);
}

/** False when there is none. @throws HoopError `local.secrets` when it is not this user's alone, or no directory */
export async function checkPrivateDirectory(path: string): Promise<boolean> {
  const found = await lstat(path).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return null;
    throw fault(`${path} cannot be read (${errnoOf(error) ?? 'unknown'})`, 'check its permissions', error);
  });
  if (found === null) return false;
  if (found.isSymbolicLink()) throw fault(`${path} is a symbolic link`, 'put the directory itself there');
  if (!found.isDirectory()) throw fault(`${path} is not a directory`, 'move it away');
  if (uid !== undefined && found.uid !== uid) throw fault(`${path} belongs to another user`, 'move it away');
  if (uid !== undefined && (found.mode & 0o077) !== 0) {
    throw fault(`${path} is open to other users`, `chmod 700 ${path}`);
  }
  return true;
}

/** Puts a file of mode 0600 in place, whole or not at all, and on the disk before this resolves. It rejects as Node does. */
export async function writePrivate(path: string, temporary: string, bytes: Buffer): Promise<void> {
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close();
    await removeFile(temporary);
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** False when there was none. It rejects as Node does. */
export async function removeFile(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** What was renamed or removed stays so, whatever happens to the power. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  await directory.sync();
}
