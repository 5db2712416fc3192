import type { ObjectKind } from './action.ts';

export type WriteEvent = 'insert' | 'update' | 'delete' | 'truncate';

/**
 * Code whose text the server prints. Printing locks the tables it names until the transaction ends, so that it is
 * asked for only when a statement reaches it, which locks them as well.
 */
export interface PrintedCode {
  readonly kind: 'view' | 'rule' | 'function';
  /** Of the view, the rule or the function. */
  readonly oid: number;
}

/** Code, or where to ask for it. */
export type Definition = string | PrintedCode;

export interface CatalogColumn {
  readonly number: number;
  readonly name: string;
  /** OID of its type. */
  readonly type: number;
  /** Of generated columns: the numbers of those they are computed of. */
  readonly generatedFrom?: readonly number[];
}

/** A table, view, sequence, … of the target's database. */
export interface CatalogRelation {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: Extract<
    ObjectKind,
    'table' | 'view' | 'materialized-view' | 'foreign-table' | 'sequence' | 'index' | 'type'
  >;
  readonly temporary: boolean;
  /** In the order of their numbers; dropped ones left out. */
  readonly columns: readonly CatalogColumn[];
  /** Numbers of columns in unique keys, exclusion constraints and foreign keys; 0 for expressions in them. */
  readonly keyed?: readonly number[];
  /** Of views, also materialized ones: the SELECT, as the server prints it under the catalog's search path. */
  readonly definition: Definition | null;
  /** Rewrite rules other than a view's own SELECT, as CREATE RULE statements. */
  readonly rules: readonly Definition[];
  /** Triggers that would fire, with each function they call. Deferrable ones may do so at the end of the transaction. */
  readonly triggers: readonly {
    readonly events: readonly WriteEvent[];
    readonly function: number;
    readonly deferrable?: boolean;
  }[];
  /** Foreign keys of other tables that point here and pass a change on. `truncate`: where it is told to cascade. */
  readonly cascades: readonly {
    readonly on: 'update' | 'delete' | 'truncate';
    readonly child: number;
    readonly does: 'update' | 'delete' | 'truncate';
  }[];
  /** Tables that inherit from this one, or are its partitions. */
  readonly children: readonly number[];
  /** User-defined functions that reading or writing it may call: defaults, checks, indexes, row security, types. */
  readonly code: readonly number[];
}

/** A user-defined function, procedure or aggregate (built-in ones are known by name). */
export interface CatalogFunction {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: 'function' | 'procedure' | 'aggregate' | 'window';
  /** `sql`, `plpgsql`, `c`, `internal`, or another language's name. */
  readonly language: string;
  /** The whole CREATE FUNCTION statement as the server prints it; null for aggregates. */
  readonly definition: Definition | null;
  /** The body's text; empty for a SQL-standard body, which stands in the definition only. */
  readonly source: string;
  readonly argumentNames: readonly string[];
  /** Settings the function runs under, `name=value`. */
  readonly settings: readonly string[];
  /** The extension it belongs to, or null. */
  readonly extension: string | null;
  /** Of aggregates: the functions it is made of. */
  readonly parts: readonly number[];
  /** Of `internal` functions: the C symbol it names. */
  readonly symbol: string | null;
}

export interface CatalogType {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** User-defined functions that reading, writing or checking a value may call. */
  readonly code: readonly number[];
}

/** What names mean on one connection, at one moment. Immutable: a change gives another catalog. */
export interface Catalog {
  /** Equal versions mean equal catalogs: part of every cache key. */
  readonly version: string;
  readonly database: string;
  /** The role that statements run as. */
  readonly user: string;
  readonly superuser: boolean;
  /** Schemas searched for unqualified names, in order, with the implicit `pg_catalog` and temporary one. */
  readonly searchPath: readonly string[];
  /** This connection's schema of temporary objects, or null while it has none. */
  readonly temporarySchema: string | null;
  readonly schemas: readonly string[];
  /** All but the system's own. */
  readonly relations: readonly CatalogRelation[];
  readonly functions: readonly CatalogFunction[];
  /** User-defined operators, and operator classes by their name, with the functions behind them. */
  readonly operators: readonly {
    readonly schema: string;
    readonly name: string;
    readonly functions: readonly number[];
  }[];
  readonly types: readonly CatalogType[];
  /** Functions behind user-defined casts and comparisons of types: they may be called without being written down. */
  readonly casts: readonly { readonly source: number; readonly target: number; readonly function: number }[];
  /** Server settings by name that judging depends on, such as `server_version_num`. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Reads the catalog that a statement on this connection will see. */
export interface CatalogSource {
  /**
   * Asks the server on the very connection, between two of the client's frames. Returns the one of `known` that is
   * equal, if any is, and null when the connection cannot be asked after all (an aborted transaction).
   * @throws HoopError `postgres.catalog` when the answer cannot be used, or the lexer's settings are not the pinned ones
   */
  read(known: readonly Catalog[]): Promise<Catalog | null>;
  /**
   * The texts of these, in their order; null for what is gone. Null when the connection cannot be asked.
   * @throws HoopError `postgres.catalog` when the answer cannot be used
   */
  define(codes: readonly PrintedCode[]): Promise<readonly (string | null)[] | null>;
  /** False while the connection cannot be asked, as in an aborted transaction. */
  readable(): boolean;
  /** True when a read now sees all that is committed: no transaction is under way, which may go by an older snapshot. */
  seesCommitted(): boolean;
  /** Grows from 0 whenever the connection did something after which names may mean something else. */
  epoch(): number;
  /** Calls back whenever what this connection did to names may have come into force for others, too. */
  whenOthersMayNotice(notice: () => void): void;
}
