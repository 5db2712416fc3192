import { type Dirent, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { isWithin } from './inside.ts';

/** Files that hold credentials by their very purpose. Samples of them are none. */
const CREDENTIALS = /^(?:\.env(?:\..+)?|\.envrc|\.netrc|\.pgpass|\.npmrc|\.pypirc|\.git-credentials)$/;
const SAMPLE = /^\.env\.(?:example|sample|template|dist)$/;

/** Directories whose files are other people's, or git's own, by the thousand. */
const SKIPPED = /\/(?:node_modules|\.git\/(?:.+\/)?objects)$/;

/** Entries that are looked at: as many as take about a quarter of a second. */
const MOST_ENTRIES = 50_000;

export interface Findings {
  /** What is to be hidden, absolute and real. */
  readonly hidden: readonly string[];
  /** False when the tree was too large to be looked through. */
  readonly complete: boolean;
}

/**
 * Looks through a directory for what must not be seen inside: files of credentials, and sockets and pipes, at whose
 * other end somebody listens outside. Top-down, so that what is nearest is found even in a large tree.
 */
export function searchDirectory(root: string, most: number = MOST_ENTRIES): Findings {
  const hidden = new Set<string>();
  const waiting = [root];
  let seen = 0;
  for (const directory of waiting) {
    for (const entry of entriesOf(directory)) {
      seen += 1;
      if (seen > most) return { hidden: [...hidden], complete: false };
      const path = join(directory, entry.name);
      if (entry.isDirectory()) {
        if (!SKIPPED.test(path)) waiting.push(path);
      } else if (entry.isSocket() || entry.isFIFO() || isCredential(entry.name)) {
        const real = realOf(path);
        if (real !== null && isWithin(real, root)) hidden.add(real);
      }
    }
  }
  return { hidden: [...hidden], complete: true };
}

export function isCredential(name: string): boolean {
  return CREDENTIALS.test(name) && !SAMPLE.test(name);
}

/** Nothing of a directory that cannot be read: the sandbox has no more rights than whoever starts it. */
function entriesOf(directory: string): readonly Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Null for a link that leads nowhere. */
function realOf(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
