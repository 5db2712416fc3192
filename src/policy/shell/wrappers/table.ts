import type { Call } from '../call.ts';
import { applet, env, flock, shell, substituteUser, watch } from './special.ts';
import { find } from './find.ts';
import { PLAIN } from './listing.ts';
import { wrap } from './plain.ts';
import { scp } from './scp.ts';
import { serveFiles, SFTP_SERVERS } from './sftp-server.ts';
import { xargs } from './xargs.ts';

const SPECIAL: Readonly<Record<string, (call: Call) => void>> = {
  env,
  xargs,
  find,
  flock,
  scp,
  watch,
  su: substituteUser,
  runuser: substituteUser,
  busybox: applet,
  toybox: applet,
  sh: shell,
  bash: shell,
  dash: shell,
  ash: shell,
  ksh: shell,
  mksh: shell,
  zsh: shell,
  rbash: shell,
  fish: shell,
};

const WRAPPERS: ReadonlyMap<string, (call: Call) => void> = new Map([
  ...Object.entries(PLAIN).map(([name, wrapper]) => [name, (call: Call): void => wrap(wrapper, call)] as const),
  ...Object.entries(SPECIAL),
  ...SFTP_SERVERS.map((name) => [name, serveFiles] as const),
]);

/** How to judge a program that runs others; undefined for one that is not known to. */
export function wrapperNamed(name: string): ((call: Call) => void) | undefined {
  return WRAPPERS.get(name);
}
