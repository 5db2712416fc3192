import { suggestion } from './suggest.ts';
import type { Node, Position, Problem } from './tree.ts';

export type JsonSchema = { readonly [key: string]: unknown };

/** Stands for a value that was not as it should be; the problem has been reported. */
export const BAD: unique symbol = Symbol('bad');
export type Bad = typeof BAD;

/** Collects everything that is wrong, so that a user sees it all at once. */
export class Report {
  readonly problems: Problem[] = [];

  add(at: Position, message: string): Bad {
    this.problems.push({ at, message });
    return BAD;
  }
}

/**
 * What a value in the file must be: it checks, it converts, and it says the same as a JSON schema.
 * `path` names the value in messages (`targets.pg-prod.tls`).
 */
export interface Shape<T> {
  /** Completes "expected …". */
  readonly expected: string;
  readonly schema: JsonSchema;
  read(node: Node, report: Report, path: string): T | Bad;
}

/** A value and where it stands, for checks that need the whole file. */
export interface Located<T> {
  readonly value: T;
  readonly at: Position;
}

/** Reports that a node is of the wrong kind. Never repeats its value. */
export function mismatch(node: Node, report: Report, path: string, expected: string): Bad {
  if (node.kind === 'scalar' && node.value === null)
    return report.add(node.at, `${path} is empty: expected ${expected}`);
  return report.add(node.at, `${path}: expected ${expected}, found ${kindOf(node)}`);
}

function kindOf(node: Node): string {
  if (node.kind === 'map') return 'keys with values';
  if (node.kind === 'list') return 'a list';
  switch (typeof node.value) {
    case 'number':
      return 'a number (put it in quotes if it is a name)';
    case 'boolean':
      return 'true or false (put it in quotes if it is a name)';
    default:
      return 'text';
  }
}

export interface TextOptions {
  /** Completes "expected …". */
  readonly expected?: string;
  /** For the JSON schema. */
  readonly pattern?: string;
  readonly longest?: number;
  /** True where line breaks, tabs and white space at the ends are part of the text. */
  readonly lines?: boolean;
  /** What is wrong with the text, without repeating it; null when nothing is. */
  readonly check?: (text: string) => string | null;
}

/** Non-empty text on one line, without white space at its ends. */
export function text(options: TextOptions = {}): Shape<string> {
  const { expected = 'text', pattern, longest = 1000, lines = false, check } = options;
  return {
    expected,
    schema: { type: 'string', minLength: 1, maxLength: longest, ...(pattern === undefined ? {} : { pattern }) },
    read(node, report, path) {
      if (node.kind !== 'scalar' || typeof node.value !== 'string') return mismatch(node, report, path, expected);
      const { value } = node;
      const fault = textFault(value, longest, lines) ?? check?.(value) ?? null;
      if (fault !== null) return report.add(node.at, `${path} ${fault}`);
      if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) {
        return report.add(node.at, `${path}: expected ${expected}`);
      }
      return value;
    },
  };
}

function textFault(value: string, longest: number, lines: boolean): string | null {
  if (value.trim() === '') return 'is empty';
  if (value.length > longest) return `is longer than ${longest} characters`;
  if (lines) return null;
  if (value !== value.trim()) return 'begins or ends with white space';
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value)) return 'holds a control character or a line break';
  return null;
}

/** One of a fixed set of words. */
export function choice<const T extends string>(words: readonly T[], what = 'value'): Shape<T> {
  const expected = words.length > 10 ? `a known ${what}` : words.map((word) => `"${word}"`).join(' or ');
  return {
    expected,
    schema: { enum: words },
    read(node, report, path) {
      if (node.kind !== 'scalar' || typeof node.value !== 'string') return mismatch(node, report, path, expected);
      const { value } = node;
      const word = words.find((one) => one === value);
      if (word !== undefined) return word;
      if (value.trim() === '') return report.add(node.at, `${path} is empty: expected ${expected}`);
      const near = suggestion(value, words);
      return report.add(
        node.at,
        `${path}: unknown ${what} ${quoted(value)}${near === '' ? `, expected ${expected}` : near}`,
      );
    },
  };
}

/** What a user wrote, made safe to print. */
export function quoted(value: string): string {
  const cut = value.length > 80 ? `${value.slice(0, 80)}…` : value;
  return JSON.stringify(cut).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '\u{FFFD}');
}

export function integer(least: number, most: number): Shape<number> {
  const expected = `a whole number from ${least} to ${most}`;
  return {
    expected,
    schema: { type: 'integer', minimum: least, maximum: most },
    read(node, report, path) {
      if (node.kind !== 'scalar' || typeof node.value !== 'number') return mismatch(node, report, path, expected);
      const { value } = node;
      if (!Number.isInteger(value) || value < least || value > most) {
        return report.add(node.at, `${path}: expected ${expected}`);
      }
      return value;
    },
  };
}

export function flag(): Shape<boolean> {
  return {
    expected: 'true or false',
    schema: { type: 'boolean' },
    read(node, report, path) {
      if (node.kind !== 'scalar' || typeof node.value !== 'boolean')
        return mismatch(node, report, path, 'true or false');
      return node.value;
    },
  };
}

/** Above 24 days a timer of the platform overflows and fires at once; no session should live a week. */
const LONGEST_DURATION = 7 * 24 * 3_600_000;
const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `10s`, `30m`, `1h`, `2d` as milliseconds. */
export function duration(): Shape<number> {
  const expected = 'a duration such as 30s, 10m or 1h';
  const pattern = '^[1-9][0-9]{0,6}[smhd]$';
  return {
    expected,
    schema: { type: 'string', pattern },
    read(node, report, path) {
      if (node.kind !== 'scalar' || node.value === null || typeof node.value === 'boolean') {
        return mismatch(node, report, path, expected);
      }
      const value = parseDuration(String(node.value));
      if (value === null) return report.add(node.at, `${path}: expected ${expected}`);
      if (value > LONGEST_DURATION) return report.add(node.at, `${path} is longer than 7 days`);
      return value;
    },
  };
}

/** `10s`, `30m`, `1h`, `2d` as milliseconds; null for anything else, zero included. */
export function parseDuration(written: string): number | null {
  const match = /^([1-9][0-9]{0,6})([smhd])$/u.exec(written);
  if (match === null) return null;
  return Number(match[1]) * (UNITS[match[2] ?? ''] ?? Number.NaN);
}

/** A list with at least one item, unless `least` is 0: where a list narrows something, none never means "all". */
export function listOf<T>(item: Shape<T>, what = 'list', least = 1): Shape<readonly T[]> {
  const expected = `a ${what} in brackets`;
  return {
    expected,
    schema: { type: 'array', minItems: least, items: item.schema },
    read(node, report, path) {
      if (node.kind !== 'list') return mismatch(node, report, path, expected);
      if (node.items.length < least) {
        return report.add(node.at, `${path} is an empty list: name something or leave the key out`);
      }
      return all(node.items.map((one, index) => item.read(one, report, `${path}[${index}]`)));
    },
  };
}

/** One value, or a list with at least one. */
export function oneOrMore<T>(item: Shape<T>): Shape<readonly T[]> {
  const list = listOf(item);
  return {
    expected: `${item.expected}, or a list of such`,
    schema: { anyOf: [item.schema, list.schema] },
    read(node, report, path) {
      if (node.kind === 'list') return list.read(node, report, path);
      const value = item.read(node, report, path);
      return value === BAD ? BAD : [value];
    },
  };
}

function all<T>(values: readonly (T | Bad)[]): readonly T[] | Bad {
  const good = values.filter((value): value is T => value !== BAD);
  return good.length === values.length ? good : BAD;
}

/** The same value, with its place. */
export function located<T>(shape: Shape<T>): Shape<Located<T>> {
  return {
    ...shape,
    read(node, report, path) {
      const value = shape.read(node, report, path);
      return value === BAD ? BAD : { value, at: node.at };
    },
  };
}

/** Checks or converts a value further, with its node at hand. */
export function refine<T, U>(
  shape: Shape<T>,
  then: (value: T, node: Node, report: Report, path: string) => U | Bad,
): Shape<U> {
  return {
    expected: shape.expected,
    schema: shape.schema,
    read(node, report, path) {
      const value = shape.read(node, report, path);
      return value === BAD ? BAD : then(value, node, report, path);
    },
  };
}
