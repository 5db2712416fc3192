import { lstatSync } from 'node:fs';
import { lstat, mkdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { errnoOf, HoopError } from '../core/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where records and keys are kept: `$HOOPCTL_STATE_DIR`, else `$XDG_STATE_HOME/hoopctl`. */
export function stateDirectory(env: Environment, home: string): string {
  const override = env['HOOPCTL_STATE_DIR'];
  if (override === undefined) return join(base(env['XDG_STATE_HOME'], join(home, '.local', 'state')), 'hoopctl');
  if (isAbsolute(override)) return override;
  throw new HoopError('config.invalid', 'HOOPCTL_STATE_DIR is not an absolute path', {
    hint: 'give it an absolute path, or unset it',
  });
}

/** Where sockets live: `$XDG_RUNTIME_DIR/hoopctl`; where the system has none, within the state directory. */
export function runtimeDirectory(env: Environment, home: string): string {
  const runtime = env['XDG_RUNTIME_DIR'];
  if (runtime !== undefined && isAbsolute(runtime)) return join(runtime, 'hoopctl');
  return join(stateDirectory(env, home), 'run');
}

/**
 * The environment with XDG_RUNTIME_DIR in it where nobody handed it on and the system has one for this user. Agents'
 * programs hand few variables on: what they start would put its sockets where nobody who answers looks for them.
 * Where HOOPCTL_STATE_DIR says to keep things elsewhere it stays as it is.
 */
export function withRuntimeDirectory(
  env: Environment,
  uid = process.getuid?.(),
  users = '/run/user',
): Readonly<NodeJS.ProcessEnv> {
  if (env['XDG_RUNTIME_DIR'] !== undefined || env['HOOPCTL_STATE_DIR'] !== undefined || uid === undefined) return env;
  const place = join(users, String(uid));
  const found = lstatSync(place, { throwIfNoEntry: false });
  return found === undefined || faultOf(found, uid) !== null ? env : { ...env, XDG_RUNTIME_DIR: place };
}

/** Where the user's own configuration and settings are: `$XDG_CONFIG_HOME/hoopctl`. */
export function configDirectory(env: Environment, home: string): string {
  return join(base(env['XDG_CONFIG_HOME'], join(home, '.config')), 'hoopctl');
}

/** The XDG specification: a relative path is to be ignored, an empty one counts as unset. */
function base(value: string | undefined, fallback: string): string {
  return value !== undefined && isAbsolute(value) ? value : fallback;
}

/**
 * Makes the directory (and those above it) with mode 0700, or checks the one that is there: a real
 * directory, ours, closed to everybody else. Returns its path.
 * @throws HoopError `config.invalid`
 */
export async function privateDirectory(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const found = await lstat(path);
    const fault = faultOf(found, process.getuid?.());
    if (fault !== null) throw new HoopError('config.invalid', `${path} ${fault.reason}`, { hint: fault.hint(path) });
    return path;
  } catch (error) {
    if (error instanceof HoopError) throw error;
    throw new HoopError('config.invalid', `${path} cannot be made or read (${errnoOf(error) ?? 'unknown'})`, {
      cause: error,
      hint: 'check the permissions of the directories above it',
    });
  }
}

interface Fault {
  readonly reason: string;
  readonly hint: (path: string) => string;
}

function faultOf(
  found: { isDirectory(): boolean; isSymbolicLink(): boolean; readonly uid: number; readonly mode: number },
  uid: number | undefined,
): Fault | null {
  const elsewhere = (): string => 'remove it, or name another place with HOOPCTL_STATE_DIR';
  if (found.isSymbolicLink()) return { reason: 'is a symbolic link', hint: elsewhere };
  if (!found.isDirectory()) return { reason: 'is not a directory', hint: elsewhere };
  // Windows has neither owners nor modes in this sense.
  if (uid === undefined) return null;
  if (found.uid !== uid) return { reason: 'belongs to another user', hint: elsewhere };
  if ((found.mode & 0o077) !== 0) return { reason: 'is open to other users', hint: (path) => `chmod 700 ${path}` };
  return null;
}
