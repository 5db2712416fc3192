import type { ShellKind } from '../../core/statement.ts';
import { isNumeric, NUMBER_WORD, type Word } from './word.ts';

/** What a shell remembers from one command to the next, as far as it is known. */
export interface State {
  /** Every directory that it may be in, absolute; null for one that is not known. Never empty. */
  readonly directories: readonly (string | null)[];
  /** Variables with the values that they surely have, or numbers that they surely are. */
  readonly variables: ReadonlyMap<string, Word>;
  /** What reads the line; null when that is not known. */
  readonly shell: ShellKind | null;
  /** Set where what is shown goes to another program for sure, and to no terminal. */
  readonly isPiped?: true;
}

/** What is remembered after a command, by whether it succeeded. */
export interface Outcome {
  readonly succeeded: State;
  readonly failed: State;
}

/** More would be no help to anybody, and cost time. */
const MOST_DIRECTORIES = 4;
const MOST_VARIABLES = 64;
/** Characters of a value: `x=$x$x` doubles it. */
const LONGEST_VALUE = 4096;

export function unchanged(state: State): Outcome {
  return { succeeded: state, failed: state };
}

export function after({ succeeded, failed }: Outcome): State {
  return join(succeeded, failed);
}

/** What is known whichever of the two came true. */
export function join(one: State, other: State): State {
  if (one === other) return one;
  const directories = [...new Set([...one.directories, ...other.directories])];
  return {
    directories: directories.length > MOST_DIRECTORIES ? [null] : directories,
    variables: one.variables === other.variables ? one.variables : agreed(one.variables, other.variables),
    shell: one.shell === other.shell ? one.shell : null,
    ...(one.isPiped === true && other.isPiped === true ? { isPiped: true } : {}),
  };
}

/** A shell of which nothing is known. */
export const FORGOTTEN: State = { directories: [null], variables: new Map<string, Word>(), shell: null };

/** The same, where what is shown goes to another program. */
export function piped(state: State): State {
  return { ...state, isPiped: true };
}

/** The same, where what is shown may go to a terminal. */
export function shown(state: State): State {
  if (state.isPiped !== true) return state;
  const { isPiped: _, ...rest } = state;
  return rest;
}

export function moved(state: State, directories: readonly (string | null)[]): State {
  return { ...state, directories };
}

/** `value` null: it may be anything from here on. */
export function assigned(state: State, name: string, value: Word | null): State {
  const variables = new Map(state.variables);
  const isKnown = value !== null && (value.text?.length ?? 0) <= LONGEST_VALUE;
  if (!isKnown || (variables.size >= MOST_VARIABLES && !variables.has(name))) variables.delete(name);
  else variables.set(name, value);
  return { ...state, variables };
}

export function isSame(one: State, other: State): boolean {
  return (
    one === other ||
    (one.shell === other.shell &&
      one.directories.length === other.directories.length &&
      one.directories.every((directory) => other.directories.includes(directory)) &&
      one.variables.size === other.variables.size &&
      [...one.variables].every(([name, value]) => isEqual(value, other.variables.get(name))))
  );
}

function agreed(one: ReadonlyMap<string, Word>, other: ReadonlyMap<string, Word>): ReadonlyMap<string, Word> {
  const variables = new Map<string, Word>();
  for (const [name, value] of one) {
    const theirs = other.get(name);
    if (isEqual(value, theirs)) variables.set(name, value);
    else if (theirs !== undefined && isNumeric(value) && isNumeric(theirs)) variables.set(name, NUMBER_WORD);
  }
  return variables;
}

/** The same, where nothing is known of variables but which are numbers. */
export function withNumbers(state: State): State {
  const numbers = [...state.variables].filter(([, value]) => isNumeric(value));
  return { ...state, directories: [null], variables: new Map(numbers.map(([name]) => [name, NUMBER_WORD])) };
}

function isEqual(one: Word, other: Word | undefined): boolean {
  return other !== undefined && one.kind === other.kind && one.text === other.text && one.number === other.number;
}
