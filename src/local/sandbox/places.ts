/*
 * Where things are inside the sandbox.
 */

/** What belongs to hoopctl: doors, the program that starts first, instructions for agents. */
export const OWN = '/run/hoopctl';
export const CONTROL = `${OWN}/control`;
export const RUNTIME = `${OWN}/bin/node`;
export const HOME = '/home/sandbox';
export const INSTRUCTIONS = `${HOME}/INSTRUCTIONS.md`;

/** The socket behind which a door, or the way to named hosts, is reached from inside. */
export function socketInside(index: number): string {
  return `${OWN}/doors/${index}`;
}

/** Where what a door's clients read lies. */
export function filesInside(index: number): string {
  return `${OWN}/files/${index}`;
}
