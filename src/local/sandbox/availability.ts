import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { HoopError } from '../../core/errors.ts';
import { ISOLATION } from './isolation.ts';
import { sandboxFilter } from './seccomp/filter.ts';

/** The programs of the machine that make the sandbox. Absolute paths. */
export interface Tools {
  readonly bubblewrap: string;
  readonly prlimit: string;
  /** What the kernel takes as a filter of system calls. */
  readonly filter: Buffer;
}

const DIRECTORIES = ['/usr/bin', '/bin', '/usr/local/bin', '/run/current-system/sw/bin'];
const UNCONFINED = 'a script with sandbox: none runs without one; so does --no-sandbox where the policies allow it';

/** @throws HoopError `local.sandbox` where there is no sandbox on this machine, with what to do about it */
export function sandboxTools(
  platform: NodeJS.Platform = process.platform,
  directories: readonly string[] = DIRECTORIES,
): Tools {
  if (platform !== 'linux') throw unavailable(`there is no sandbox on ${platform}: it is made of Linux’s namespaces`);
  const filter = sandboxFilter();
  if (filter === null) throw unavailable(`there is no sandbox on ${process.arch}, only on x64 and arm64`);
  return {
    bubblewrap: tool('bwrap', 'bubblewrap', directories),
    prlimit: tool('prlimit', 'util-linux', directories),
    filter,
  };
}

function tool(name: string, distribution: string, directories: readonly string[]): string {
  const found = directories.map((directory) => `${directory}/${name}`).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw unavailable(`the sandbox needs ${name}, which is not installed`, `apt-get install ${distribution}`);
}

function unavailable(message: string, hint = UNCONFINED): HoopError {
  return new HoopError('local.sandbox', message, { hint });
}

/** Tries the namespaces out. @throws HoopError `local.sandbox` where the machine forbids them */
export async function trySandbox(): Promise<void> {
  const { bubblewrap } = sandboxTools();
  try {
    await promisify(execFile)(bubblewrap, [...ISOLATION, '--ro-bind', '/', '/', '--', '/bin/true'], {
      timeout: 10_000,
    });
  } catch (error) {
    throw notStarted(error);
  }
}

/** Why bubblewrap did not come as far as the command. `read` gives a setting of the kernel, or null. */
export function notStarted(cause?: unknown, read: (path: string) => string | null = readSetting): HoopError {
  for (const [path, value, hint] of SETTINGS) {
    if (read(path) !== value) continue;
    const name = path.replace('/proc/sys/', '').replaceAll('/', '.');
    return new HoopError('local.sandbox', `the sandbox does not start: ${name} is ${value} on this machine`, {
      hint,
      cause,
    });
  }
  return new HoopError('local.sandbox', 'the sandbox does not start: bubblewrap failed (see above)', {
    hint: 'bwrap --version must say 0.8 or newer, and within a container user namespaces must be allowed',
    cause,
  });
}

/** What forbids namespaces, and what allows them again. */
const SETTINGS: readonly (readonly [path: string, value: string, hint: string])[] = [
  ['/proc/sys/user/max_user_namespaces', '0', 'sudo sysctl user.max_user_namespaces=15000'],
  ['/proc/sys/kernel/unprivileged_userns_clone', '0', 'sudo sysctl kernel.unprivileged_userns_clone=1'],
  [
    '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    '1',
    'give /usr/bin/bwrap an AppArmor profile with the line “userns,” (aa-status lists the ones there are)',
  ],
];

function readSetting(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
