import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf } from '../core/errors.ts';

/** A file that is not as it should be. `message` says why, after its name: `is open to other users`. */
export class UnfitFile extends Error {
  override readonly name = 'UnfitFile';
}

/**
 * The text of a file that nobody else may read or write, never through a symbolic link. Null when there is none.
 * @param most bytes it may have
 * @throws UnfitFile
 */
export async function readPrivateFile(path: string, most: number): Promise<string | null> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile() || found.size > most) throw new UnfitFile('is no file of this kind');
    // Windows has neither owners nor modes in this sense.
    const own = process.getuid?.();
    if (own !== undefined && found.uid !== own) throw new UnfitFile('belongs to another user');
    if (own !== undefined && (found.mode & 0o077) !== 0) throw new UnfitFile('is open to other users');
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.readFile());
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw unfit(error);
  }
}

/**
 * Writes a 0600 file whole or not at all, in place of one of the same name. Directories that are missing are made, 0700.
 * @throws UnfitFile
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const fresh = `${path}.${randomBytes(6).toString('hex')}.new`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeDurably(fresh, text);
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined);
    throw unfit(error);
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(text);
  await file.sync();
}

function unfit(error: unknown): UnfitFile {
  if (error instanceof UnfitFile) return error;
  const why = error instanceof TypeError ? 'is not UTF-8 text' : `cannot be used (${errnoOf(error) ?? 'unknown'})`;
  return new UnfitFile(why, { cause: error });
}
