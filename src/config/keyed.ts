import { BAD, type Bad, type JsonSchema, mismatch, quoted, type Report, type Shape } from './shape.ts';
import { nearest, suggestion } from './suggest.ts';
import type { Entry, Node } from './tree.ts';

/** One key that a map may have. */
export interface Field<T> {
  readonly shape: Shape<T>;
  /** For the JSON schema: what the key is for. */
  readonly about: string;
  /** What the key means when it is left out; absent for keys that must be there. */
  readonly fallback?: { readonly value: T };
  /** Added to the message when a required key is missing. */
  readonly missing?: string;
}

export function required<T>(shape: Shape<T>, about: string, missing?: string): Field<T> {
  return { shape, about, ...(missing === undefined ? {} : { missing }) };
}

export function optional<T, U>(shape: Shape<T>, fallback: U, about: string): Field<T | U> {
  return { shape, about, fallback: { value: fallback } };
}

type Fields = Readonly<Record<string, Field<unknown>>>;
type Values<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

export interface KeyedOptions {
  /** Names what the map is, in messages: `a rule`. */
  readonly what: string;
  /** True where a secret may have been written by mistake: unknown keys are not repeated. */
  readonly discreet?: boolean;
  /** Keys that exist elsewhere, with what to say about each. */
  readonly elsewhere?: Readonly<Record<string, string>>;
  /** Exactly one of these keys must be there. */
  readonly exactlyOne?: readonly string[];
  /** At least one of these keys must be there. */
  readonly atLeastOne?: readonly string[];
  /** Of each pair, not both keys may be there. */
  readonly notTogether?: readonly (readonly [string, string])[];
}

/** Fixed keys: an unknown one is a problem, and so is a missing one without a fallback. */
export function keyed<F extends Fields>(fields: F, options: KeyedOptions): Shape<Values<F>> {
  const names = Object.keys(fields);
  return {
    expected: options.what,
    schema: schemaOf(fields, options),
    read(node, report, path) {
      if (node.kind !== 'map') return mismatch(node, report, path, options.what);
      let bad = node.entries.some((entry) => !names.includes(entry.key));
      for (const entry of node.entries) {
        if (!names.includes(entry.key)) report.add(entry.keyAt, unknownKey(entry.key, path, names, options));
      }
      bad = !countsHold(node, report, path, options) || bad;
      const values: Record<string, unknown> = {};
      for (const [name, field] of Object.entries(fields)) {
        const entry = node.entries.find(({ key }) => key === name);
        if (isMisspelt(name, node, names)) continue;
        const value = readField(field, entry, node, report, under(path, name));
        if (value === BAD) bad = true;
        values[name] = value;
      }
      // Every name of `fields` was read by its own shape just now: the mapped type says what this loop did.
      return bad ? BAD : (values as Values<F>);
    },
  };
}

function under(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function readField(field: Field<unknown>, entry: Entry | undefined, node: Node, report: Report, path: string): unknown {
  if (entry !== undefined) return field.shape.read(entry.value, report, path);
  if (field.fallback !== undefined) return field.fallback.value;
  const advice = field.missing ?? `expected ${field.shape.expected}`;
  return report.add(node.at, `${path} is missing: ${advice}`);
}

/** True when an unknown key was probably meant to be this one: it was reported with that suggestion. */
function isMisspelt(name: string, node: Node & { kind: 'map' }, names: readonly string[]): boolean {
  const has = (key: string): boolean => node.entries.some((entry) => entry.key === key);
  return !has(name) && node.entries.some(({ key }) => !names.includes(key) && nearest(key, names) === name);
}

function unknownKey(key: string, path: string, names: readonly string[], options: KeyedOptions): string {
  const where = path === '' ? '' : ` in ${path}`;
  const known = options.elsewhere;
  if (known !== undefined && Object.hasOwn(known, key)) return `${quoted(key)}${where} ${known[key] ?? ''}`;
  const near = suggestion(key, names);
  if (options.discreet === true && near === '') return `unknown key${where}: known are ${names.join(', ')}`;
  return `unknown key ${quoted(key)}${where}${near === '' ? `: known are ${names.join(', ')}` : near}`;
}

function countsHold(node: Node & { kind: 'map' }, report: Report, path: string, options: KeyedOptions): boolean {
  const { exactlyOne, atLeastOne, notTogether = [] } = options;
  const has = (names: readonly string[]): number => node.entries.filter(({ key }) => names.includes(key)).length;
  const at = path === '' ? options.what : path;
  if (exactlyOne !== undefined && has(exactlyOne) !== 1) {
    report.add(node.at, `${at} needs exactly one of ${exactlyOne.join(', ')}`);
    return false;
  }
  if (atLeastOne !== undefined && has(atLeastOne) === 0) {
    report.add(node.at, `${at} needs at least one of ${atLeastOne.join(', ')}`);
    return false;
  }
  const both = notTogether.find((pair) => has(pair) > 1);
  if (both !== undefined) {
    report.add(node.at, `${at} takes ${both.join(' or ')}, not both: leave one out`);
    return false;
  }
  return true;
}

function schemaOf(fields: Fields, options: KeyedOptions): JsonSchema {
  const properties = Object.entries(fields).map(([name, { shape, about }]) => [
    name,
    { description: about, ...shape.schema },
  ]);
  const needed = Object.keys(fields).filter((name) => fields[name]?.fallback === undefined);
  const each = (names: readonly string[]): JsonSchema[] => names.map((name) => ({ required: [name] }));
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties),
    ...(needed.length > 0 ? { required: needed } : {}),
    ...(options.exactlyOne === undefined ? {} : { oneOf: each(options.exactlyOne) }),
    ...(options.atLeastOne === undefined ? {} : { anyOf: each(options.atLeastOne) }),
    ...(options.notTogether === undefined
      ? {}
      : { not: { anyOf: options.notTogether.map((pair) => ({ required: pair })) } }),
  };
}

/** Keys the user chooses: at least one, each a name. */
export function mapOf<T>(
  item: Shape<T>,
  what: string,
  reserved: readonly string[] = [],
): Shape<ReadonlyMap<string, T>> {
  return {
    expected: what,
    schema: {
      type: 'object',
      minProperties: 1,
      propertyNames: { pattern: NAME.source, ...(reserved.length > 0 ? { not: { enum: reserved } } : {}) },
      additionalProperties: item.schema,
    },
    read(node, report, path) {
      if (node.kind !== 'map') return mismatch(node, report, path, what);
      if (node.entries.length === 0) return report.add(node.at, `${path} is empty: expected ${what}`);
      const values = new Map<string, T>();
      let bad = false;
      for (const { key, keyAt, value } of node.entries) {
        const fault = nameFault(key, reserved);
        if (fault !== null) report.add(keyAt, `${path}: the name ${quoted(key)} ${fault}`);
        const read: T | Bad = item.read(value, report, under(path, key));
        if (read === BAD || fault !== null) bad = true;
        else values.set(key, read);
      }
      return bad ? BAD : values;
    },
  };
}

/** Names end up in file names, environment variables and URLs. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/u;

function nameFault(name: string, reserved: readonly string[]): string | null {
  if (reserved.includes(name)) return 'has a meaning of its own: choose another';
  return NAME.test(name) ? null : 'must be letters, digits, "-" and "_", at most 63, beginning with a letter or digit';
}
