import { open, type FileHandle } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errnoOf, HoopError } from '../core/errors.ts';
import type { Policy } from '../policy/rules.ts';
import { UNGUARDED } from '../policy/unguarded.ts';
import { file, type FileContents } from './file-shape.ts';
import { configDirectory } from './paths.ts';
import { InvalidFile } from './problems.ts';
import { BAD, Report } from './shape.ts';
import { suggestion } from './suggest.ts';
import type { TargetConfig } from './target-shape.ts';
import { START } from './tree.ts';
import { LARGEST_FILE, parseYaml } from './yaml.ts';

/** A validated configuration. Secrets are references still. */
export interface Config extends FileContents {
  /** The file it was read from, absolute; paths in it are relative to its directory. */
  readonly path: string;
}

export interface LoadOptions {
  /** From `--config`; undefined searches. */
  readonly path?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
}

const MISSING_HINT = 'write a hoopctl.yaml here, or name one with --config FILE';

/**
 * Finds and reads the configuration: `--config`, `$HOOPCTL_CONFIG`, `./hoopctl.yaml`, then
 * `$XDG_CONFIG_HOME/hoopctl/hoopctl.yaml`. A place that was named and holds nothing is an error; the
 * search does not go on behind the user's back.
 * @throws HoopError `config.missing`; `config.invalid` as `InvalidFile` with every problem found
 */
export async function loadConfig(options: LoadOptions): Promise<Config> {
  const { path, shown, handle } = await find(options);
  const text = await readAll(handle, shown);
  return { path, ...parseConfig(text, shown) };
}

/**
 * Validates the text of a hoopctl.yaml.
 * @param shown how the file is called in messages
 * @throws InvalidFile
 */
export function parseConfig(text: string, shown: string): FileContents {
  const { tree, problems } = parseYaml(text);
  if (tree === null) throw new InvalidFile(shown, problems);
  const report = new Report();
  const contents = file.read(tree, report, '');
  if (contents === BAD || report.problems.length > 0) throw new InvalidFile(shown, report.problems);
  return contents;
}

/** @throws HoopError `config.target` when there is no such target */
export function targetNamed(config: Config, name: string): TargetConfig {
  const target = config.targets.get(name);
  if (target !== undefined) return target;
  const known = [...config.targets.keys()];
  throw new HoopError('config.target', `there is no target ${JSON.stringify(name)}${suggestion(name, known)}`, {
    hint: `the targets are: ${known.join(', ')}`,
  });
}

/** The policies that guard a target, at least one. */
export function policiesOf(config: Config, target: TargetConfig): readonly Policy[] {
  if (target.policy === 'unguarded') return [UNGUARDED];
  return namedPolicies(config, target.policy);
}

/** Policies by their names. @throws HoopError `config.target` when there is none of such a name */
export function namedPolicies(config: Config, names: readonly string[]): readonly Policy[] {
  return names.map((name) => {
    const policy = config.policies.get(name);
    if (policy !== undefined) return policy;
    throw new HoopError('config.target', `there is no policy ${JSON.stringify(name)}`);
  });
}

interface Found {
  readonly path: string;
  readonly shown: string;
  readonly handle: FileHandle;
}

async function find({ path, env, cwd, home }: LoadOptions): Promise<Found> {
  if (path !== undefined) return named(path, cwd, '--config');
  const variable = env['HOOPCTL_CONFIG'];
  if (variable !== undefined) return named(variable, cwd, 'HOOPCTL_CONFIG');
  const here = await attempt(join(cwd, 'hoopctl.yaml'), 'hoopctl.yaml');
  if (here !== null) {
    await refuseForeign(here);
    return here;
  }
  const own = join(configDirectory(env, home), 'hoopctl.yaml');
  const found = await attempt(own, own);
  if (found !== null) return found;
  throw new HoopError('config.missing', `there is no hoopctl.yaml here, and no ${own}`, { hint: MISSING_HINT });
}

async function named(path: string, cwd: string, by: string): Promise<Found> {
  if (path.trim() === '') {
    throw new HoopError('config.missing', `${by} is empty`, { hint: `name a file, or leave ${by} out` });
  }
  const found = await attempt(resolve(cwd, path), path);
  if (found !== null) return found;
  throw new HoopError('config.missing', `${by} names ${path}, which does not exist`, { hint: 'check the path' });
}

/** Null when there is no such file. */
async function attempt(path: string, shown: string): Promise<Found | null> {
  try {
    return { path, shown, handle: await open(path, 'r') };
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return null;
    throw new HoopError('config.invalid', `${shown} cannot be read (${errno ?? 'unknown'})`, {
      cause: error,
      hint: 'check its permissions',
    });
  }
}

/**
 * A file that lies in the current directory was not named by anybody: if somebody else owns it, its
 * commands and targets are theirs. Named files are the user's own choice.
 */
async function refuseForeign({ handle, shown }: Found): Promise<void> {
  const uid = process.getuid?.();
  const { uid: owner } = await handle.stat();
  if (uid === undefined || owner === uid || owner === 0) return;
  await handle.close();
  throw new HoopError('config.invalid', `${shown} belongs to another user`, {
    hint: `if you trust it, name it: --config ./${shown}`,
  });
}

async function readAll(handle: FileHandle, shown: string): Promise<string> {
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new InvalidFile(shown, [{ at: START, message: 'is not a file' }]);
    if ((stat.mode & 0o002) !== 0) {
      throw new HoopError('config.invalid', `${shown} may be changed by everybody`, { hint: `chmod o-w ${shown}` });
    }
    if (stat.size > LARGEST_FILE) throw new InvalidFile(shown, [{ at: START, message: 'is larger than 256 KiB' }]);
    return new TextDecoder('utf-8', { fatal: true }).decode(await handle.readFile());
  } catch (error) {
    if (error instanceof HoopError) throw error;
    if (error instanceof TypeError) throw new InvalidFile(shown, [{ at: START, message: 'is not UTF-8 text' }]);
    throw new HoopError('config.invalid', `${shown} cannot be read (${errnoOf(error) ?? 'unknown'})`, { cause: error });
  } finally {
    await handle.close();
  }
}
