import { type Call, touch } from '../call.ts';
import type { Parsed } from '../options.ts';
import { textOf, UNKNOWN_WORD } from '../word.ts';

/** Addresses, and commands that only change what comes out. Whatever is not this may write files or run programs. */
const ADDRESS = String.raw`(?:\d+|\$|\d+~\d+|/(?:[^/\\\n]|\\[^\n])*/I?)`;
const SUBSTITUTION = [',', '/', '|', '#', '@', '!', '%', ':', '+']
  .map((mark) => {
    const m = mark.replace(/[/|+]/u, String.raw`\$&`);
    const text = String.raw`(?:[^${m}\\\n]|\\[^\n])*`;
    return `s${m}${text}${m}${text}${m}[gpiI0-9]*`;
  })
  .join('|');
const COMMAND = String.raw`(?:[pdPDnNxgGhH=lqQ]|[qQ]\d+|y/(?:[^/\\\n]|\\[^\n])*/(?:[^/\\\n]|\\[^\n])*/|${SUBSTITUTION})`;
const ONE = String.raw`(?:${ADDRESS}(?:,\s*(?:${ADDRESS}|\+\d+|~\d+))?\s*!?\s*)?${COMMAND}`;
const HARMLESS = new RegExp(String.raw`^\s*${ONE}\s*(?:[;\n]\s*${ONE}\s*)*[;\s]*$`, 'u');

/** Longer ones are programs. */
const LONGEST_SCRIPT = 1024;

/** sed reads files, with -i writes them; true when its script is not known to do no more than that. */
export function sed(call: Call, { given, operands }: Parsed): boolean {
  const scripts = given.filter(({ name }) => name === 'e').map(({ value }) => textOf(value ?? undefined));
  const isGiven = given.some(({ name }) => name === 'e' || name === 'f');
  if (!isGiven) scripts.push(textOf(operands[0]));
  const writes = given.some(({ name }) => name === 'i');
  for (const word of isGiven ? operands : operands.slice(1)) {
    touch(call, 'read', word);
    if (writes) touch(call, 'write', word);
  }
  const files = given.filter(({ name }) => name === 'f');
  for (const { value } of files) touch(call, 'read', value ?? UNKNOWN_WORD);
  // With a suffix, the backup may be put anywhere.
  const backsUp = given.some(({ name, value }) => name === 'i' && !/^\.?[\w.-]*$/u.test(value?.text ?? ''));
  return files.length > 0 || backsUp || !scripts.every(isHarmless);
}

function isHarmless(script: string | null): boolean {
  return script !== null && script.length <= LONGEST_SCRIPT && HARMLESS.test(script);
}
