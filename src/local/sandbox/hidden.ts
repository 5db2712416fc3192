import { realpathSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isWithin } from './inside.ts';
import type { Mount } from './mount.ts';
import { searchDirectory } from './search.ts';

export interface Confidential {
  /** The user's home, then hoopctl's own directories. */
  readonly guarded: readonly string[];
  /** Files that hold secrets, wherever they are: configuration, password files. */
  readonly secrets: readonly string[];
}

export interface Covers {
  readonly mounts: readonly Mount[];
  /** False when the directory was too large to be looked through. */
  readonly complete: boolean;
}

/**
 * What lies over a directory that is shown, so that nothing confidential is seen in it. `blank`: an empty file. The directory
 * is seen where its path says, whatever links that leads over.
 */
export function coversFor(directory: string, { guarded, secrets }: Confidential, blank: string): Covers {
  const real = realpathSync(directory);
  const found = searchDirectory(real);
  const seenAt = (path: string): string => join(directory, relative(real, path));
  const files = new Set([...found.hidden, ...secrets.flatMap((path) => there(path, real, 'isFile'))]);
  const own = guarded.slice(1).flatMap((path) => there(path, real, 'isDirectory'));
  return {
    mounts: [
      ...[...files].map((path): Mount => ({ kind: 'bind', source: blank, at: seenAt(path) })),
      ...own.map((path): Mount => ({ kind: 'memory', at: seenAt(path), size: 4096 })),
    ],
    complete: found.complete,
  };
}

/** Where a path leads, if that is something of this kind in the directory. */
function there(path: string, directory: string, kind: 'isFile' | 'isDirectory'): readonly string[] {
  if (statSync(path, { throwIfNoEntry: false })?.[kind]() !== true) return [];
  const real = realpathSync(path);
  return isWithin(real, directory) ? [real] : [];
}
