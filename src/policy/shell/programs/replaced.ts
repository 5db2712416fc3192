import { type Call, locations, touch, touchAt } from '../call.ts';
import { locate } from '../location.ts';
import type { Parsed } from '../options.ts';
import { literal, textOf, UNKNOWN_WORD, type Word } from '../word.ts';

/** Behind these names gzip looks for no longer one. */
const SUFFIXED = /(?:\.(?:t?gz|taz|z|Z)|[-_]z)$/u;

/** Programs that put another file in the place of the one they are given: `a` by `a.gz`, or the other way round. */
export function replaced(call: Call, { operands, given }: Parsed): boolean {
  const has = (...names: readonly string[]): boolean => given.some(({ name }) => name !== null && names.includes(name));
  const keeps = has('k', 'c', 'l', 't');
  for (const word of operands.flatMap((operand) => [operand, ...longerNames(operand)])) {
    for (const { name, certain } of locations(call, word)) {
      touchAt(call, 'read', { name, certain });
      if (keeps && !has('k')) continue;
      if (!keeps) touchAt(call, 'remove', { name, certain });
      const stem = name?.replace(/\.[a-z0-9]+$/u, '') ?? null;
      touchAt(call, 'write', { name: stem === null ? null : stem.endsWith('*') ? stem : `${stem}*`, certain: false });
      // The name that is kept within the file: any, where the file lies.
      if (has('N')) touchAt(call, 'write', { name: name === null ? null : beside(name), certain: false });
    }
  }
  // A suffix may lead into another directory.
  return given.some(({ name, value }) => name === 'S' && !/^\.?[\w-]+$/u.test(value?.text ?? ''));
}

/** Of two files that are compared one may be left out: the same without what such files end in. */
export function unpackedBeside(call: Call, words: readonly Word[]): void {
  unpacked(call, words);
  for (const word of words) {
    const text = textOf(word)?.replace(/[.-][A-Za-z0-9]+$/u, '');
    if (text !== undefined) touch(call, 'read', { ...word, kind: 'glob', text: `${text}*` });
  }
}

/** Programs that show what such files hold. `words`: which of the operands are files. */
export function unpacked(call: Call, words: readonly Word[]): void {
  for (const word of words.flatMap(longerNames)) touch(call, 'read', word);
}

/** The same for those that look for a pattern, which comes before the files unless `-e` gives it. */
export function unpackedBehindPattern(call: Call, { operands, given }: Parsed): void {
  unpacked(call, given.some(({ name }) => name === 'e') ? operands : operands.slice(1));
}

/** The files that are taken where there is none of the name that is given: `a.gz` for `a`. */
function longerNames(word: Word): readonly Word[] {
  if (word.text === null) return [UNKNOWN_WORD];
  if (word.text === '-' || (word.kind === 'literal' && SUFFIXED.test(word.text))) return [];
  return [{ ...word, kind: 'glob', text: `${word.text}*` }];
}

function beside(name: string): string | null {
  return locate(literal(`${name}/../*`), null).name;
}
