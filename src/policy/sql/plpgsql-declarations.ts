interface Token {
  /** A word (lower-case; a quoted one without its quotes) or a single sign. */
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/**
 * PL/pgSQL's parser tells the names of record variables, but not what they are initialised with. This
 * finds declarations of such names that have an initialiser, and gives its text. It goes by lexical
 * tokens only, and takes too much rather than too little.
 */
export function hiddenInitialisers(source: string, records: ReadonlySet<string>): readonly string[] {
  const found: string[] = [];
  let declaring = false;
  let declaration: Token[] = [];
  const take = (end: number): void => {
    const text = initialiserOf(declaration, records, source, end);
    if (text !== null) found.push(text);
    declaration = [];
  };
  for (const token of tokensOf(source)) {
    if (!declaring) declaring = token.word === 'declare';
    else if (token.word === ';') take(token.start);
    else if (declaration.length === 0 && token.word === 'begin') declaring = false;
    else if (declaration.length > 0 || token.word !== 'declare') declaration.push(token);
  }
  take(source.length);
  return found;
}

function initialiserOf(
  tokens: readonly Token[],
  records: ReadonlySet<string>,
  source: string,
  end: number,
): string | null {
  const [name] = tokens;
  if (name === undefined || !records.has(name.word)) return null;
  const sign = tokens.find(({ word }) => word === '=' || word === 'default');
  return sign === undefined ? null : source.slice(sign.end, end);
}

/** Comments and strings are left out. */
function* tokensOf(source: string): Generator<Token> {
  let start = 0;
  while (start < source.length) {
    const rest = source.slice(start);
    const skipped = skipAt(rest);
    if (skipped > 0) {
      start += skipped;
      continue;
    }
    const quoted = /^"((?:[^"]|"")*)"/u.exec(rest);
    const [written = rest.charAt(0)] = quoted ?? /^[\p{L}_][\p{L}\p{N}_$]*/u.exec(rest) ?? [];
    const word = (quoted?.[1]?.replaceAll('""', '"') ?? written).toLowerCase();
    yield { word, start, end: start + written.length };
    start += written.length;
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
