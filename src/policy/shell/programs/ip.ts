import type { Call } from '../call.ts';
import type { Unclear } from '../program.ts';
import { textOf, type Word } from '../word.ts';

/** Objects whose showing takes no `show`, in all the lengths that people write. */
const OBJECTS =
  /^(?:a|ad|add|addr|address|l|li|lin|link|r|ro|rou|rout|route|ru|rul|rule|n|ne|nei|neigh|neighbor|neighbour|netns|tunnel|maddr|maddress|mroute)$/u;
const SHOWS = /^(?:s|sh|sho|show|l|ls|li|lis|list|get)$/u;
/** Objects of which `s` is short for `set`. */
const SETS = /^(?:l|netns)/u;
const FLAGS =
  /^-(?:[46jsdporN]|br|brief|c|color|s|stats|statistics|d|details|j|json|p|pretty|o|oneline|h|human|t|timestamp)$/u;

/** What has programs run in it. */
const RUNS = /^(?:net|vr)/u;

/** Unclear unless ip only shows: a flag that is not known, another verb, another object. */
export function ip({ words }: Call): Unclear {
  const at = words.findIndex((word) => textOf(word)?.startsWith('-') !== true);
  const flags = at < 0 ? words : words.slice(0, at);
  if (!flags.every((word) => FLAGS.test(textOf(word) ?? ''))) return 'runs';
  const [object, verb]: readonly (Word | undefined)[] = at < 0 ? [] : words.slice(at);
  if (object === undefined) return false;
  const name = textOf(object);
  const other = name === null || RUNS.test(name) ? 'runs' : true;
  if (name === null || !OBJECTS.test(name)) return other;
  if (SETS.test(name) && textOf(verb) === 's') return other;
  return verb === undefined || SHOWS.test(textOf(verb) ?? '') ? false : other;
}
