import { type Call, led, touch } from '../call.ts';
import { optionsOf, parseOptions, type Parsed } from '../options.ts';
import type { Unclear } from '../program.ts';
import { moved, type State } from '../state.ts';
import { literal, textOf, UNKNOWN_WORD, type Word } from '../word.ts';

export const GIT_OPTIONS =
  '-pPvh C: c: exec-path? html-path man-path info-path paginate no-pager git-dir: work-tree: namespace: bare no-replace-objects literal-pathspecs glob-pathspecs noglob-pathspecs icase-pathspecs no-optional-locks config-env: version help';
/** Options in front of the verb that say what it runs. */
const CONFIGURES: ReadonlySet<string | null> = new Set([null, 'c', 'config-env', 'exec-path']);
/** And those that say where. */
const MOVES: ReadonlySet<string | null> = new Set(['C', 'git-dir', 'work-tree']);

/** Verbs that run no other programs than the repository's configuration and hooks name. */
const PLAIN: ReadonlySet<string> = new Set(
  (
    'status log diff show rev-parse branch tag remote ls-files ls-tree cat-file blame shortlog describe reflog stash fetch pull push clone checkout ' +
    'switch restore add commit merge reset rm mv init clean gc fsck grep worktree cherry-pick revert rebase ls-remote rev-list merge-base name-rev ' +
    'symbolic-ref show-ref for-each-ref count-objects whatchanged version'
  ).split(' '),
);
/** Long options of theirs that name a program, or a configuration that does. They can be shortened. */
const RUNNING = ['upload-pack', 'receive-pack', 'exec', 'open-files-in-pager', 'config', 'template'];
const RUNNING_LETTERS: Readonly<Record<string, string>> = { clone: 'cu', rebase: 'x', grep: 'O', 'ls-remote': 'u' };

/** Options, of any verb, whose values are files. Those that begin alike are told from them. */
const FILES =
  'output: output-indicator-new: output-indicator-old: output-indicator-context: contents: pathspec-from-file: pathspec-file-nul';

/** Verbs that write to a directory of their own, by how many words come in front of it. */
const MAKES: Readonly<Record<string, number>> = { init: 0, clone: 1, worktree: 1 };

const SERVING: Readonly<Record<string, (call: Call, parsed: Parsed) => Unclear>> = {
  'upload-pack': uploadPack,
  'receive-pack': receivePack,
  'upload-archive': uploadArchive,
};

/**
 * git runs what the configuration of a repository says: hooks, aliases, pagers, filters, monitors. Its name
 * stands for all of that; what the command line itself makes it run is another matter.
 */
export function git(call: Call): Unclear {
  const { given, operands, strange, unsure } = parseOptions(optionsOf(GIT_OPTIONS), call.words, true);
  const [first, ...rest] = operands;
  const verb = textOf(first);
  const serve = verb === null ? undefined : SERVING[verb];
  const configures = strange || unsure || given.some(({ name, value }) => CONFIGURES.has(name) && value !== null);
  if (serve !== undefined) {
    const unclear = serve(call, parseOptions(optionsOf('strict no-strict timeout: stateless-rpc'), rest));
    return configures || given.some(({ name }) => MOVES.has(name)) ? 'runs' : unclear;
  }
  filesOf({ ...call, state: movedBy(call, given) }, verb, rest);
  if (configures || (first !== undefined && (verb === null || !PLAIN.has(verb)))) return 'runs';
  return rest.some((word) => mayRun(verb ?? '', word)) ? 'runs' : true;
}

/** Where a verb looks for relative paths: `-C` leads there, each from the one before. */
function movedBy({ state }: Call, given: Parsed['given']): State {
  const [place, ...more] = given.filter(({ name }) => name === 'C').map(({ value }) => value);
  if (place === undefined) return state;
  if (place === null || more.length > 0) return moved(state, [null]);
  return led({ state }, place);
}

/** What options and words of a verb name outside of the repository. */
function filesOf(call: Call, verb: string | null, words: readonly Word[]): void {
  const { given, operands } = parseOptions(optionsOf(FILES), words);
  const isOutside =
    words.some(({ text }) => text?.startsWith('--no-ind') === true) ||
    operands.some(({ text }) => text === null || /^\/|\.\.(?:\/|$)/u.test(text));
  for (const { name, value } of given) {
    if (name === 'output') touch(call, 'write', value ?? UNKNOWN_WORD);
    if (name === 'contents' || name === 'pathspec-from-file') touch(call, 'read', value ?? UNKNOWN_WORD);
  }
  // Where there is no repository, or a path leads out of it, two files are compared.
  const compares = verb === 'diff' || (verb === 'grep' && isOutside);
  if (compares) for (const word of operands) touch(call, 'read', word, isOutside);
  const made = verb === null ? undefined : MAKES[verb];
  if (made === undefined) return;
  for (const word of operands.slice(made)) touch(call, 'write', word, true);
}

function mayRun(verb: string, word: Word): boolean {
  const text = textOf(word);
  if (text === null) return !word.plain;
  const name = /^--([^=]+)/u.exec(text)?.[1];
  if (name !== undefined) return RUNNING.some((option) => option.startsWith(name));
  const letters = RUNNING_LETTERS[verb];
  return letters !== undefined && text.startsWith('-') && letters.split('').some((letter) => text.includes(letter));
}

/** What is served under a name: git reads `~` in it by itself, and tries it with `.git` behind. */
function repositoriesOf(word: Word): readonly Word[] {
  const name = textOf(word)?.replace(/(?<=.)\/+$/u, '');
  if (name === undefined) return [word];
  if (name.startsWith('~')) return [UNKNOWN_WORD];
  return name.endsWith('.git') ? [word] : [word, literal(`${name}.git`)];
}

/** Gives what is in a repository to a client: no hook runs. */
export function uploadPack(call: Call, { operands, strange }: Parsed): Unclear {
  for (const word of operands.flatMap(repositoriesOf)) touch(call, 'read', word, true);
  return strange;
}

/** Takes what a client sends into a repository, and runs its hooks. */
export function receivePack(call: Call, { operands }: Parsed): Unclear {
  for (const word of operands.flatMap(repositoriesOf)) touch(call, 'write', word, true);
  return true;
}

/** Packs what is in a repository, by programs that its configuration may name. */
export function uploadArchive(call: Call, { operands }: Parsed): Unclear {
  for (const word of operands.flatMap(repositoriesOf)) touch(call, 'read', word, true);
  return true;
}
