import type { Call } from '../call.ts';
import type { Parsed } from '../options.ts';
import { mayExceed } from '../word.ts';

/** How its options are written: one to a word, with a number behind some of them. */
const WRITTEN = /^-(?:[abeEuipdvr-]|[cglos][-+]?\d*)$/u;

/** xxd reads its first word, and writes its second. It looks at the first letter of an option alone. */
export function xxd({ words }: Call, { operands }: Parsed): boolean {
  const options = words.filter(({ text }) => text?.startsWith('-') === true && text.length > 1);
  return mayExceed(operands, 1) || !options.every(({ text }) => WRITTEN.test(text ?? ''));
}
