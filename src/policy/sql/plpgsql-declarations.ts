/**
 * PL/pgSQL's parser tells the names of record variables, but not what they are initialised with. This
 * finds declarations of such names that have an initialiser. It reads lexical tokens only, and errs to
 * true.
 */
export function hasHiddenInitialiser(source: string, records: ReadonlySet<string>): boolean {
  let declaring = false;
  let declaration: string[] = [];
  for (const token of tokensOf(source)) {
    if (!declaring) {
      declaring = token === 'declare';
      declaration = [];
    } else if (token === ';') {
      if (initialises(declaration, records)) return true;
      declaration = [];
    } else if (declaration.length === 0 && token === 'begin') {
      declaring = false;
    } else if (declaration.length > 0 || token !== 'declare') {
      declaration.push(token);
    }
  }
  return initialises(declaration, records);
}

function initialises(tokens: readonly string[], records: ReadonlySet<string>): boolean {
  const [name] = tokens;
  if (name === undefined || !records.has(name)) return false;
  return tokens.some((token) => token === '=' || token === 'default');
}

/** Words (lower-case; quoted ones without their quotes) and single signs; comments and strings left out. */
function* tokensOf(source: string): Generator<string> {
  let rest = source;
  while (rest !== '') {
    const skipped = skipAt(rest);
    if (skipped > 0) {
      rest = rest.slice(skipped);
      continue;
    }
    const quoted = /^"((?:[^"]|"")*)"/u.exec(rest);
    const word = quoted ?? /^[\p{L}_][\p{L}\p{N}_$]*/u.exec(rest);
    if (word === null) {
      const [sign = ''] = rest;
      yield sign;
      rest = rest.slice(sign.length);
    } else {
      yield (quoted?.[1]?.replaceAll('""', '"') ?? word[0]).toLowerCase();
      rest = rest.slice(word[0].length);
    }
  }
}

/** The length of the white space, comment or string that the text begins with; 0 when with neither. */
function skipAt(text: string): number {
  if (text.startsWith('/*')) return commentLength(text);
  const plain = /^(?:\s+|--[^\n]*|[eE]'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*')/su.exec(text);
  if (plain !== null) return plain[0].length;
  const tag = /^\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/u.exec(text)?.[0];
  if (tag === undefined) return 0;
  const end = text.indexOf(tag, tag.length);
  return end === -1 ? text.length : end + tag.length;
}

function commentLength(text: string): number {
  let depth = 0;
  for (const match of text.matchAll(/\/\*|\*\//gu)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return match.index + 2;
  }
  return text.length;
}
