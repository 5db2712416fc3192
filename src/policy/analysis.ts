import type { Effect } from '../core/action.ts';
import type { Catalog, Definition } from '../core/catalog.ts';
import type { ParseOutcome, Tree } from '../core/grammar.ts';
import type { Disclosure, Exposure } from '../core/mask.ts';
import type { StatementChanges } from '../core/statement.ts';
import type { ColumnMasks } from './mask/columns.ts';

/** A function a statement calls, by name or behind an operator, a cast, a trigger, a default. */
export interface FunctionUse {
  readonly schema: string | null;
  readonly name: string;
  /** `pure`: known to do nothing but compute; `followed`: its body was analysed; `opaque`: it may do anything. */
  readonly knowledge: 'pure' | 'followed' | 'opaque';
}

/** What masks make of one statement. */
export interface Masking {
  /** A relation with masked columns is within reach: what the server says besides rows may hold their values. */
  readonly delicate: boolean;
  /** The columns of the result, in order; null when all may be shown, or there is none. */
  readonly columns:
    | readonly {
        /** Null where the server's name for it is not known. */
        readonly name: string | null;
        readonly exposure: Exposure;
        /** OID of its type; 0 where it is not known. */
        readonly type: number;
        /** The masked columns it depends on: `schema.relation.column`. */
        readonly sources: readonly string[];
      }[]
    | null;
  /** Of COPY … TO STDOUT. */
  readonly copy: Disclosure['copy'];
  /** Set when masked values would go where they cannot be followed, or tell more of themselves than they may. */
  readonly refusal: {
    readonly columns: readonly string[];
    /** Completes "masked values …". */
    readonly act: string;
    /** What to write instead. */
    readonly instead: string;
  } | null;
}

/** One statement of a text. */
export interface StatementAnalysis {
  /** The node type of the syntax tree, such as `SelectStmt`. */
  readonly kind: string;
  readonly effects: readonly Effect[];
  readonly functions: readonly FunctionUse[];
  readonly changes: StatementChanges;
  /** Null where no policy masks columns. */
  readonly masking: Masking | null;
}

/** All that can be known of a text before it runs. */
export interface Analysis {
  readonly statements: readonly StatementAnalysis[];
  /** True when the verdict rests on code that others may replace (views, functions, rules, triggers): never reuse it unseen. */
  readonly restsOnCode: boolean;
  /** True when names were looked up at all. */
  readonly restsOnCatalog: boolean;
}

/** Code that must be parsed before the analysis can go on; `key` is unique among all needs. */
export interface Need {
  readonly language: 'sql' | 'plpgsql';
  readonly key: string;
  /** The text, or what the server must be asked to print. */
  readonly text: Definition;
}

export interface AnalysisInput {
  readonly tree: Tree;
  readonly text: string;
  readonly catalog: Catalog;
  /** False when names may resolve in other ways than `catalog` says: each then stands for all it could mean. */
  readonly catalogIsCurrent: boolean;
  /** Types the client declared for parameters, as OIDs: their input functions run when values are bound. */
  readonly parameterTypes?: readonly number[];
  /** Texts that SQL's `EXECUTE name` may stand for. */
  readonly preparedTexts: (name: string) => readonly string[];
  /** What policies mask; null when they mask no column. */
  readonly masks: ColumnMasks | null;
  /** Trees of code, by `Need.key`, as far as they were parsed already. */
  readonly parsed: ReadonlyMap<string, ParseOutcome>;
}

export type AnalysisOutcome =
  | { readonly outcome: 'analysis'; readonly analysis: Analysis }
  /** Parse these and call again. */
  | { readonly outcome: 'needs'; readonly needs: readonly Need[] }
  /** Not understood: a node the walker does not know, too deep, … The statement is refused. */
  | { readonly outcome: 'unintelligible'; readonly reason: string };
