import { type Call, led, touch } from '../call.ts';
import { optionsOf, parseOptions, type Parsed } from '../options.ts';
import type { Unclear } from '../program.ts';
import { literal, textOf, UNKNOWN_WORD, type Word } from '../word.ts';

const HERE = literal('.');

export const TAR_OPTIONS =
  '-ctxruAdvzjJaZpPkOhmlwoSWG c|create x|extract|get t|list r|append u|update d|diff|compare v|verbose z|gzip|gunzip j|bzip2 J|xz zstd a|auto-compress p|preserve-permissions P|absolute-names k|keep-old-files O|to-stdout h|dereference m|touch f|file: C|directory: T|files-from: X|exclude-from: exclude: strip-components: wildcards no-wildcards anchored numeric-owner owner: group: mode: same-owner no-same-owner no-same-permissions one-file-system totals overwrite keep-newer-files exclude-vcs sort: mtime: transform: no-recursion';

/** Options of which the value is a program. */
export const TAR_RUNS =
  'I|use-compress-program: F|info-script|new-volume-script: to-command: checkpoint-action: checkpoint? rsh-command: rmt-command:';

/** tar reads or writes an archive, and reads or writes what is in it. True when it cannot be followed. */
export function tar(call: Call, parsed: Parsed): Unclear {
  const old = withDash(call.words);
  if (old !== null) {
    const again = parseOptions(optionsOf(TAR_OPTIONS), old);
    const unclear = follow(call, again);
    return again.strange || again.unsure ? 'runs' : unclear;
  }
  return follow(call, parsed);
}

/** The letters of the first word take their values one by one from the next words: `tar xzf a.tgz`. */
function withDash([first, ...rest]: readonly Word[]): readonly Word[] | null {
  const text = textOf(first);
  if (text === null || !/^[A-Za-z]+$/u.test(text)) return null;
  const valued = text.split('').filter((letter) => 'fCTXbgKLNVFHIM'.includes(letter));
  const values = valued.flatMap((letter, at) => [literal(`-${letter}`), rest[at] ?? UNKNOWN_WORD]);
  const plain = text.split('').filter((letter) => !valued.includes(letter));
  return [literal(`-${plain.join('')}`), ...values, ...rest.slice(valued.length)];
}

function follow(call: Call, { given, operands }: Parsed): Unclear {
  const has = (...names: readonly string[]): boolean => given.some(({ name }) => name !== null && names.includes(name));
  const writes = has('c', 'r', 'u', 'A');
  const extracts = has('x');
  for (const { name, value } of given) {
    if (name === 'f') touchArchive(call, value ?? UNKNOWN_WORD, writes);
    if (name === 'T' || name === 'X') touch(call, 'read', value ?? UNKNOWN_WORD);
  }
  const places = placesOf(call, given);
  if (writes || has('d')) for (const word of operands) for (const place of places) touch(place, 'read', word, true);
  // Members that are named in front of the first -C come to lie where it runs.
  const targets = places.length > 1 && !isLate(call, operands[0]) ? places.slice(1) : places;
  if (extracts && !has('O')) for (const place of targets) touch(place, 'write', HERE, true);
  // A name with a colon is on another machine; names from a list, or absolute ones, may be any.
  const remote = given.some(({ name, value }) => name === 'f' && value?.text?.includes(':') !== false);
  if (extracts && (has('P') || has('transform'))) touch(call, 'write', UNKNOWN_WORD, true);
  if (writes && has('T')) touch(call, 'read', UNKNOWN_WORD, true);
  // The program that reaches another machine is one that the server names.
  // A list of names may hold options, too. Behind `@` other tars take an archive, of which they read what it names.
  const takesIn = writes && operands.some(({ text }) => text?.startsWith('@') === true);
  return remote || takesIn || has('T') ? 'runs' : has('transform') || (extracts && has('P'));
}

function touchArchive(call: Call, word: Word, writes: boolean): void {
  if (word.text !== '-') touch(call, writes ? 'write' : 'read', word);
}

/** Whether a directory is named behind a word. */
function isLate({ words }: Call, first: Word | undefined): boolean {
  const at = first === undefined ? -1 : words.indexOf(first);
  return at >= 0 && words.slice(at).some(({ text }) => /^-(?:[^-]*C|-d)/u.test(text ?? '-C'));
}

/** Where names are taken from, one after the other: where it runs, and where each -C leads from the one before. */
function placesOf(call: Call, given: Parsed['given']): readonly Call[] {
  const places = [call];
  for (const { name, value } of given) {
    const before = places.at(-1) ?? call;
    if (name === 'C') places.push({ ...call, state: led(before, value ?? UNKNOWN_WORD) });
  }
  return places;
}
