/** A syntax tree as PostgreSQL's own parser gives it: nodes are objects with one key, the node's type. */
export type Tree = unknown;

export type ParseOutcome =
  | { readonly ok: true; readonly tree: Tree }
  /** `message` may quote the text: for the operator's eyes, never for a log. */
  | {
      readonly ok: false;
      readonly reason: 'syntax' | 'limit' | 'deadline' | 'failure';
      readonly message: string;
      readonly position: number | null;
    };

/** The real grammar, out of the way of the event loop. Never throws; what is not `ok` is refused. */
export interface Grammar {
  /** SQL text, one or more statements. */
  sql(text: string): Promise<ParseOutcome>;
  /** A whole CREATE FUNCTION statement of language plpgsql; the tree is its body. */
  plpgsql(definition: string): Promise<ParseOutcome>;
  /** Begins to load, so that the first question waits less: asking does so, too. Idempotent. */
  load(): void;
  close(): Promise<void>;
}
