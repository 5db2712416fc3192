import type { Sense } from '../sense.ts';
import { type Options, optionsOf, parseOptions, type Parsed } from './options.ts';
import { baseName } from './program-name.ts';
import { programNamed } from './programs/table.ts';
import { literal, UNKNOWN_WORD, type Word } from './word.ts';
import { wrapperOptions } from './wrappers/options.ts';

/** Programs that take the letters of their options without a dash, too. */
const BARE_LETTERS: ReadonlySet<string> = new Set(['tar', 'ps']);

/** True when all of these flags are given to a program: letters and long names, in whatever way they are spelt. */
export function hasFlags(
  flags: readonly string[],
  program: string | null,
  args: readonly (string | null)[],
  sense: Sense,
): boolean {
  if (program === null) return sense === 'could' && flags.every((flag) => isSpelt(flag, args, sense));
  const name = baseName(program);
  const wrapped = wrapperOptions(name);
  const listing = programNamed(name)?.options ?? wrapped;
  const words = wordsOf(args, BARE_LETTERS.has(name));
  if (listing === undefined || listing === '') return flags.every((flag) => isSpelt(flag, args, sense));
  const options = optionsOf(listing);
  const parsed = parseOptions(options, words, wrapped !== undefined);
  return flags.every((flag) => isGiven(flag, options, parsed, sense) || (parsed.strange && isSpelt(flag, args, sense)));
}

function wordsOf(args: readonly (string | null)[], bare: boolean): readonly Word[] {
  return args.map((text, index) => {
    if (text === null) return UNKNOWN_WORD;
    return literal(bare && index === 0 && /^[A-Za-z]+$/u.test(text) ? `-${text}` : text);
  });
}

function isGiven(flag: string, { short, long }: Options, parsed: Parsed, sense: Sense): boolean {
  if (parsed.unsure && sense === 'could') return true;
  if (parsed.strange && sense === 'surely') return false;
  const name = (short.get(flag) ?? long.get(flag))?.names[0];
  return name !== undefined && parsed.given.some((given) => given.name === name);
}

/** Of a program whose options nobody knows: a dash and the letter among others, two dashes and a name that begins so. */
function isSpelt(flag: string, args: readonly (string | null)[], sense: Sense): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? undefined : end).some((text) => {
    if (text === null) return sense === 'could';
    if (sense === 'surely')
      return text === (flag.length === 1 ? `-${flag}` : `--${flag}`) || text.startsWith(`--${flag}=`);
    if (flag.length === 1) return /^-[^-]/u.test(text) && text.includes(flag);
    const name = /^--?([^=]+)/u.exec(text)?.[1];
    return name !== undefined && (text.startsWith('--') ? flag.startsWith(name) : name === flag);
  });
}
