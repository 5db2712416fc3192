import type { Token } from './tokens.ts';
import { UNKNOWN_WORD, type Word } from './word.ts';

/** More words out of one are no command that anybody can follow. */
const MOST_WORDS = 64;
/** Nor are so many braces, each of which takes a walk along the word. */
const MOST_TOKENS = 256;

export interface Expanded {
  readonly words: readonly Word[];
  readonly contested: boolean;
  /** Set when there are too many of them to be read. */
  readonly unread?: true;
}

/** The words that come of one: braces are expanded, though only some shells do, and fields parted. */
export function expand(tokens: readonly Token[]): Expanded {
  const isBraced = tokens.some((token) => token.kind === 'brace' && token.text === '{');
  if (!isBraced) return { words: fieldsOf(tokens), contested: isLoose(tokens) };
  const alternatives = tokens.length > MOST_TOKENS ? null : alternativesOf(tokens);
  if (alternatives === null) return { words: [UNKNOWN_WORD], contested: true, unread: true };
  return { words: alternatives.flatMap((one) => fieldsOf(one)), contested: true };
}

/** A closing brace on its own ends a group in zsh. */
function isLoose(tokens: readonly Token[]): boolean {
  return tokens.some((token) => isBrace(token, '}'));
}

/** Null when there are too many. Each round takes the first innermost pair of braces apart. */
function alternativesOf(tokens: readonly Token[]): readonly (readonly Token[])[] | null {
  const done: (readonly Token[])[] = [];
  const open: (readonly Token[])[] = [tokens];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const apart = takeApart(next);
    if (apart === null) done.push(next);
    else open.unshift(...apart);
    if (open.length + done.length > MOST_WORDS) return null;
  }
  return done;
}

function takeApart(tokens: readonly Token[]): readonly (readonly Token[])[] | null {
  const close = tokens.findIndex((token, at) => isBrace(token, '}') && opening(tokens, at) >= 0);
  if (close < 0) return null;
  const start = opening(tokens, close);
  const [before, inner, after] = [tokens.slice(0, start), tokens.slice(start + 1, close), tokens.slice(close + 1)];
  const choices: Token[][] = [[]];
  for (const token of inner) {
    if (isBrace(token, ',')) choices.push([]);
    else choices.at(-1)?.push(token);
  }
  // A sequence such as {a..z} may be any character; without a choice the braces stay.
  if (choices.length === 1) {
    const isSequence = inner.some((token) => token.kind === 'text' && token.text.includes('..'));
    const kept: readonly Token[] = isSequence ? [{ kind: 'glob', text: '*' }] : [text('{'), ...inner, text('}')];
    return [[...before, ...kept, ...after]];
  }
  return choices.map((choice) => [...before, ...choice, ...after]);
}

function text(content: string): Token {
  return { kind: 'text', text: content };
}

function isBrace(token: Token, which: '{' | ',' | '}'): boolean {
  return token.kind === 'brace' && token.text === which;
}

function opening(tokens: readonly Token[], before: number): number {
  return tokens.findLastIndex((token, at) => at < before && isBrace(token, '{'));
}

function fieldsOf(tokens: readonly Token[]): readonly Word[] {
  const words: Word[] = [];
  let start = 0;
  for (let at = 0; at <= tokens.length; at++) {
    if (at < tokens.length && tokens[at]?.kind !== 'gap') continue;
    if (at > start) words.push(wordOf(tokens.slice(start, at)));
    start = at + 1;
  }
  return words;
}

function wordOf(tokens: readonly Token[]): Word {
  const [first] = tokens;
  const isKnownStart = first !== undefined && (first.kind === 'text' || first.kind === 'brace');
  const splits = tokens.some((token) => token.kind === 'unknown' && !token.quoted);
  const plain = isKnownStart && !first.text.startsWith('-') && !splits && !(first.text === '' && tokens.length > 1);
  const isGlob = tokens.some(({ kind }) => kind === 'glob');
  if (tokens.some(({ kind }) => kind === 'unknown')) {
    const single = splits || isGlob ? {} : { single: true as const };
    return { kind: 'unknown', text: null, plain, ...single, ...(isOfNumbers(tokens) ? { number: true as const } : {}) };
  }
  const content = tokens.map((token) => ('text' in token ? token.text : '')).join('');
  // What a home directory stands for begins with a slash.
  const startsAtRoot = first?.kind === 'glob' && first.text === '/**';
  const isWhole = isGlob && tokens.every((token) => token.kind !== 'glob' || token.quoted === true);
  return {
    kind: isGlob ? 'glob' : 'literal',
    text: content,
    plain: plain || startsAtRoot,
    ...(isWhole ? { single: true as const } : {}),
  };
}

function isOfNumbers(tokens: readonly Token[]): boolean {
  return tokens.every((token) =>
    token.kind === 'unknown' ? token.number === true : token.kind === 'text' && /^\d*$/u.test(token.text),
  );
}
