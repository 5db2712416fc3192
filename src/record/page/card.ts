/*
 * What a page holds, as JSON between the exporter and the page's script. Every text in it was made safe: it has no
 * control, bidirectional or invisible character in it, and the script only ever sets it as text. Times are
 * microseconds since the record was opened.
 */

/** A statement with all that came of it, or something else that happened. */
export interface Card {
  /** The number of the event it begins with. */
  readonly number: number;
  readonly at: number;
  /** Null for the session itself. */
  readonly connection: number | null;
  readonly parts: readonly Part[];
}

export type Part =
  | { readonly kind: 'lines'; readonly role: 'connection' | 'end' | 'note'; readonly lines: readonly string[] }
  | StatementPart
  | RefusalPart
  | ResultPart
  | { readonly kind: 'outcome'; readonly at: number; readonly tag: string; readonly took: number | null }
  | {
      readonly kind: 'error';
      readonly at: number;
      readonly severity: string;
      readonly code: string;
      readonly message: string;
    }
  | { readonly kind: 'notice'; readonly at: number; readonly code: string; readonly message: string }
  | RequestPart
  | PreviewPart
  | AnswerPart
  | { readonly kind: 'settled'; readonly at: number; readonly approved: boolean; readonly words: string }
  | { readonly kind: 'granted'; readonly at: number; readonly words: string }
  | { readonly kind: 'revoked'; readonly at: number; readonly words: string }
  | TerminalPart;

export interface StatementPart {
  readonly kind: 'statement';
  readonly phase: string;
  readonly text: string;
  /** Characters of the text that are shown with another card only, whose number is `wholeAt`. */
  readonly left: number;
  readonly wholeAt: number | null;
  readonly values: readonly string[];
  readonly effects: readonly string[];
}

export interface RefusalPart {
  readonly kind: 'refusal';
  readonly rule: string;
  readonly reasons: readonly string[];
}

export interface ResultPart {
  readonly kind: 'result';
  readonly direction: 'in' | 'out';
  readonly columns: readonly string[] | null;
  /** Null where they cannot be decoded. */
  readonly rows: readonly (readonly (string | null)[])[] | null;
  /** Rows on record that are not here; null: not counted. */
  readonly left: number | null;
  /** Columns, and values of which a part, that are not here. */
  readonly cutColumns: number;
  readonly cutValues: number;
}

export interface RequestPart {
  readonly kind: 'request';
  readonly at: number;
  readonly id: string;
  readonly expires: string;
  readonly digest: string;
  readonly terms: readonly string[];
}

export interface PreviewPart {
  readonly kind: 'preview';
  readonly at: number;
  readonly lines: readonly string[];
  readonly tables: readonly {
    readonly name: string;
    readonly inserted: number;
    readonly updated: number;
    readonly deleted: number;
  }[];
  readonly sample: {
    readonly columns: readonly string[];
    readonly rows: readonly { readonly before: Values; readonly after: Values }[];
  } | null;
}

type Values = readonly (string | null)[] | null;

export interface AnswerPart {
  readonly kind: 'answer';
  readonly at: number;
  readonly verdict: 'approve' | 'deny';
  readonly breakGlass: boolean;
  readonly by: string;
  readonly reason: string | null;
  readonly bounds: readonly string[];
  readonly given: string;
  readonly key: string;
}

/** What a terminal showed, as `TerminalFilter` lets it through, or its new size. */
export interface TerminalPart {
  readonly kind: 'terminal';
  readonly stream: 'output' | 'input' | 'errors';
  /** The command or shell that it belongs to; null where there is one terminal on a connection. */
  readonly statement: number | null;
  /** It is text and no screen: there was no terminal. */
  readonly piped: boolean;
  readonly pieces: readonly (
    | readonly [at: number, text: string]
    | readonly [at: number, columns: number, rows: number]
  )[];
}

/** What is known of a card without reading it: bits of `flags`. */
export const FLAG = { statement: 1, refused: 2, asked: 4, error: 8, terminal: 16 } as const;

/** Of every card in a block, one after the other: number, at, connection (-1: none), flags, lines it takes about. */
export const INDEX_FIELDS = 5;

/** What is only known at the end. */
export interface PageEnd {
  readonly state: 'sealed' | 'open' | 'cut';
  readonly events: number;
}
