import { type Call, touch } from '../call.ts';
import { literal } from '../word.ts';

/** True where a word is an `@FILE`, of which programs of binutils read their options. */
export function responding(call: Call): boolean {
  const files = call.words.flatMap(({ text }) => (text?.startsWith('@') === true ? [text.slice(1)] : []));
  for (const file of files) touch(call, 'read', literal(file));
  return files.length > 0;
}
