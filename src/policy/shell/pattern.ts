import { type Compiled, compilePattern } from '../pattern.ts';
import type { ArgumentPattern, PathPattern, ProgramPattern, WordPattern } from '../rules.ts';
import { baseName, isOrdinary, isTrusted, ORDINARY_PLACES } from './program-name.ts';
import { covers, meets, piecesMatch, piecesMeet, segmentsOf, spanOf } from './span.ts';

/** Longer ones are a mistake, and would cost time on every command. */
const LONGEST = 512;

/**
 * Compiles a program: a name (`rm`, `mkfs*`) or an absolute path (`/opt/app/bin/*`), `*` standing for any
 * run of characters within a name. A name means the program wherever it lies when it is denied or asked
 * for, and only that of the system's own directories when it is allowed.
 */
export function compileProgram(source: string): Compiled<ProgramPattern> {
  const fault = faultOf(source);
  if (fault !== null) return { ok: false, reason: fault };
  if (/\s/u.test(source))
    return { ok: false, reason: 'holds white space: a program is one word, "args" takes the rest' };
  if (!source.includes('/')) return { ok: true, value: byName(source) };
  const path = compilePath(source);
  if (!path.ok)
    return path.reason === RELATIVE ? { ok: false, reason: 'is neither a name nor an absolute path' } : path;
  return { ok: true, value: byPath(source, path.value) };
}

/**
 * Compiles words of a command, parted by spaces, that must all be there: `-rf` (the flags r and f, in
 * whatever way they are given), `--force`, `stop`, `push --force`. What is no flag is matched exactly, with `*` for
 * any run of characters, or by an anchored linear-time expression `/…/`.
 */
export function compileArgument(source: string): Compiled<ArgumentPattern> {
  const fault = faultOf(source);
  if (fault !== null) return { ok: false, reason: fault };
  const words = isExpression(source) ? [source] : source.split(/ +/u);
  const parts: ArgumentPattern['parts'][number][] = [];
  for (const word of words) {
    const flags = flagsOf(word);
    if (flags !== null) {
      parts.push({ flags });
      continue;
    }
    const compiled = compileWord(word);
    if (!compiled.ok) return compiled;
    parts.push(compiled.value);
  }
  const first = parts.find((part) => 'matches' in part);
  return { ok: true, value: { source, parts, matches: (word) => first?.matches(word) === true } };
}

const RELATIVE = 'is not absolute: begin it with "/"';

/**
 * Compiles a path: absolute and without `.`, `..` and empty names. `*` is any run of characters within a
 * name; `**` is any names, and none, and stands alone between slashes. `/srv/**` is `/srv` and all beneath it.
 */
export function compilePath(source: string): Compiled<PathPattern> {
  const fault = faultOf(source);
  if (fault !== null) return { ok: false, reason: fault };
  if (!source.startsWith('/')) return { ok: false, reason: RELATIVE };
  if (source !== '/' && source.endsWith('/')) {
    return { ok: false, reason: 'ends in "/": end it in "/**" for all that is beneath' };
  }
  const names = source === '/' ? [] : source.slice(1).split('/');
  if (names.includes('')) return { ok: false, reason: 'holds "//": paths are compared without empty names' };
  if (names.some((name) => name === '.' || name === '..')) {
    return { ok: false, reason: 'holds "." or "..": paths are compared without them' };
  }
  if (names.some((name) => name.includes('**') && name !== '**')) {
    return { ok: false, reason: 'has "**" within a name: it stands alone between slashes' };
  }
  const pattern = segmentsOf(source, true);
  const matches = (text: string): boolean => meets(pattern, segmentsOf(text, false));
  return {
    ok: true,
    value: {
      source,
      matches,
      meets: (span) => meets(pattern, spanOf(span)),
      holds: (span) => covers(pattern, spanOf(span)),
    },
  };
}

function byName(source: string): ProgramPattern {
  const pieces = source.split('*');
  const matches = (program: string): boolean => piecesMatch(pieces, baseName(program));
  return { source, matches, surely: (program) => isTrusted(program) && matches(program) };
}

function byPath(source: string, path: PathPattern): ProgramPattern {
  const pieces = baseName(source).split('*');
  return {
    source,
    // What is no ordinary name may be found anywhere, and a relative path may lead anywhere: the last name tells.
    matches: (program) => {
      if (program.startsWith('/') && pieces.length > 1) return path.matches(program);
      if (pieces.length > 1 && isOrdinary(program))
        return ORDINARY_PLACES.some((place) => path.matches(place + program));
      return piecesMatch(pieces, baseName(program));
    },
    surely: (program) => program.startsWith('/') && path.matches(program),
  };
}

/** Letters and long names of a word that is a flag; null when it is none, or holds a value or a `*`. */
function flagsOf(word: string): readonly string[] | null {
  if (/^--[A-Za-z0-9][A-Za-z0-9-]*$/u.test(word)) return [word.slice(2)];
  if (/^-[A-Za-z0-9]+$/u.test(word)) return word.slice(1).split('');
  return null;
}

function compileWord(word: string): Compiled<WordPattern> {
  if (isExpression(word)) {
    const compiled = compilePattern(word);
    if (!compiled.ok) return compiled;
    return { ok: true, value: { matches: (text) => compiled.value.matches(text), meets: () => true } };
  }
  const pieces = word.split('*');
  const meets = (glob: string): boolean => piecesMeet(pieces, glob.split('*'));
  return { ok: true, value: { matches: (text) => piecesMatch(pieces, text), meets } };
}

function isExpression(source: string): boolean {
  return source.length > 2 && source.startsWith('/') && source.endsWith('/');
}

function faultOf(source: string): string | null {
  if (source.trim() === '') return 'is empty';
  if (source !== source.trim()) return 'begins or ends with white space';
  if (source.length > LONGEST) return `is longer than ${LONGEST} characters`;
  if (/[\u0000-\u001f\u007f]/u.test(source)) return 'holds a control character';
  return null;
}
