import type { WordPart } from 'unbash';
import { decodeAnsiC } from './ansi-c.ts';
import { isDeceptive } from './characters.ts';
import { isNumber } from './numbers.ts';
import { isNumeric, type Word } from './word.ts';

/** A stretch of a word as a shell takes it apart, before braces and fields are expanded. */
export type Token =
  | { readonly kind: 'text'; readonly text: string }
  /** What may stand for several names: `*` within a name, `**` across names. */
  | { readonly kind: 'glob'; readonly text: '*' | '**' | '/**'; readonly quoted?: true }
  | { readonly kind: 'unknown'; readonly quoted: boolean; readonly number?: true }
  | { readonly kind: 'brace'; readonly text: '{' | ',' | '}' }
  /** Between two words that came out of one. */
  | { readonly kind: 'gap' };

export interface Tokens {
  readonly tokens: readonly Token[];
  /** True when shells differ over it, or it could not be followed: then `tokens` is only the best reading. */
  readonly contested: boolean;
}

/** What a word is read against. */
export interface Surroundings {
  /** Absolute; null when it is not known. */
  readonly home: string | null;
  /** Variables with the values that they surely have. */
  readonly variables: ReadonlyMap<string, Word>;
  /** Whether to read it as if all that is not known were nothing. */
  readonly isBlank: boolean;
}

/** The text of a word or of a here-document, where it stands in the source, and the expansions found in it. */
export interface Written {
  readonly text: string;
  readonly pos: number;
  readonly parts?: readonly WordPart[] | undefined;
}

/** Letters that fish takes for more than themselves behind a backslash. */
const FISH_ESCAPES = /[abefnrtvxXuUc0-7]/u;

/** Looking for the ends of brackets in longer words would take time in the square of their length. */
const LONGEST_BRACKETED = 512;

/** What zsh takes for a part of `$x` behind it: an index, or what is to be made of the value. */
const MODIFIED = /^(?:\[|:[aAcehlpPqQrstuwWfFgx&])/u;

const ALL_WORDS = /^"\$(?:@|\{@\})"$/u;

const NAME = /^\$(?:\{([A-Za-z_][A-Za-z0-9_]*|[@*]|\d+)\}|([A-Za-z_][A-Za-z0-9_]*|[@*]|\d))$/u;

/** Takes a word apart: the quoting of a Bourne shell, read from the source itself. Linear in its length. */
export function tokenize(written: Written, surroundings: Surroundings): Tokens {
  return new Tokenizer(written, surroundings).read();
}

class Tokenizer {
  readonly #text: string;
  readonly #surroundings: Surroundings;
  /** Ends of expansions by where they begin, in the text. */
  readonly #expansions = new Map<number, { readonly end: number; readonly isArithmetic: boolean }>();
  readonly #tokens: Token[] = [];
  #pending = '';
  #isQuoted = false;
  #contested = false;
  #at = 0;

  constructor({ text, pos, parts }: Written, surroundings: Surroundings) {
    this.#text = text;
    this.#surroundings = surroundings;
    for (const part of parts ?? []) this.#note(part, pos);
  }

  read(): Tokens {
    // No words of its own are no word, though it stands in quotes.
    if (ALL_WORDS.test(this.#text) && this.#valueOf('@')?.text === '') return { tokens: [], contested: false };
    this.#tilde();
    while (this.#at < this.#text.length) this.#unquoted(this.#text[this.#at] ?? '');
    this.#flush();
    // Quotes around nothing are a word.
    if (this.#tokens.length === 0 && this.#isQuoted) this.#tokens.push({ kind: 'text', text: '' });
    return { tokens: this.#tokens, contested: this.#contested };
  }

  #note(part: WordPart, origin: number): void {
    switch (part.type) {
      case 'Literal':
      case 'SingleQuoted':
      case 'AnsiCQuoted':
      case 'Glob':
      case 'BraceExpansion':
        if (part.type === 'Glob' || part.type === 'BraceExpansion') {
          for (const child of part.parts ?? []) this.#note(child, origin);
        }
        return;
      case 'DoubleQuoted':
      case 'LocaleString':
        for (const child of part.parts) this.#note(child, origin);
        return;
      case 'SimpleExpansion':
      case 'ParameterExpansion':
      case 'CommandExpansion':
      case 'ArithmeticExpansion':
      case 'ProcessSubstitution':
      case 'ExtendedGlob':
        this.#expansions.set(part.pos - origin, {
          end: part.end - origin,
          isArithmetic: part.type === 'ArithmeticExpansion',
        });
        return;
      default:
        part satisfies never;
        this.#contested = true;
    }
  }

  #unquoted(char: string): void {
    const start = this.#at;
    if (this.#expansions.has(start)) return this.#expansion(false);
    this.#at++;
    switch (char) {
      case '\\':
        return this.#escape();
      case "'":
        return this.#single();
      case '"':
        return this.#double();
      case '$':
        return this.#dollar(false);
      case '*':
      case '?':
      case '[':
        return this.#glob(char);
      case '{':
        return this.#brace();
      case ',':
      case '}':
        return this.#push({ kind: 'brace', text: char });
      case '`':
      case '(':
      case ')':
      case '<':
      case '>':
      case '|':
      case '&':
      case ';':
        this.#contested = true;
        return this.#push({ kind: 'unknown', quoted: false });
      case ' ':
      case '\t':
      case '\n':
        this.#contested = true;
        return this.#push({ kind: 'gap' });
      case '=':
        // zsh takes =name for the path of a program, and some shells expand what follows an equals sign.
        if ((start === 0 && !/^==?$/u.test(this.#text)) || this.#text[this.#at] === '~') this.#contested = true;
        break;
      case ':':
        if (this.#text[this.#at] === '~') this.#contested = true;
        break;
    }
    if (isDeceptive(char)) this.#contested = true;
    this.#pending += char;
  }

  #escape(): void {
    const next = this.#text[this.#at++];
    if (next === '\n') return;
    this.#isQuoted = true;
    if (next === undefined || FISH_ESCAPES.test(next) || next === '\t') this.#contested = true;
    this.#pending += next ?? '\\';
  }

  #single(): void {
    this.#isQuoted = true;
    const end = this.#text.indexOf("'", this.#at);
    const content = this.#text.slice(this.#at, end < 0 ? undefined : end);
    // fish takes \' within single quotes for a quote, and goes on.
    if (end < 0 || content.endsWith('\\')) this.#contested = true;
    this.#pending += content;
    this.#at = end < 0 ? this.#text.length : end + 1;
  }

  #double(): void {
    this.#isQuoted = true;
    while (this.#at < this.#text.length) {
      const start = this.#at;
      if (this.#expansions.has(start)) {
        this.#expansion(true);
        continue;
      }
      const char = this.#text[this.#at++] ?? '';
      if (char === '"') return;
      if (char === '$') this.#dollar(true);
      else if (char === '\\') this.#escapeInDouble();
      else if (char === '`') this.#lost(true);
      else this.#pending += char;
    }
    this.#contested = true;
  }

  #escapeInDouble(): void {
    const next = this.#text[this.#at] ?? '';
    if (next === '\n') this.#at++;
    else if (next !== '' && '$`"\\'.includes(next)) {
      this.#at++;
      this.#pending += next;
    } else this.#pending += '\\';
  }

  /** A dollar sign that begins no expansion that the parser found. */
  #dollar(isQuoted: boolean): void {
    const next = this.#text[this.#at] ?? '';
    if (!isQuoted && next === "'") return this.#ansiC();
    if (!isQuoted && next === '"') {
      this.#contested = true;
      return;
    }
    if (next === '' || (isQuoted && /["\s.,;:/)\]|\\]/u.test(next))) {
      this.#pending += '$';
      return;
    }
    this.#lost(isQuoted);
  }

  #lost(quoted: boolean): void {
    this.#contested = true;
    this.#push({ kind: 'unknown', quoted });
  }

  #ansiC(): void {
    this.#isQuoted = true;
    this.#contested = true;
    const { text, end } = decodeAnsiC(this.#text, this.#at + 1);
    this.#pending += text;
    this.#at = end;
  }

  #expansion(quoted: boolean): void {
    const start = this.#at;
    const found = this.#expansions.get(start);
    this.#at = Math.max(found?.end ?? 0, start + 1);
    if (quoted) this.#isQuoted = true;
    const written = this.#text.slice(start, this.#at);
    const match = NAME.exec(written);
    const name = match?.[1] ?? match?.[2];
    if (match?.[2] !== undefined && MODIFIED.test(this.#text.slice(this.#at, this.#at + 2))) this.#contested = true;
    if (name === '@' && quoted) this.#contested = true;
    const value = name === undefined ? null : this.#valueOf(name);
    if (value !== null && value.text !== null && (value.kind === 'literal' || quoted)) {
      if (value.kind === 'glob') this.#stars(value.text, quoted);
      else if (quoted) this.#pending += value.text;
      else this.#fields(value.text);
    } else if (name === 'IFS' && !quoted) {
      this.#contested = true;
      this.#push({ kind: 'gap' });
    } else if (!this.#surroundings.isBlank) {
      if (/^[<>?*+@!=]/u.test(written)) this.#contested = true;
      // Numbers are not parted, nor is nothing.
      // What is computed of more than numbers was contested.
      const number = found?.isArithmetic === true || isNumber(written) || (value !== null && isNumeric(value));
      const isWhole = quoted ? !/^\$\{?@|\[@\]/u.test(written) : number;
      this.#push({ kind: 'unknown', quoted: isWhole, ...(number ? { number } : {}) });
    }
  }

  #valueOf(name: string): Word | null {
    const { variables, home } = this.#surroundings;
    const value = variables.get(name);
    if (value !== undefined) return value;
    return name === 'HOME' && home !== null ? { kind: 'literal', text: home, plain: true } : null;
  }

  #stars(text: string, quoted: boolean): void {
    for (const piece of text.split(/(\*\*?)/u)) {
      if (piece === '*' || piece === '**') this.#push({ kind: 'glob', text: piece, ...(quoted ? { quoted } : {}) });
      else this.#pending += piece;
    }
  }

  /** What comes of a value outside of quotes: most shells part it at white space and look for files. */
  #fields(value: string): void {
    if (!/[\s*?[\\]/u.test(value)) {
      this.#pending += value;
      return;
    }
    this.#contested = true;
    for (const [index, field] of value.split(/\s+/u).entries()) {
      if (index > 0) this.#push({ kind: 'gap' });
      for (const piece of field.split(/([*?[])/u)) {
        if (/^[*?[]$/u.test(piece)) this.#push({ kind: 'glob', text: '*' });
        else this.#pending += piece;
      }
    }
  }

  #glob(char: string): void {
    if (char === '[' && this.#text.length > LONGEST_BRACKETED) return this.#push({ kind: 'glob', text: '**' });
    if (char === '[') {
      const slash = this.#text.indexOf('/', this.#at);
      const end = this.#text.lastIndexOf(']', slash < 0 ? undefined : slash);
      // What is in brackets is one character of some kind; without an end it is a bracket.
      if (end > this.#at && !this.#isExpandedBefore(end)) this.#at = end + 1;
      return this.#push({ kind: 'glob', text: '*' });
    }
    let stars = char === '*' ? 1 : 0;
    while (stars > 0 && this.#text[this.#at] === '*') {
      stars++;
      this.#at++;
    }
    this.#push({ kind: 'glob', text: stars > 1 ? '**' : '*' });
  }

  #isExpandedBefore(end: number): boolean {
    for (const start of this.#expansions.keys()) if (start >= this.#at && start < end) return true;
    return false;
  }

  #brace(): void {
    if (this.#text[this.#at] === '}') {
      this.#at++;
      this.#pending += '{}';
      return;
    }
    this.#push({ kind: 'brace', text: '{' });
  }

  #tilde(): void {
    if (!this.#text.startsWith('~')) return;
    const slash = this.#text.indexOf('/');
    const user = this.#text.slice(1, slash < 0 ? undefined : slash);
    this.#at = user.length + 1;
    const { home } = this.#surroundings;
    if (user !== '' && !/^[a-z_][a-z0-9_.-]*$/u.test(user)) {
      this.#contested = true;
      this.#push({ kind: 'unknown', quoted: false });
    } else if (user === '' && home !== null) this.#pending += home === '/' && slash > 0 ? '' : home;
    else this.#push({ kind: 'glob', text: '/**' });
  }

  #push(token: Token): void {
    this.#flush();
    this.#tokens.push(token);
  }

  #flush(): void {
    if (this.#pending !== '') this.#tokens.push({ kind: 'text', text: this.#pending });
    this.#pending = '';
  }
}
