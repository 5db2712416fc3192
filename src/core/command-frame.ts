import { shellQuoted } from './shell.ts';

/*
 * What is sent so that a command line runs in a directory. The line stands in it byte for byte, on lines of its own: a
 * line that is complete by itself can neither end the braces around it nor reach beyond them.
 */

/** `directory`: absolute. */
export function framedCommand(line: string, directory: string): string {
  return `cd -- ${shellQuoted(directory)} && ${braced(line)}`;
}

/** The same, where only the directory that it leads to is said in the end, without its links. */
export function framedMove(line: string, directory: string): string {
  return `${framedCommand(line, directory)} >/dev/null && pwd -P`;
}

function braced(line: string): string {
  return `{\n${line}\n}`;
}
