import { isOne, textOf, type Word } from './word.ts';

/** An option of a program: all the ways to give it, the first of which is its name. */
export interface Option {
  readonly names: readonly string[];
  readonly value: 'none' | 'required' | 'optional';
}

/** The options of a program as they are looked up. */
export interface Options {
  readonly short: ReadonlyMap<string, Option>;
  readonly long: ReadonlyMap<string, Option>;
  /** Whether a dash with digits is an option, as in `head -20`. */
  readonly numbers: boolean;
}

export interface Given {
  /** Its first name; null for an option that is not known. */
  readonly name: string | null;
  readonly value: Word | null;
}

export interface Parsed {
  readonly given: readonly Given[];
  readonly operands: readonly Word[];
  /**
   * Values in words of their own behind the first operand, where they may be paths: systems that do not look for options there
   * (BSD, or with POSIXLY_CORRECT) take them for operands, too.
   */
  readonly late: readonly Word[];
  /** True when an option is not known, or a name short for several. */
  readonly strange: boolean;
  /** True when a word that is not known could be an option, or several words where one is expected. */
  readonly unsure: boolean;
}

const COMPILED = new Map<string, Options>();

/**
 * Reads options as a program's manual lists them, parted by spaces: `r|R|recursive` are names of one (those
 * of one letter are given with one dash), `n:` takes a value, `color?` may have one attached, `-abc` is
 * three plain letters, and `#` a number.
 */
export function optionsOf(listing: string): Options {
  const known = COMPILED.get(listing);
  if (known !== undefined) return known;
  const short = new Map<string, Option>();
  const long = new Map<string, Option>();
  const add = (names: readonly string[], value: Option['value']): void => {
    for (const name of names) (name.length === 1 ? short : long).set(name, { names, value });
  };
  for (const entry of listing.split(' ')) {
    if (entry.startsWith('-')) for (const letter of entry.slice(1).split('')) add([letter], 'none');
    else if (entry !== '' && entry !== '#') {
      const value = entry.endsWith(':') ? 'required' : entry.endsWith('?') ? 'optional' : 'none';
      add((value === 'none' ? entry : entry.slice(0, -1)).split('|'), value);
    }
  }
  const options = { short, long, numbers: listing.split(' ').includes('#') };
  COMPILED.set(listing, options);
  return options;
}

/**
 * Parts options and other words, as getopt does: letters in clusters, values attached or in the next word, long names
 * shortened, `--` ends them. `leading`: only those in front of the first word that is no option.
 */
export function parseOptions(options: Options, words: readonly Word[], leading = false): Parsed {
  const given: Given[] = [];
  const operands: Word[] = [];
  const late: Word[] = [];
  let strange = false;
  let unsure = false;
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at];
    if (word === undefined) break;
    const { text } = word;
    if (text === null || word.kind !== 'literal') {
      if (!word.plain || (leading && !isOne(word))) unsure = true;
      if (leading) break;
      operands.push(word);
    } else if (text === '--') {
      at++;
      break;
    } else if (!text.startsWith('-') || text === '-') {
      if (leading) break;
      operands.push(word);
    } else {
      const step = text.startsWith('--') ? longOption(options, words, at) : shortOptions(options, words, at);
      given.push(...step.given);
      strange ||= step.strange;
      const value = step.taken === 1 ? words[at + 1] : undefined;
      if (value !== undefined && operands.length > 0 && mayBePath(value)) late.push(value);
      if (value !== undefined && !isOne(value)) {
        // The first of several words is the value, the others come behind it.
        unsure = true;
        if (!leading) operands.push(value);
      } else if (value !== undefined && textOf(value) === null && !value.plain) unsure = true;
      at += step.taken;
    }
  }
  return { given, operands: [...operands, ...words.slice(at)], late, strange, unsure };
}

/** Not a number, a sign or a list of fields. */
function mayBePath(word: Word): boolean {
  return textOf(word) === null || /[/.]|^[A-Za-z_~]/u.test(textOf(word) ?? '');
}

interface Step {
  readonly given: readonly Given[];
  readonly strange: boolean;
  /** How many of the following words are values. */
  readonly taken: number;
}

function longOption({ long }: Options, words: readonly Word[], at: number): Step {
  const text = words[at]?.text ?? '';
  const equals = text.indexOf('=');
  const name = text.slice(2, equals < 0 ? undefined : equals);
  const value: Word | null = equals < 0 ? null : { kind: 'literal', text: text.slice(equals + 1), plain: true };
  const found = optionsNamed(long, name);
  const [option] = found;
  const taken = value === null && option?.value === 'required' ? 1 : 0;
  return {
    given:
      found.length === 0
        ? [{ name: null, value }]
        : found.map(({ names }) => ({ name: names[0] ?? null, value: taken === 1 ? (words[at + 1] ?? null) : value })),
    strange: found.length !== 1,
    taken,
  };
}

/** The option of that name, or all that it may be short for. */
function optionsNamed(long: ReadonlyMap<string, Option>, name: string): readonly Option[] {
  const exact = long.get(name);
  if (exact !== undefined) return [exact];
  if (name === '') return [];
  return [...new Set([...long].filter(([full]) => full.startsWith(name)).map(([, option]) => option))];
}

function shortOptions(options: Options, words: readonly Word[], at: number): Step {
  const letters = words[at]?.text?.slice(1) ?? '';
  if (options.numbers && /^\d+$/u.test(letters)) return { given: [], strange: false, taken: 0 };
  const given: Given[] = [];
  let strange = false;
  for (let index = 0; index < letters.length; index++) {
    const option = options.short.get(letters[index] ?? '');
    const name = option?.names[0] ?? null;
    if (option === undefined) strange = true;
    if (option === undefined || option.value === 'none') {
      given.push({ name, value: null });
      continue;
    }
    const attached = letters.slice(index + 1);
    if (attached !== '') given.push({ name, value: { kind: 'literal', text: attached, plain: true } });
    else if (option.value === 'optional') given.push({ name, value: null });
    else {
      given.push({ name, value: words[at + 1] ?? null });
      return { given, strange, taken: 1 };
    }
    break;
  }
  return { given, strange, taken: 0 };
}
