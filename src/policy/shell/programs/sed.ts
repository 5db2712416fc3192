import { type Call, touch } from '../call.ts';
import type { Parsed } from '../options.ts';
import type { Unclear } from '../program.ts';
import { isPlainSed } from './sed-script.ts';
import { textOf, UNKNOWN_WORD, type Word } from '../word.ts';

/** sed reads files, with -i writes them; unclear when its script is not known to do no more than that. */
export function sed(call: Call, { given, operands }: Parsed): Unclear {
  const scripts = given.filter(({ name }) => name === 'e').map(({ value }) => textOf(value ?? undefined));
  const isGiven = given.some(({ name }) => name === 'e' || name === 'f');
  if (!isGiven) scripts.push(textOf(operands[0]));
  const writes = given.some(({ name }) => name === 'i');
  const suffixes = given.filter(({ name }) => name === 'i').map(({ value }) => value?.text ?? '');
  for (const word of isGiven ? operands : operands.slice(1)) {
    touch(call, 'read', word);
    if (!writes) continue;
    touch(call, 'write', word);
    for (const suffix of suffixes) if (suffix !== '') touch(call, 'write', withSuffix(word, suffix));
  }
  const files = given.filter(({ name }) => name === 'f');
  for (const { value } of files) touch(call, 'read', value ?? UNKNOWN_WORD);
  // With a suffix, the backup may be put anywhere.
  const backsUp = given.some(({ name, value }) => name === 'i' && !/^\.?[\w.-]*$/u.test(value?.text ?? ''));
  const isPlain = scripts.every((script) => script !== null && isPlainSed(script));
  return files.length > 0 || !isPlain ? 'runs' : backsUp;
}

function withSuffix(word: Word, suffix: string): Word {
  return word.text === null ? word : { ...word, text: word.text + suffix };
}
