import { optionsOf, parseOptions } from './options.ts';
import { baseName } from './program-name.ts';
import { programNamed } from './programs/table.ts';
import { literal, UNKNOWN_WORD } from './word.ts';

/**
 * The word that says what a program does, as `status` in `systemctl --no-pager status nginx`. Null where it cannot be told from
 * others; undefined of a program of which no such word is known.
 */
export function verbIn(program: string, args: readonly (string | null)[]): string | null | undefined {
  const known = programNamed(baseName(program));
  const listing = known?.verbs === undefined ? known?.leading : known.options;
  if (listing === undefined) return undefined;
  const words = args.map((text) => (text === null ? UNKNOWN_WORD : literal(text)));
  const { operands, strange, unsure } = parseOptions(optionsOf(listing), words, true);
  return strange || unsure ? null : (operands[0]?.text ?? null);
}
