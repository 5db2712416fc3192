import { type Compiled, compilePattern } from '../../policy/pattern.ts';
import type { Pattern } from '../../policy/rules.ts';

/** A path: `*` within a name, `**` across names. */
export function compilePath(source: string): Compiled<Pattern> {
  const escaped = source.replaceAll(/[.+?^${}()|[\]\\]/gu, '\\$&');
  const expression = new RegExp(`^${escaped.replaceAll(/\*+/gu, (stars) => (stars === '*' ? '[^/]*' : '.*'))}$`, 'su');
  return { ok: true, value: { source, matches: (path) => expression.test(path) } };
}

/** A program: by its name, wherever it lies, or by its path. */
export function compileProgram(source: string): Compiled<Pattern> {
  if (source.startsWith('/') && !source.endsWith('/')) return compilePath(source);
  const compiled = compilePattern(source);
  if (!compiled.ok) return compiled;
  const { value: name } = compiled;
  return {
    ok: true,
    value: { source, matches: (program) => name.matches(program.slice(program.lastIndexOf('/') + 1)) },
  };
}

/** A word of a command. */
export function compileArgument(source: string): Compiled<Pattern> {
  return compilePattern(source);
}
