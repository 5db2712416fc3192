import { chmod, lstat, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { errnoOf, HoopError } from '../core/errors.ts';

type Environment = Readonly<NodeJS.ProcessEnv>;

/** An XDG base directory; the specification has relative paths ignored. */
function base(env: Environment, variable: string, ...fallback: readonly string[]): string {
  const value = env[variable];
  return value !== undefined && isAbsolute(value) ? value : join(env['HOME'] ?? homedir(), ...fallback);
}

/**
 * Where records and keys live: `$HOOPCTL_STATE_DIR`, or `hoopctl` under `$XDG_STATE_HOME`.
 * @throws HoopError `config.invalid` when the variable is set to a relative path
 */
export function stateDirectory(env: Environment): string {
  const own = env['HOOPCTL_STATE_DIR'];
  if (own === undefined) return join(base(env, 'XDG_STATE_HOME', '.local', 'state'), 'hoopctl');
  if (isAbsolute(own)) return own;
  throw new HoopError('config.invalid', 'HOOPCTL_STATE_DIR is not an absolute path', {
    hint: 'HOOPCTL_STATE_DIR=/an/absolute/path',
  });
}

/** Where sockets and the notes about open doors live: gone after a restart of the machine, where there is such a place. */
export function runtimeDirectory(env: Environment): string {
  const runtime = env['XDG_RUNTIME_DIR'];
  return runtime !== undefined && isAbsolute(runtime) ? join(runtime, 'hoopctl') : join(stateDirectory(env), 'run');
}

/**
 * Makes a directory that only its owner can enter, or makes sure that it is one.
 * @throws HoopError `local.listen` when it belongs to somebody else, is a link, or cannot be made
 */
export async function privateDirectory(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const found = await lstat(path);
    if (!found.isDirectory()) throw unusable(path, 'is not a directory');
    if (process.getuid !== undefined && found.uid !== process.getuid()) throw unusable(path, 'belongs to another user');
    if ((found.mode & 0o077) !== 0) await chmod(path, 0o700);
    return path;
  } catch (error) {
    if (error instanceof HoopError) throw error;
    throw unusable(path, `cannot be used (${errnoOf(error) ?? 'unknown failure'})`, error);
  }
}

function unusable(path: string, why: string, cause?: unknown): HoopError {
  return new HoopError('local.listen', `${path} ${why}`, { hint: 'HOOPCTL_STATE_DIR=/a/directory/of/your/own', cause });
}
