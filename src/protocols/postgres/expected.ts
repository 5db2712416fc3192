import type { Column } from '../../core/column.ts';
import type { Portal, Prepared } from './prepared.ts';
import type { Fault } from './refuse.ts';
import type { Running } from './running.ts';

/** What was sent and is not answered yet. One entry for every message that the server answers. */
export type Expected =
  | { readonly kind: 'query'; readonly running: Running; readonly fault: Fault | null }
  | {
      readonly kind: 'parse';
      readonly name: string;
      readonly prepared: Prepared | null;
      /** Masked values are within reach: planning may look at them. */
      readonly delicate: boolean;
      readonly fault: Fault | null;
    }
  | { readonly kind: 'bind'; readonly portal: string; readonly bound: Portal }
  | { readonly kind: 'describe'; readonly of: Prepared | null }
  | { readonly kind: 'execute'; readonly running: Running }
  | { readonly kind: 'close'; readonly what: 'statement' | 'portal'; readonly name: string }
  | { readonly kind: 'sync' }
  /** A question of the proxy's own: its answers are nobody else's business. */
  | {
      readonly kind: 'own';
      readonly step: 'parse' | 'bind' | 'describe' | 'execute' | 'close' | 'sync';
      readonly question: Question;
    };

/** The proxy's own question and what has come back. */
export interface Question {
  readonly rows: Buffer[];
  /** Bytes of `rows`. */
  size: number;
  /** Bytes that are kept: what comes beyond is dropped, and shows in `size`. Null: a catalog's worth, or the server is confused. */
  readonly most: number | null;
  /** Of the rows, where they were asked for. */
  columns: readonly Column[];
  /** The first call counts. */
  readonly settle: (outcome: 'answered' | 'skipped' | Fault) => void;
}

/** What becomes of a message of the server's. */
export type Disposition =
  | { readonly kind: 'forward' }
  | { readonly kind: 'swallow' }
  | { readonly kind: 'replace'; readonly fault: Fault };

/** What the server says besides rows may hold masked values. */
export function isDelicate(expected: Expected): boolean {
  switch (expected.kind) {
    case 'query':
    case 'execute':
      return expected.running.delicate;
    case 'parse':
      return expected.delicate;
    case 'bind':
      return expected.bound.results.some(({ delicate }) => delicate);
    case 'describe':
    case 'close':
    case 'sync':
    case 'own':
      return false;
  }
}
