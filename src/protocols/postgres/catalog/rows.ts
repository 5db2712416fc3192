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
  readonly columns: readonly (readonly [number, string, number])[] | null;
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
