import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { HoopError } from '../../core/errors.ts';
import { type Confidential, coversFor } from './hidden.ts';
import { isWithin } from './inside.ts';
import { type Blanks, isRepository, keepPlaces, pinnedWay } from './kept.ts';
import type { Mount } from './mount.ts';
import { ledToWithin, repositoryOf } from './repository.ts';

export type WorkdirMode = 'read-only' | 'read-write';

export interface WorkdirRequest extends Confidential {
  /** Absolute. */
  readonly path: string;
  readonly mode: WorkdirMode;
  /** Files that hoopctl itself runs, or believes: they may be read, and never changed. */
  readonly relied: readonly string[];
}

export interface Workdir {
  /** Without links in it. */
  readonly path: string;
  readonly mounts: readonly Mount[];
  /** What the user should know. */
  readonly warnings: readonly string[];
  /** Takes away what had to be made to keep places free. */
  release(): void;
}

/** Nothing below these is anybody's working directory. */
const SYSTEM = ['/usr', '/etc', '/proc', '/sys', '/dev', '/run', '/boot', '/bin', '/sbin', '/lib', '/lib64'];
/** Nor are these themselves: what lies in them belongs to many. */
const CROWDED = ['/', '/tmp', '/var', '/var/tmp', '/home', '/opt', '/srv', '/mnt', '/media'];

/** Whether a directory belongs to the system, or to many. */
export function isCrowded(path: string): boolean {
  return CROWDED.includes(path) || SYSTEM.includes(path) || path === '/dev/shm';
}

/**
 * The working directory as it is seen inside.
 * @throws HoopError `local.sandbox` for one that shows too much, or cannot be kept as it is
 */
export function openWorkdir(request: WorkdirRequest, blanks: Blanks): Workdir {
  const path = realpathSync(request.path);
  refuseUnsuitable(path, request.guarded);
  const repository = repositoryOf(path, request.guarded);
  const seen = repository.directory === null ? [path] : [path, repository.directory];
  const covers = seen.map((at) => ({ at, ...coversFor(at, request, blanks.file) }));
  const kept = request.mode === 'read-write' ? keepWritable(path, request, blanks) : { mounts: [], release: () => {} };
  return {
    path,
    mounts: [
      { kind: 'bind', source: path, at: path, ...(request.mode === 'read-write' ? { writable: true as const } : {}) },
      ...linkedModules(path),
      ...seen.slice(1).map((at): Mount => ({ kind: 'bind', source: at, at })),
      ...kept.mounts,
      // Last, so that nothing lies over them.
      ...covers.flatMap(({ mounts }) => mounts),
    ],
    warnings: [
      ...covers.filter(({ complete }) => !complete).map(({ at }) => tooMany(at)),
      ...(repository.missing === null ? [] : [repository.missing]),
    ],
    release: kept.release,
  };
}

function tooMany(path: string): string {
  return `${path} holds too many files to look for .env files and sockets in all of it: deeper ones may be seen`;
}

/** What must not change in a directory that may be written to, so that what hoopctl does next is what it would have done. */
function keepWritable(
  path: string,
  { secrets, relied, guarded }: WorkdirRequest,
  blanks: Blanks,
): ReturnType<typeof keepPlaces> {
  if (isRepository(path)) throw unsuitable(path, 'a repository’s own files are in it', 'be changed');
  const own = guarded.slice(1);
  const absent = own.find((one) => isWithin(one, path) && !isThere(one));
  if (absent !== undefined)
    throw unsuitable(path, `hoopctl would read ${absent}, which could be made there`, 'be changed');
  const repository = ledToWithin(path);
  const pinned = [...secrets, ...relied, ...own, ...repository].flatMap((one) => pinnedWay(one, path));
  const files = relied
    .filter((one) => statSync(one, { throwIfNoEntry: false })?.isFile() === true)
    .map((one) => realpathSync(one));
  const { mounts, release } = keepPlaces(path, blanks);
  return {
    // From the top down: each lies within the one before.
    mounts: [
      ...pinned.toSorted((one, other) => one.at.length - other.at.length),
      ...mounts,
      ...[...files, ...repository]
        .filter((at) => isWithin(at, path))
        .map((at): Mount => ({ kind: 'bind', source: at, at })),
    ],
    release,
  };
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function refuseUnsuitable(path: string, guarded: readonly string[]): void {
  const [home = '/'] = guarded;
  const why =
    CROWDED.includes(path) || SYSTEM.some((one) => isWithin(path, one))
      ? 'it belongs to the system'
      : isWithin(home, path)
        ? 'your home directory is in it'
        : guarded.slice(1).some((one) => isWithin(path, one))
          ? 'it is hoopctl’s own'
          : null;
  if (why !== null) throw unsuitable(path, why, 'show');
}

function unsuitable(path: string, why: string, what: 'show' | 'be changed'): HoopError {
  const message =
    what === 'show'
      ? `the sandbox cannot show ${path} as the working directory: ${why}`
      : `the working directory ${path} cannot be written to from the sandbox: ${why}`;
  const hint = 'cd into the directory of the project, and start it there';
  return new HoopError('local.sandbox', message, { hint });
}

/**
 * Packages that are shared by a link are still the program's. Any other directory is not, whoever has made the link: a
 * program that ran here before, perhaps.
 */
function linkedModules(path: string): readonly Mount[] {
  const modules = join(path, 'node_modules');
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return [];
  const found = statSync(modules, { throwIfNoEntry: false });
  if (found === undefined || !found.isDirectory()) return [];
  const real = realpathSync(modules);
  if (basename(real) !== 'node_modules') return [];
  // Where the link says, too: that may be a link of its own, which is not seen inside.
  const places = new Set([resolve(path, readlinkSync(modules)), real]);
  return isWithin(real, path) ? [] : [...places].map((at): Mount => ({ kind: 'bind', source: real, at }));
}
