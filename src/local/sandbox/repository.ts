import { lstatSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isWithin } from './inside.ts';

/** What git needs of a repository beside the working directory. */
export interface Repository {
  /** The repository's own directory, without links: to be read, never to be changed; null when nothing is needed, or shown. */
  readonly directory: string | null;
  /** Why there is no git inside although there is outside; null where that is not so. */
  readonly missing: string | null;
}

const NOTHING: Repository = { directory: null, missing: null };
/** Bytes of a file that holds a path. */
const LONGEST = 4200;
/** What git's directory has: without it, it is something else. */
const PARTS = { HEAD: 'file', objects: 'directory', refs: 'directory' } as const;

/**
 * The repository of a worktree, which lies elsewhere. Whoever wrote the files of the working directory may have written its
 * `.git`, too: it leads to nothing but a repository that names this very directory as a worktree of its own.
 *
 * One that begins above the working directory is not shown: in it is everything that lies beside that.
 *
 * @param workdir without links
 * @param guarded the user's home, then directories that are hoopctl's own
 */
export function repositoryOf(workdir: string, guarded: readonly string[]): Repository {
  const link = join(workdir, '.git');
  const found = lstatSync(link, { throwIfNoEntry: false });
  if (found === undefined) return above(workdir, guarded[0] ?? '/');
  if (found.isDirectory()) return NOTHING;
  const directory = found.isFile() ? ofWorktree(link) : null;
  if (directory === null) return missing(`${link} leads to what is no repository with this worktree`);
  if (isWithin(directory, workdir)) return NOTHING;
  const holdsMore = [workdir, ...guarded].some((one) => isWithin(one, directory));
  const isOwn = guarded.slice(1).some((one) => isWithin(directory, one));
  if (holdsMore || isOwn) return missing(`${directory} holds more than a repository`);
  return { directory, missing: null };
}

function missing(why: string): Repository {
  return { directory: null, missing: `there is no git for the program: ${why}` };
}

/** A home directory that is a repository has nothing to do with what lies in it. */
function above(workdir: string, home: string): Repository {
  for (let at = dirname(workdir); at !== dirname(at) && at !== home; at = dirname(at)) {
    if (lstatSync(join(at, '.git'), { throwIfNoEntry: false }) !== undefined) {
      return missing(`the repository begins in ${at}. Start it there, or in a worktree (git worktree add)`);
    }
  }
  return NOTHING;
}

/**
 * gitrepository-layout(5): `.git` of a worktree has `gitdir: R/worktrees/NAME`; there, `gitdir` leads back, and
 * `commondir` to R. Null where that is not how it is.
 */
function ofWorktree(link: string): string | null {
  const admin = realOf(dirname(link), linkedBy(link));
  if (admin === null || basename(dirname(admin)) !== 'worktrees') return null;
  const directory = dirname(dirname(admin));
  const isItsOwn = realOf(admin, contents(join(admin, 'gitdir')).trim()) === link;
  const isCommon = realOf(admin, contents(join(admin, 'commondir')).trim()) === directory;
  return isItsOwn && isCommon && hasItsParts(directory) ? directory : null;
}

function hasItsParts(directory: string): boolean {
  return Object.entries(PARTS).every(([name, kind]) => {
    const found = lstatSync(join(directory, name), { throwIfNoEntry: false });
    return kind === 'file' ? found?.isFile() === true : found?.isDirectory() === true;
  });
}

/**
 * Where git finds a repository by the file `.git` of a directory although it lies in that very directory, and so where
 * whoever may write there would write what git runs.
 *
 * @param workdir without links
 */
export function ledToWithin(workdir: string): readonly string[] {
  const admin = realOf(workdir, linkedBy(join(workdir, '.git')));
  if (admin === null) return [];
  const common = realOf(admin, contents(join(admin, 'commondir')).trim());
  return [...new Set([admin, common ?? admin])].filter((one) => one !== workdir && isWithin(one, workdir));
}

function linkedBy(link: string): string | undefined {
  return /^gitdir: (.+)\n?$/.exec(contents(link))?.[1];
}

/** Of a small file; nothing of anything else. */
function contents(path: string): string {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && found.size <= LONGEST ? readFileSync(path, 'utf8') : '';
}

/** Null for a path that is none, or that nothing is at. */
function realOf(from: string, path = ''): string | null {
  if (path === '' || path.includes('\0')) return null;
  try {
    return realpathSync(resolve(from, path));
  } catch {
    // Whatever keeps it from being looked at would keep git from it, too.
    return null;
  }
}
