import { RE2JS } from 're2js';
import type { NamePattern, Pattern } from './rules.ts';

/** What compiling a pattern gives; `reason` completes the sentence "the pattern …". */
export type Compiled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** Names on a server are at most 63 bytes: a longer pattern is a mistake, and a long expression costs time. */
const LONGEST = 512;

// Names are bytes to the server: an expression's dot must match a line break too, or a name with one escapes it.
const EXPRESSION_FLAGS = RE2JS.DOTALL;

type Form =
  | { readonly kind: 'exact'; readonly text: string }
  | { readonly kind: 'glob'; readonly pieces: readonly string[] }
  | { readonly kind: 'expression'; readonly body: string };

/**
 * Compiles one name's pattern: exact text, `*` for any run of characters, `/…/` for a linear-time
 * expression that must match the whole name, or `"…"` for text in which nothing is special.
 */
export function compilePattern(source: string): Compiled<Pattern> {
  const fault = faultOf(source);
  if (fault !== null) return { ok: false, reason: fault };
  const form = formOf(source);
  if (form.kind === 'expression') return compileExpression(source, form.body);
  if (form.kind !== 'exact' || !source.endsWith('"')) {
    if (source.startsWith('/')) return { ok: false, reason: 'begins an expression with "/" that no "/" ends' };
    if (source.startsWith('"')) return { ok: false, reason: 'begins a quoted name that no quote ends' };
  }
  if (form.kind === 'exact' && form.text === '') return { ok: false, reason: 'is empty' };
  const matches =
    form.kind === 'exact'
      ? (text: string): boolean => text === form.text
      : (text: string): boolean => globMatches(form.pieces, text);
  return { ok: true, value: { source, matches } };
}

/** Compiles names joined by dots, each a pattern of its own: `app.*`, `*.*.ssn`, `app./cust.*_v[0-9]+/`, `"odd.name".t`. */
export function compileNamePattern(source: string): Compiled<NamePattern> {
  const fault = faultOf(source);
  if (fault !== null) return { ok: false, reason: fault };
  const parts: Pattern[] = [];
  for (const segment of segmentsOf(source)) {
    const part = compilePattern(segment);
    if (!part.ok) {
      return segment === '' ? { ok: false, reason: 'has an empty part: check the dots' } : part;
    }
    parts.push(part.value);
  }
  return { ok: true, value: { source, parts } };
}

/** True when a pattern names this column; what it leaves out in front may be any. `schemas`: those it may be said to be in. */
export function namesColumn(
  { parts }: NamePattern,
  schemas: readonly string[],
  relation: string,
  column: string,
): boolean {
  const [last, middle, first] = [parts.at(-1), parts.at(-2), parts.at(-3)];
  if (last?.matches(column) !== true || (middle !== undefined && !middle.matches(relation))) return false;
  return first === undefined || schemas.some((schema) => first.matches(schema));
}

/** True when the pattern matches every name. */
export function isUniversal(pattern: Pattern): boolean {
  const form = formOf(pattern.source);
  return form.kind === 'glob' && form.pieces.every((piece) => piece === '');
}

/**
 * True when everything `narrow` matches is surely matched by `wide`. False when that cannot be told:
 * two expressions are only compared by their text.
 */
export function covers(wide: Pattern, narrow: Pattern): boolean {
  if (wide.source === narrow.source || isUniversal(wide)) return true;
  const form = formOf(narrow.source);
  if (form.kind === 'exact') return wide.matches(form.text);
  if (form.kind !== 'glob') return false;
  const wideForm = formOf(wide.source);
  // A glob covers another when it matches the other's own text, the other's stars standing for themselves.
  return wideForm.kind === 'glob' && globMatches(wideForm.pieces, form.pieces.join('*'));
}

/** For SQL's LIKE: what matches all that the pattern matches. Of an expression it matches everything. */
export function likePattern({ source }: Pattern): string {
  const form = formOf(source);
  if (form.kind === 'expression') return '%';
  const pieces = form.kind === 'exact' ? [form.text] : form.pieces;
  return pieces.map((piece) => piece.replaceAll(/[\\%_]/g, '\\$&')).join('%');
}

function faultOf(source: string): string | null {
  if (source.trim() === '') return 'is empty';
  if (source !== source.trim()) return 'begins or ends with white space';
  if (source.length > LONGEST) return `is longer than ${LONGEST} characters`;
  if (/[\u0000-\u001f\u007f]/u.test(source)) return 'holds a control character';
  return null;
}

function formOf(source: string): Form {
  if (source.length >= 2 && source.startsWith('"') && source.endsWith('"')) {
    return { kind: 'exact', text: source.slice(1, -1).replaceAll('""', '"') };
  }
  if (source.length >= 2 && source.startsWith('/') && source.endsWith('/')) {
    return { kind: 'expression', body: source.slice(1, -1) };
  }
  if (source.includes('*')) return { kind: 'glob', pieces: source.split('*') };
  return { kind: 'exact', text: source };
}

function compileExpression(source: string, body: string): Compiled<Pattern> {
  if (body === '') return { ok: false, reason: 'holds an empty expression' };
  try {
    const expression = RE2JS.compile(body, EXPRESSION_FLAGS);
    return { ok: true, value: { source, matches: (text) => expression.matches(text) } };
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^error parsing regexp: /u, '') : 'not an expression';
    return { ok: false, reason: `holds an expression that cannot be used (${why})` };
  }
}

/** `pieces`: the text between the stars; the first and the last are tied to the ends. Linear in the text. */
export function globMatches(pieces: readonly string[], text: string): boolean {
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}

/** Splits at dots that stand outside `"…"` and `/…/`. */
function segmentsOf(source: string): string[] {
  const segments: string[] = [];
  let start = 0;
  while (start <= source.length) {
    const end = segmentEnd(source, start);
    segments.push(source.slice(start, end));
    start = end + 1;
  }
  return segments;
}

function segmentEnd(source: string, start: number): number {
  const opener = source[start];
  if (opener === '"' || opener === '/') {
    for (let at = start + 1; at < source.length; at++) {
      if (opener === '/' && source[at] === '\\') at++;
      else if (opener === '"' && source[at] === '"' && source[at + 1] === '"') at++;
      else if (source[at] === opener && (at + 1 === source.length || source[at + 1] === '.')) return at + 1;
    }
  }
  const dot = source.indexOf('.', start);
  return dot < 0 ? source.length : dot;
}
