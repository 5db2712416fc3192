import type { ShellKind } from '../../core/statement.ts';
import { baseName } from './program-name.ts';

/** Words that csh reads on behind: `if 1 rm x` runs rm there. */
const KEYWORDS = /\b(?:if|while|until|for|case|else)\b/u;
/** Redirections that only some shells know, or take for something else, and signs behind which csh goes on to no other line. */
const SIGNS = /\d[<>]|[<>][&|(]|&>|\|&|<<|<>|(?:&&|\|)[ \t]*\n/u;
/**
 * Words without a sign that shells differ over, in quotes or without, and what parts them. Within a word fish takes `&` for a
 * letter, and what stands in brackets for a part of it: spaces, too.
 */
const ALIKE =
  /^(?:[\w./+%@:,=~*?\]<>;| \t\n-]|&&|&(?=[ \t\n]|$)|(?<![^\s;|&<>])\[|(?<=[^\s;|&<>])\[[\w./+%@:,=~*?-]*\]|'[^'\\!\n]*'|"[^"\\!$`\n]*")*$/u;
/** Programs of which shells of the Korn family, or zsh, compute the words, and those that give them to the same shell to read. */
const HANGING = /(?:^|[\s;&|])(?:test|\[|ulimit|eval|flock|exit|return|break|continue|logout|printf)(?=\s)/u;

/** True when csh, fish and every shell of POSIX take a line for the same. */
export function isAlike(text: string): boolean {
  return ALIKE.test(text) && !KEYWORDS.test(text) && !SIGNS.test(text);
}

/** True where it takes to know which shell reads a line to know what it does. */
export function hangsOnShell(text: string): boolean {
  return !isAlike(text) || HANGING.test(text);
}

/** Shells that compute no words of `test`. */
const PLAIN: ReadonlySet<string> = new Set(['bash', 'dash', 'ash', 'rbash']);

/** What kind a shell is that is run by its name: `sh` may be any but csh and fish. */
export function kindOf(program: string): ShellKind {
  const name = baseName(program);
  if (name === 'zsh') return 'zsh';
  return PLAIN.has(name) ? 'plain' : 'korn';
}
