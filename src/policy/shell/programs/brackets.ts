/**
 * Where a bracket expression of a regular expression ends that begins at `start`; null where programs differ over
 * it, or it has no end. `mark`: what ends the whole expression, and must not stand within the brackets: some programs
 * take it for the end there, too.
 */
export function bracketEnd(text: string, start: number, mark: string): number | null {
  let at = start + 1;
  if (text[at] === '^') at++;
  if (text[at] === ']') at++;
  for (; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === mark || char === '\n') return null;
    if (char === ']') return at + 1;
    if (char === '\\' && (text[at + 1] === ']' || text[at + 1] === mark)) return null;
    if (char !== '[' || !/[:.=]/u.test(text[at + 1] ?? '')) continue;
    const name = /^\[:[a-z]+:\]/u.exec(text.slice(at, at + CLASS_NAME));
    if (name === null) return null;
    at += name[0].length - 1;
  }
  return null;
}

/** `[:alnum:]` and the like are no longer. */
const CLASS_NAME = 16;
