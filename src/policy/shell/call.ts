import type { Operation } from '../../core/action.ts';
import type { Pagers } from '../../core/statement.ts';
import type { Departures } from './departures.ts';
import type { Findings, Invocation } from './findings.ts';
import { locate, type Location } from './location.ts';
import { moved, type Outcome, type State } from './state.ts';
import type { Word } from './word.ts';

/** What judging one command needs of the judging of all. */
export interface Scene {
  readonly findings: Findings;
  /** See `CommandContext`. */
  readonly pagers: Pagers | undefined;
  /** False when all that may be spent on one command line is: then no more of it is read. `units`: characters, about. */
  spend(units: number): boolean;
  /** What a loop, or a function, may end with before it comes to its end: where `break` and the like stand. */
  readonly departures: Departures;
  /** Judges a program with its words: what a wrapper runs. */
  invoke(words: readonly Word[], state: State, via: readonly string[]): Outcome;
  /** Judges a text that a shell is given. */
  script(text: string, state: State, via: readonly string[]): Outcome;
}

/** Something that is done: by a program, or by the shell itself. */
export interface Deed extends Invocation {
  readonly state: State;
  readonly scene: Scene;
}

/** One program that runs, with the words behind it. */
export interface Call extends Deed {
  readonly program: string;
}

/** What a shell gives a program anyway, and what keeps nothing. */
const NOTHING: ReadonlySet<string> = new Set([
  '/dev/null',
  '/dev/stdin',
  '/dev/stdout',
  '/dev/stderr',
  '/dev/tty',
  '/dev/zero',
  '/dev/full',
  '/dev/random',
  '/dev/urandom',
]);

/** Notes what is done to the path that a word means, in every directory that the shell may be in. */
export function touch(deed: Deed, operation: Operation, word: Word, recursive = false): void {
  for (const location of locations(deed, word)) touchAt(deed, operation, location, recursive);
}

export function touchAt(deed: Deed, operation: Operation, location: Location, recursive = false): void {
  const { certain, name } = location;
  if ((operation === 'read' || operation === 'write') && certain && name !== null && NOTHING.has(name)) return;
  deed.scene.findings.touch(operation, location, deed, recursive);
}

/** Where a program looks for relative names that goes to a directory first. */
export function led({ state }: Pick<Deed, 'state'>, place: Word): State {
  const names = locations({ state }, place).map(({ name }) => (name?.includes('*') === true ? null : name));
  return moved(state, [...new Set(names)]);
}

export function locations({ state }: Pick<Deed, 'state'>, word: Word): readonly Location[] {
  const { directories } = state;
  if (word.text?.startsWith('/') === true) return [locate(word, null)];
  return directories.map((directory) => {
    const { name, certain } = locate(word, directory);
    return { name, certain: certain && directories.length === 1 };
  });
}
