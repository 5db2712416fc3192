import { RE2JS } from 're2js';
import type { Report } from './detector.ts';
import type { Text } from './text.ts';

/** A policy is read by people: a longer expression is a mistake, and costs time. */
const LONGEST = 512;

/** An operator's own pattern, looked for anywhere in a text, in linear time. */
export interface Expression {
  /** Finds it in the whole text, from front to back. */
  findAll(text: Text, report: Report): void;
}

/** What compiling one gives; `reason` completes the sentence "the pattern …". */
export type CompiledExpression =
  | { readonly ok: true; readonly value: Expression }
  | { readonly ok: false; readonly reason: string };

/** Compiles `/…/`: no look-around, no back-references, `(?i)` for any case. It may not match nothing at all. */
export function compileExpression(source: string): CompiledExpression {
  if (source.length > LONGEST) return { ok: false, reason: `is longer than ${LONGEST} characters` };
  if (!isExpression(source)) return { ok: false, reason: 'must stand between two "/"' };
  try {
    const compiled = RE2JS.compile(source.slice(1, -1));
    if (compiled.matcher('').find()) return { ok: false, reason: 'matches an empty text, and so everything' };
    return { ok: true, value: { findAll: (text, report) => findAll(compiled, text, report) } };
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^error parsing regexp: /u, '') : 'not an expression';
    return { ok: false, reason: `cannot be used (${why})` };
  }
}

/** Whether it is written as an expression, whatever stands in it. */
export function isExpression(source: string): boolean {
  return source.length > 2 && source.startsWith('/') && source.endsWith('/');
}

function findAll(compiled: RE2JS, text: Text, report: Report): void {
  // UTF-8 goes in and offsets of bytes come out: nothing is decoded.
  const matcher = compiled.matcher(text.bytes.subarray(text.start, text.end));
  while (matcher.find()) {
    const [from, to] = [matcher.start(), matcher.end()];
    // An assertion such as \b can match without any characters, which is nothing to mask.
    if (to > from) report(text.start + from, text.start + to);
  }
}
