/** The JSON objects that the catalog's questions are answered with. */

export interface Fingerprint {
  readonly database: string;
  readonly user: string;
  readonly superuser: boolean;
  readonly searchPath: readonly string[];
  readonly temporarySchema: string | null;
  readonly schemas: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
  readonly state: readonly (string | null)[];
}

export interface RelationRow {
  readonly row: 'relation';
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly temporary: boolean;
  /** Number, name, type, and what it is generated from. */
  readonly columns: readonly (readonly [number, string, number, readonly number[] | null])[] | null;
  readonly keyed: readonly number[] | null;
  /** True for what has a definition that can be asked for. */
  readonly defined: boolean;
}

export interface RuleRow {
  readonly row: 'rule';
  readonly relation: number;
  readonly rule: number;
}

export interface TriggerRow {
  readonly row: 'trigger';
  readonly relation: number;
  readonly function: number;
  readonly type: number;
  readonly deferrable: boolean;
}

export interface KeyRow {
  readonly row: 'key';
  readonly parent: number;
  readonly child: number;
  readonly delete: string;
  readonly update: string;
}

export interface ChildRow {
  readonly row: 'child';
  readonly parent: number;
  readonly child: number;
}

export interface CodeRow {
  readonly row: 'code';
  readonly relation: number;
  readonly type: number;
  readonly function: number;
}

export interface FunctionRow {
  readonly row: 'function';
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly language: string;
  /** True when its body is SQL-standard, and not a text. */
  readonly standard: boolean;
  readonly definition: string | null;
  readonly source: string;
  readonly argumentNames: readonly string[] | null;
  readonly settings: readonly string[] | null;
  readonly extension: string | null;
  readonly parts: readonly number[] | null;
}

export interface TypeRow {
  readonly row: 'type';
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
}

export interface OperatorRow {
  readonly row: 'operator';
  readonly schema: string;
  readonly name: string;
  readonly function: number;
}

export interface CastRow {
  readonly row: 'cast';
  readonly source: number;
  readonly target: number;
  readonly function: number;
}

export type Row =
  | RelationRow
  | RuleRow
  | TriggerRow
  | KeyRow
  | ChildRow
  | CodeRow
  | FunctionRow
  | TypeRow
  | OperatorRow
  | CastRow;

type Check = (value: unknown) => boolean;

const number: Check = (value) => typeof value === 'number';
const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const nullable =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const object = (fields: Readonly<Record<string, Check>>): Check => {
  const entries = Object.entries(fields);
  return (value) =>
    typeof value === 'object' &&
    value !== null &&
    entries.every(([name, check]) => check((value as Readonly<Record<string, unknown>>)[name]));
};
const column: Check = (value) =>
  Array.isArray(value) &&
  value.length === 4 &&
  number(value[0]) &&
  text(value[1]) &&
  number(value[2]) &&
  nullable(list(number))(value[3]);

const settings = object({ client_encoding: text, standard_conforming_strings: text });

/** True for what the question for a fingerprint is answered with by a server that is not out to confuse. */
export const isFingerprint = object({
  database: text,
  user: text,
  superuser: flag,
  searchPath: list(text),
  temporarySchema: nullable(text),
  schemas: list(text),
  settings,
  state: list(nullable(text)),
}) as (value: unknown) => value is Fingerprint;

const ROWS: Readonly<Record<Row['row'], Check>> = {
  relation: object({
    oid: number,
    schema: text,
    name: text,
    kind: text,
    temporary: flag,
    columns: nullable(list(column)),
    keyed: nullable(list(number)),
    defined: flag,
  }),
  rule: object({ relation: number, rule: number }),
  trigger: object({ relation: number, function: number, type: number, deferrable: flag }),
  key: object({ parent: number, child: number, delete: text, update: text }),
  child: object({ parent: number, child: number }),
  code: object({ relation: number, type: number, function: number }),
  function: object({
    oid: number,
    schema: text,
    name: text,
    kind: text,
    language: text,
    standard: flag,
    definition: nullable(text),
    source: text,
    argumentNames: nullable(list(text)),
    settings: nullable(list(text)),
    extension: nullable(text),
    parts: nullable(list(number)),
  }),
  type: object({ oid: number, schema: text, name: text }),
  operator: object({ schema: text, name: text, function: number }),
  cast: object({ source: number, target: number, function: number }),
};
const CHECKS: ReadonlyMap<unknown, Check> = new Map(Object.entries(ROWS));

const kinded = object({ row: text });

/** The same for what the catalog holds. */
export function isRow(value: unknown): value is Row {
  return kinded(value) && CHECKS.get((value as Row).row)?.(value) === true;
}
