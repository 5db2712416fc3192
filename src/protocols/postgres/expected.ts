import type { Column } from '../../core/column.ts';
import type { Parameter } from '../../core/statement.ts';
import type { Fault } from './refuse.ts';
import type { Running } from './running.ts';

/** A statement the server holds under a name, made by Parse or by SQL's PREPARE. */
export interface Prepared {
  readonly text: string;
  readonly types: readonly number[];
  /** The record's number of the event that carries the text; null when none does on its own. */
  readonly number: number | null;
  /** As the server described its result; null before it did. */
  columns: readonly Column[] | null;
}

/** A prepared statement with its parameters, ready to run. */
export interface Portal {
  readonly prepared: Prepared;
  readonly parameters: readonly Parameter[];
  readonly resultFormats: readonly number[];
}

/** What was sent and is not answered yet. One entry for every message that the server answers. */
export type Expected =
  | { readonly kind: 'query'; readonly running: Running; readonly fault: Fault | null }
  | { readonly kind: 'parse'; readonly name: string; readonly prepared: Prepared | null; readonly fault: Fault | null }
  | { readonly kind: 'bind'; readonly portal: string; readonly bound: Portal }
  | { readonly kind: 'describe'; readonly of: Prepared | null }
  | { readonly kind: 'execute'; readonly running: Running }
  | { readonly kind: 'close'; readonly what: 'statement' | 'portal'; readonly name: string }
  | { readonly kind: 'sync' }
  /** A question of the proxy's own: its answers are nobody else's business. */
  | {
      readonly kind: 'own';
      readonly step: 'parse' | 'bind' | 'execute' | 'close' | 'sync';
      readonly question: Question;
    };

/** The proxy's own question and what has come back. */
export interface Question {
  readonly rows: Buffer[];
  /** Bytes of `rows`. */
  size: number;
  /** The first call counts. */
  readonly settle: (outcome: 'answered' | 'skipped' | Fault) => void;
}

/** What becomes of a message of the server's. */
export type Disposition =
  | { readonly kind: 'forward' }
  | { readonly kind: 'swallow' }
  | { readonly kind: 'replace'; readonly fault: Fault };

/** What a message of the server's meant, for the record. */
export type Report =
  | { readonly kind: 'columns'; readonly number: number | null; readonly columns: readonly Column[] }
  | {
      readonly kind: 'complete';
      readonly number: number | null;
      readonly tag: string;
      readonly rows: number;
      readonly bytes: number;
    }
  | { readonly kind: 'error'; readonly number: number | null; readonly fault: Fault };
