import { type Call, touch } from '../call.ts';
import type { Parsed } from '../options.ts';
import type { Unclear } from '../program.ts';
import { textOf } from '../word.ts';
import { isPlainAwk } from './awk-script.ts';

/** A word that sets a variable, with its name. */
const ASSIGNMENT = /^([A-Za-z_]\w*)=/u;
/** Names of awk's own, which decide what is read and what runs, and names of connections. */
const OWN = /^(?:ENVIRON|ARGV|ARGC|PROCINFO|SYMTAB|FUNCTAB|BINMODE)=|^\/inet/u;

/** awk reads files; unclear when its script may do more than print what it makes of them. */
export function awk(call: Call, { operands, given, strange, unsure }: Parsed): Unclear {
  const [script, ...rest] = operands;
  const values = given.map(({ value }) => textOf(value ?? undefined));
  for (const word of rest) if (!ASSIGNMENT.test(word.text ?? '')) touch(call, 'read', word);
  const isOdd = (text: string | null): boolean => text === null || OWN.test(text);
  const text = textOf(script);
  // Scripts, and what is loaded into them, are given by options that are not known here.
  const unclear =
    strange ||
    unsure ||
    text === null ||
    !isPlainAwk(text) ||
    values.some(isOdd) ||
    rest.some((word) => OWN.test(word.text ?? ''));
  return unclear && 'runs';
}
