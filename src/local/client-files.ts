import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { privateDirectory } from '../config/paths.ts';
import type { ClientFile } from '../core/protocol.ts';

/** Files of a door's that lie where its clients read them. */
export interface WrittenFiles {
  /** Null where the door has none. */
  readonly directory: string | null;
  /** Takes them away. Idempotent. */
  readonly remove: () => Promise<void>;
}

/**
 * Writes a door's files into a directory of its own, both for their owner alone.
 * @throws HoopError `config.invalid` when the directory of all of them cannot be used; leaves nothing behind
 */
export async function writeClientFiles(runtime: string, files: readonly ClientFile[]): Promise<WrittenFiles> {
  if (files.length === 0) return { directory: null, remove: async () => undefined };
  const directory = join(await privateDirectory(runtime), randomBytes(4).toString('hex'));
  // Not recursive: a directory that is there already is not ours.
  await mkdir(directory, { mode: 0o700 });
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    for (const file of files) {
      await writeFile(join(directory, file.name), file.text(directory), { mode: 0o600, flag: 'wx' });
    }
    return { directory, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The variables that name them, where they lie in this directory. */
export function fileVariables(
  files: readonly ClientFile[],
  directory: string | null,
): Readonly<Record<string, string>> {
  if (directory === null) return {};
  return Object.fromEntries(
    files.flatMap(({ name, variable }) => (variable === null ? [] : [[variable, join(directory, name)]])),
  );
}
