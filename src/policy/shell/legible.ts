import { parse, type ParsedScript } from 'unbash';

/** UTF-16 units. SSH brings no longer ones here: a longer one would be a program that is sent along. */
const LONGEST = 35 * 1024;
/** Brackets within brackets, whether they are quoted or not. */
const DEEPEST = 32;
/** What is in brackets is walked along for each of them: characters by brackets, all in all. */
const MOST_WALKED = 128 * 1024;
/** Signs that may begin something that is a text of its own. */
const MOST_EXPANSIONS = 1024;

/**
 * Parses what a shell is given; null where it is too long or too deep for that, or no such text at all. Takes time in the
 * length of the text. It never throws.
 */
export function parseText(text: string): ParsedScript | null {
  if (text.length > LONGEST || text.includes('\0') || isTooDeep(text)) return null;
  try {
    const script = parse(text);
    return (script.errors?.length ?? 0) === 0 ? script : null;
  } catch {
    // Functions within functions and the like are read by recursion, and the stack has an end.
    return null;
  }
}

/** A process substitution, or a here-document. */
function isInput(char: string, next: string | undefined): boolean {
  return (char === '<' && (next === '(' || next === '<')) || (char === '>' && next === '(');
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  let walked = 0;
  let expansions = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === '(' || char === '{' || char === '[') depth++;
    else if ((char === ')' || char === '}' || char === ']') && depth > 0) depth--;
    if (char === '$' || char === '`' || isInput(char, text[at + 1])) expansions++;
    walked += depth;
    if (depth > DEEPEST || walked > MOST_WALKED || expansions > MOST_EXPANSIONS) return true;
  }
  return false;
}
