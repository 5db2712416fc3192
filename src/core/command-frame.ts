import { shellQuoted } from './shell.ts';

/*
 * What is sent so that a command line runs in a directory. The line stands in it byte for byte, on lines of its own: a
 * line that is complete by itself can neither end the braces around it nor reach beyond them. Before it, the shell has gone
 * to the directory, or has ended: a shell that takes the braces for something else still runs nothing anywhere else. Pagers
 * that programs start by themselves where there is a terminal are kept from running what is typed into them.
 */

/** `directory`: absolute, without links. */
export function framedCommand(line: string, directory: string): string {
  return `${framePrelude(directory)}${braced(line)}`;
}

/** The same, where only the directory that it leads to is said in the end, without its links. */
export function framedMove(line: string, directory: string): string {
  return `${framedCommand(line, directory)} >/dev/null && pwd -P`;
}

/** Goes to the directory. Where a link leads elsewhere by now, that is not the directory any more that was judged. */
export function framePrelude(directory: string): string {
  const place = shellQuoted(directory);
  return `cd -P -- ${place} || exit\n[ "$PWD" = ${place} ] || { echo ${shellQuoted(MOVED)} >&2; exit 1; }\n${RESTRAINTS}\n`;
}

/** less obeys LESSSECURE; systemd's programs set it by the other, and dpkg and apt start what PAGER says. */
const RESTRAINTS = 'export LESSSECURE=1 SYSTEMD_PAGERSECURE=1 PAGER=less';

const MOVED = 'hoopctl: where this directory was, a link leads elsewhere by now: nothing was run';

function braced(line: string): string {
  return `{\n${line}\n}`;
}
