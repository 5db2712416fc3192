import {
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { HoopError } from '../../core/errors.ts';
import { isWithin } from './inside.ts';
import type { Mount } from './mount.ts';
import { repositoryOf } from './repository.ts';
import { searchDirectory } from './search.ts';

export type WorkdirMode = 'read-only' | 'read-write';

export interface WorkdirRequest {
  /** Absolute. */
  readonly path: string;
  readonly mode: WorkdirMode;
  /** The user's home, and hoopctl's own directories: none of them may be seen through the working directory. */
  readonly guarded: readonly string[];
  /** Files that hold secrets, wherever they are: configuration, password files. */
  readonly secrets: readonly string[];
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

/** An empty file and an empty directory, to lie over others. */
export interface Blanks {
  readonly file: string;
  readonly directory: string;
}

/** Nothing below these is anybody's working directory. */
const SYSTEM = ['/usr', '/etc', '/proc', '/sys', '/dev', '/run', '/boot', '/bin', '/sbin', '/lib', '/lib64'];
/** Nor are these themselves: what lies in them belongs to many. */
const CROWDED = ['/', '/tmp', '/var', '/var/tmp', '/home', '/opt', '/srv', '/mnt', '/media'];

/**
 * What runs by itself outside, later and unasked, when somebody enters the directory, opens it in an editor or starts an
 * agent or a shell in it.
 */
const RUN_BY_OTHERS: Readonly<Record<string, 'file' | 'directory'>> = {
  '.git': 'directory',
  '.husky': 'directory',
  '.vscode': 'directory',
  '.idea': 'directory',
  '.devcontainer': 'directory',
  '.claude': 'directory',
  '.cursor': 'directory',
  '.codex': 'directory',
  '.mcp.json': 'file',
  '.envrc': 'file',
  '.bashrc': 'file',
  '.bash_profile': 'file',
  '.bash_login': 'file',
  '.bash_logout': 'file',
  '.profile': 'file',
  '.zshrc': 'file',
  '.zshenv': 'file',
  '.zprofile': 'file',
  '.zlogin': 'file',
  '.npmrc': 'file',
  '.yarnrc.yml': 'file',
  'hoopctl.yaml': 'file',
};

/**
 * The working directory as it is seen inside.
 * @throws HoopError `local.sandbox` for one that shows too much, or cannot be kept as it is
 */
export function openWorkdir(request: WorkdirRequest, blanks: Blanks): Workdir {
  const path = realpathSync(request.path);
  refuseUnsuitable(path, request.guarded);
  const repository = repositoryOf(path, request.guarded);
  const seen = repository.directory === null ? [path] : [path, repository.directory];
  const kept = request.mode === 'read-write' ? keepPlaces(path, blanks) : { mounts: [], release: () => undefined };
  const hidden = seen.map((one) => hiddenIn(one, request.secrets));
  return {
    path,
    mounts: [
      { kind: 'bind', source: path, at: path, ...(request.mode === 'read-write' ? { writable: true as const } : {}) },
      ...linkedModules(path),
      ...seen.slice(1).map((at): Mount => ({ kind: 'bind', source: at, at })),
      ...kept.mounts,
      // Last, so that nothing lies over them.
      ...hidden.flatMap(({ files }) => files.map((at): Mount => ({ kind: 'bind', source: blanks.file, at }))),
      ...directoriesWithin(path, request.guarded).map((at): Mount => ({ kind: 'memory', at, size: 4096 })),
    ],
    warnings: [
      ...hidden.flatMap(({ warnings }) => warnings),
      ...(repository.missing === null ? [] : [repository.missing]),
    ],
    release: kept.release,
  };
}

interface Hidden {
  /** Absolute and real. */
  readonly files: readonly string[];
  readonly warnings: readonly string[];
}

function hiddenIn(path: string, secrets: readonly string[]): Hidden {
  const { hidden, complete } = searchDirectory(path);
  const warning = `${path} holds too many files to look for .env files and sockets in all of it: deeper ones may be seen`;
  return { files: [...new Set([...hidden, ...filesWithin(path, secrets)])], warnings: complete ? [] : [warning] };
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
  if (why === null) return;
  throw new HoopError('local.sandbox', `the sandbox cannot show ${path} as the working directory: ${why}`, {
    hint: 'cd into the directory of the project, and start it there',
  });
}

function filesWithin(path: string, files: readonly string[]): readonly string[] {
  const there = files.filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
  return there.map((file) => realpathSync(file)).filter((file) => isWithin(file, path));
}

function directoriesWithin(path: string, directories: readonly string[]): readonly string[] {
  return directories.filter(
    (one) => one !== path && isWithin(one, path) && statSync(one, { throwIfNoEntry: false })?.isDirectory() === true,
  );
}

/** Packages that are shared by a link are still the program's. */
function linkedModules(path: string): readonly Mount[] {
  const modules = join(path, 'node_modules');
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return [];
  const found = statSync(modules, { throwIfNoEntry: false });
  if (found === undefined || !found.isDirectory()) return [];
  const real = realpathSync(modules);
  // Where the link says, too: that may be a link of its own, which is not seen inside.
  const places = new Set([resolve(path, readlinkSync(modules)), real]);
  return isWithin(real, path) ? [] : [...places].map((at): Mount => ({ kind: 'bind', source: real, at }));
}

/**
 * Keeps what others run as it is, and keeps it from appearing where it is not: something has to lie there to be covered,
 * and is taken away again.
 */
function keepPlaces(path: string, blanks: Blanks): { readonly mounts: readonly Mount[]; readonly release: () => void } {
  const made: (() => void)[] = [];
  const release = (): void => {
    for (const remove of made.splice(0)) remove();
  };
  try {
    const mounts = Object.entries(RUN_BY_OTHERS).map(([name, kind]): Mount => {
      const at = join(path, name);
      const found = lstatSync(at, { throwIfNoEntry: false });
      if (found?.isSymbolicLink() === true) throw linked(at);
      if (found !== undefined) return { kind: 'bind', source: at, at };
      made.push(placeholder(at, kind));
      return { kind: 'bind', source: blanks[kind], at };
    });
    return { mounts, release };
  } catch (error) {
    release();
    throw error;
  }
}

function linked(at: string): HoopError {
  return new HoopError('local.sandbox', `${at} is a link, which could be replaced from inside the sandbox`, {
    hint: 'put what it leads to in its place, or leave workdir: read-write out',
  });
}

/** Makes something empty; the returned function removes it where it is still that. */
function placeholder(at: string, kind: 'file' | 'directory'): () => void {
  if (kind === 'file') writeFileSync(at, '', { flag: 'wx', mode: 0o600 });
  else mkdirSync(at, { mode: 0o700 });
  const { ino } = lstatSync(at);
  return () => {
    const found = lstatSync(at, { throwIfNoEntry: false });
    if (found?.ino !== ino) return;
    if (kind === 'file' && found.size === 0) unlinkSync(at);
    if (kind === 'directory') removeEmpty(at);
  };
}

function removeEmpty(at: string): void {
  try {
    rmdirSync(at);
  } catch {
    // Somebody outside has put something in it meanwhile: then it is theirs.
  }
}
