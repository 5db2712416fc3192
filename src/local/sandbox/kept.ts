import {
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { HoopError } from '../../core/errors.ts';
import { isWithin } from './inside.ts';
import type { Mount } from './mount.ts';

/** An empty file and an empty directory, to lie over others. */
export interface Blanks {
  readonly file: string;
  readonly directory: string;
}

/**
 * What runs by itself outside, later and unasked, when somebody enters the directory, opens it in an editor or starts an
 * agent or a shell in it.
 */
const RUN_BY_OTHERS: Readonly<Record<string, 'file' | 'directory'>> = {
  '.git': 'directory',
  '.hg': 'directory',
  '.jj': 'directory',
  // With it and what else belongs to one, the directory itself would be a repository, and have a configuration that git runs.
  HEAD: 'file',
  '.husky': 'directory',
  '.vscode': 'directory',
  '.idea': 'directory',
  '.zed': 'directory',
  '.devcontainer': 'directory',
  '.claude': 'directory',
  '.cursor': 'directory',
  '.codex': 'directory',
  '.gemini': 'directory',
  '.kiro': 'directory',
  '.opencode': 'directory',
  'opencode.json': 'file',
  '.aider.conf.yml': 'file',
  '.mcp.json': 'file',
  '.envrc': 'file',
  'mise.toml': 'file',
  '.mise.toml': 'file',
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

/** Whether a directory is a repository's own, with its hooks and its configuration. */
export function isRepository(path: string): boolean {
  return (
    /\/\.(?:git|hg|jj)(?:\/|$)/.test(path) || (existsSync(join(path, 'HEAD')) && existsSync(join(path, 'objects')))
  );
}

/**
 * The directories between a writable one and something in it, each as a mount of its own: what is mounted cannot be
 * moved, and so nothing else can be put in the place of what lies below. None for what does not lie in it.
 * @throws HoopError `local.sandbox` where a link leads there, which could be replaced
 */
export function pinnedWay(to: string, directory: string): readonly Mount[] {
  let real: string = sep;
  for (const name of resolve(to).split(sep).filter(Boolean)) {
    const next = join(real, name);
    const found = lstatSync(next, { throwIfNoEntry: false });
    if (found?.isSymbolicLink() !== true) real = next;
    else if (isWithin(next, directory)) throw linkRefused(next);
    else real = existsSync(next) ? realpathSync(next) : resolve(real, readlinkSync(next));
  }
  const pinned: Mount[] = [];
  for (let at = dirname(real); at !== directory && isWithin(at, directory); at = dirname(at)) {
    if (existsSync(at)) pinned.unshift({ kind: 'bind', source: at, at, writable: true });
  }
  return pinned;
}

/**
 * Keeps what others run as it is, and keeps it from appearing where it is not: something has to lie there to be covered,
 * and is taken away again.
 */
export function keepPlaces(
  path: string,
  blanks: Blanks,
): { readonly mounts: readonly Mount[]; readonly release: () => void } {
  const made: (() => void)[] = [];
  const release = (): void => {
    for (const remove of made.splice(0)) remove();
  };
  try {
    const mounts = Object.entries(RUN_BY_OTHERS).map(([name, kind]): Mount => {
      const at = join(path, name);
      const found = lstatSync(at, { throwIfNoEntry: false });
      if (found?.isSymbolicLink() === true) throw linkRefused(at);
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

function linkRefused(at: string): HoopError {
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
