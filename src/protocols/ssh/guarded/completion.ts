import { posix } from 'node:path';
import { visible } from '../../../core/visible.ts';

/** A name that could follow. */
export interface Candidate {
  readonly name: string;
  readonly isDirectory: boolean;
}

/** What a line in front of the cursor may go on with. */
export type Wanted =
  | { readonly kind: 'program'; readonly begun: string }
  /** `directory`: as it is written; empty for the one that the line runs in. */
  | { readonly kind: 'path'; readonly directory: string; readonly begun: string };

export interface Completion {
  /** To be put in at the cursor. */
  readonly inserted: string;
  /** What to choose from, one row after the other; empty when there is nothing to choose. */
  readonly shown: string;
}

export const NOTHING_FOLLOWS: Completion = { inserted: '', shown: '' };

/** Names that are shown at once. */
const MOST_SHOWN = 100;
/** The last word, as far as it means nothing but itself. */
const LAST_WORD = /(?<=^|[\s;&|(<>])(?:\\[^\n]|[^\s;&|()<>"'`$\\*?[\]{}~!#])*$/u;

/** Null where it is not known what a word would mean: in quotes, behind variables and patterns. */
export function wantedBy(before: string): Wanted | null {
  const [word] = LAST_WORD.exec(before) ?? [];
  const plain = before.replaceAll(/\\./g, '');
  if (word === undefined || count(plain, "'") % 2 === 1 || count(plain, '"') % 2 === 1) return null;
  const text = word.replaceAll(/\\(.)/gu, '$1');
  const slash = text.lastIndexOf('/') + 1;
  if (slash === 0 && isFirst(before.slice(0, before.length - word.length))) return { kind: 'program', begun: text };
  return { kind: 'path', directory: text.slice(0, slash), begun: text.slice(slash) };
}

/** Where a path leads that is completed, in the directory that the line runs in. */
export function placeOf({ directory }: { readonly directory: string }, current: string): string {
  return posix.resolve(current, directory === '' ? '.' : directory);
}

/** `columns`: of the window. */
export function completionOf(wanted: Wanted, names: readonly Candidate[], columns: number): Completion {
  const { begun } = wanted;
  const fitting = names.filter(
    ({ name }) => name.startsWith(begun) && isPlain(name) && (begun !== '' || !isHidden(name)),
  );
  const [only] = fitting;
  if (only === undefined) return NOTHING_FOLLOWS;
  if (fitting.length === 1) return { inserted: written(only.name, wanted) + (only.isDirectory ? '/' : ' '), shown: '' };
  const common = commonStart(fitting.map(({ name }) => name));
  if (common.length > begun.length) return { inserted: written(common, wanted), shown: '' };
  return { inserted: '', shown: rowsOf(fitting, columns) };
}

/** What is put in behind what is begun: a name that programs and shells would take for something else is led in by `./`. */
function written(name: string, wanted: Wanted): string {
  const leads = wanted.kind === 'path' && wanted.directory === '' && wanted.begun === '' && /^[-+=]/u.test(name);
  return (leads ? './' : '') + escaped(name.slice(wanted.begun.length));
}

/** Whether a command's first word is due. */
function isFirst(before: string): boolean {
  return /(?:^|[;&|(])\s*$/.test(before);
}

function isHidden(name: string): boolean {
  return name.startsWith('.');
}

/** Names that cannot be written as they are, or seen, are not offered. */
function isPlain(name: string): boolean {
  return name !== '.' && name !== '..' && visible(name) === name && !name.includes('\u{FFFD}');
}

function escaped(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}\p{M}_./+%@:=,-]/gu, String.raw`\$&`);
}

function commonStart(names: readonly string[]): string {
  const [first = '', ...rest] = names;
  let characters = Array.from(first);
  for (const name of rest) {
    const others = Array.from(name);
    const end = characters.findIndex((character, index) => character !== others[index]);
    if (end !== -1) characters = characters.slice(0, end);
  }
  return characters.join('');
}

function rowsOf(names: readonly Candidate[], columns: number): string {
  const shown = names.slice(0, MOST_SHOWN).map(({ name, isDirectory }) => name + (isDirectory ? '/' : ''));
  const more = names.length - shown.length;
  const rows: string[] = [];
  for (const name of more > 0 ? [...shown, `and ${more} more`] : shown) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + name.length + 2 < columns) rows[rows.length - 1] = `${last}  ${name}`;
    else rows.push(name);
  }
  return rows.map((row) => `${row}\r\n`).join('');
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
