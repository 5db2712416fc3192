import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { HoopError } from '../../core/errors.ts';
import { isWithin } from './inside.ts';
import { isProgramPlace } from './machine.ts';
import type { Mount } from './mount.ts';
import { RUNTIME } from './places.ts';
import { isCrowded } from './workdir.ts';

/** A program that was found, and what it needs to be seen inside. */
export interface Program {
  /** Absolute. */
  readonly path: string;
  readonly mounts: readonly Mount[];
  /** PATH inside. */
  readonly searched: string;
}

export interface ProgramRequest {
  /** A path, or a name to look up in PATH. */
  readonly command: string;
  readonly path: string;
  /** Absolute and real. */
  readonly workdir: string;
  /** Directories that must not be seen as a whole: the home directory, hoopctl's own. */
  readonly guarded: readonly string[];
}

/** What stands beside a `bin` and belongs to the programs in it. */
const COMPANIONS = ['lib', 'lib64', 'libexec'];
const USUAL = ['/usr/local/bin', '/usr/bin', '/bin'];

/** Finds a program as a shell would. @throws HoopError `local.child` when there is none */
export function findProgram(request: ProgramRequest): Program {
  const found = request.command.includes('/')
    ? executable(resolve(request.workdir, request.command))
    : firstExecutable(request);
  if (found === null) {
    throw new HoopError('local.child', `the program ${request.command} was not found in PATH`, {
      hint: `install ${request.command}, or name it by its path`,
    });
  }
  const places = [...new Set([found, realpathSync(found)])].filter((path) => !isVisible(path, request.workdir));
  // In the project a link may have been made by anybody, to have more seen of where it leads.
  const own = !isWithin(found, request.workdir);
  const mounts = places.flatMap((path) => placeMounts(path, request.guarded, own));
  return { path: found, mounts, searched: searchedInside(request, mounts) };
}

function firstExecutable({ command, path, workdir }: ProgramRequest): string | null {
  for (const directory of path.split(':')) {
    const found = executable(join(isAbsolute(directory) ? directory : resolve(workdir, directory), command));
    if (found !== null) return found;
  }
  return null;
}

function executable(path: string): string | null {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile() ? path : null;
  } catch {
    // Not there, or not for us: the next place may have it.
    return null;
  }
}

function isVisible(path: string, workdir: string): boolean {
  return isProgramPlace(path) || isWithin(path, workdir);
}

/** The program's own directory, or the program alone where that directory holds more than programs. */
function placeMounts(path: string, guarded: readonly string[], own: boolean): readonly Mount[] {
  const directory = dirname(path);
  const open = (one: string): boolean =>
    existsSync(one) && !isCrowded(realpathSync(one)) && !guarded.some((other) => isWithin(other, realpathSync(one)));
  const ofPrograms = basename(directory) === 'bin';
  if (!open(directory) || !(own || ofPrograms)) return [bind(path)];
  const beside = ofPrograms ? COMPANIONS.map((name) => join(dirname(directory), name)) : [];
  return [directory, ...beside.filter(open)].map(bind);
}

function bind(path: string): Mount {
  return { kind: 'bind', source: path, at: path };
}

function searchedInside({ path, workdir }: ProgramRequest, mounts: readonly Mount[]): string {
  const seen = (directory: string): boolean =>
    isVisible(`${directory}/x`, workdir) || mounts.some(({ at }) => isWithin(directory, at));
  const own = path.split(':').filter((directory) => isAbsolute(directory) && seen(directory));
  return [...new Set([...own, ...USUAL, dirname(RUNTIME)])].join(':');
}
