import type { Assignment, Command, Redirection } from 'unbash';
import type { Deed, Scene } from './call.ts';
import type { Reader } from './reader.ts';
import { redirect } from './redirect.ts';
import { assigned, FORGOTTEN, type Outcome, shown, type State, unchanged } from './state.ts';
import { isHarmlessAssignment, isOwn, keepsPrograms } from './variables.ts';
import { literal, textOf, type Word } from './word.ts';

/** Judges a simple command: its assignments, redirections and words. */
export function simple(command: Command, before: State, reader: Reader, scene: Scene, via: readonly string[]): Outcome {
  // Wherever it is led, that may be a terminal again.
  const state = isRedirected(command) ? shown(before) : before;
  const contest = (): void => scene.findings.unknown(via);
  if (!scene.spend(command.end - command.pos)) return unchanged(FORGOTTEN);
  const assignments = command.prefix.filter((one): one is Assignment => one.type === 'Assignment');
  const values = assignments.map((one) => ({
    name: one.name,
    value: reader.value(one, state),
    isKept: keepsPrograms(one.text),
  }));
  const words = wordsOf(command, state, reader);
  const deed: Deed = { program: programOf(words), words: words.slice(1), via, state, scene, redirected: true };
  for (const one of command.redirects) {
    reader.heredoc(one, state);
    redirect(one, deed, { words: (written) => reader.words(written, state), contest });
  }
  if (words.length === 0) {
    // zsh copies what it is given, or shows it, where there is nothing but a redirection.
    const copies = command.redirects.length > 0 ? [literal(readsOnly(command) ? 'more' : 'cat')] : [];
    scene.invoke(copies, state, via);
    return unchanged(assign(values, state, contest));
  }
  for (const { name, value, isKept } of values) {
    // It parts what is read into the variables, and nothing besides.
    if (isKept || (name === 'IFS' && programOf(words) === 'read')) continue;
    if (!isHarmlessAssignment(`${name}=${textOf(value ?? undefined) ?? '/'}`)) contest();
  }
  if (textOf(words[0]) === null) {
    contest();
    // What a pattern may stand for is looked at there.
    if (words[0]?.kind === 'glob') scene.invoke(words, state, via);
    // Most of what cannot be known is nothing: `r$@m`, `$x rm`.
    const blank = wordsOf(command, state, reader, true);
    if (textOf(blank[0]) !== null) scene.invoke(blank, state, via);
    return unchanged({ ...state, directories: [null], variables: new Map() });
  }
  return scene.invoke(words, forgotten(values, state), via);
}

function wordsOf({ name, suffix }: Command, state: State, reader: Reader, isBlank = false): readonly Word[] {
  const written = [...(name === undefined ? [] : [name]), ...suffix.filter((one) => !isRedirection(one))];
  return written.flatMap((one) => reader.words(one, state, isBlank));
}

function isRedirection(one: Command['suffix'][number]): one is Redirection {
  return one.type === 'Redirect' || one.type === 'HereDoc' || one.type === 'HereString';
}

function isRedirected({ redirects, suffix }: Command): boolean {
  return redirects.length > 0 || suffix.some(isRedirection);
}

function readsOnly({ redirects }: Command): boolean {
  return redirects.every((one) => one.type === 'Redirect' && one.operator === '<');
}

function programOf([first]: readonly Word[]): string | null {
  return textOf(first);
}

interface Value {
  readonly name: string;
  readonly value: Word | null;
  /** Whether names of programs go on to mean what they do. */
  readonly isKept: boolean;
}

function assign(values: readonly Value[], state: State, contest: () => void): State {
  let next = state;
  for (const { name, value, isKept } of values) {
    if (!isOwn(name) && !isKept) contest();
    next = assigned(next, name, value);
  }
  return next;
}

/** Some shells keep what is assigned in front of a command. */
function forgotten(values: readonly Value[], state: State): State {
  return values.reduce((next, { name }) => assigned(next, name, null), state);
}
