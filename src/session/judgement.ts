import type { Effect } from '../core/action.ts';
import type { Catalog } from '../core/catalog.ts';
import type { Decision, Refusal } from '../core/decision.ts';
import type { ParseOutcome } from '../core/grammar.ts';
import type { ResultMask } from '../core/mask.ts';
import type { AskTerms, PreparedTexts } from '../core/request.ts';
import type { Statement, StatementChanges } from '../core/statement.ts';
import type { Analysis, Masking } from '../policy/analysis.ts';
import type { ColumnMasks } from '../policy/mask/columns.ts';
import type { ColumnName } from '../policy/mask/detect/detection.ts';

/** What was found out about a statement, and what follows from it. */
export interface Judgement extends Pick<Analysis, 'restsOnCode' | 'restsOnCatalog'> {
  readonly decision: Decision;
  readonly effects: readonly Effect[];
  readonly changes: readonly StatementChanges[];
  readonly results: readonly ResultMask[];
  /** Of what is asked for: on whose leave it may run. */
  readonly terms: readonly AskTerms[];
  /** Of what is asked for: masked columns of the tables it touches, as `schema.relation.column`. */
  readonly masked: readonly string[];
  /** What the names in it stand for that SQL's EXECUTE runs. */
  readonly prepared: readonly PreparedTexts[];
  /**
   * Of what is asked for: a digest of what it does besides what its text says, that is who runs it and the code it leads
   * to (functions, views, what names of prepared statements stand for). Where it differs, something else would be done.
   */
  readonly ground: string;
  /** What masks make of each statement, for whoever explains it: null where no policy masks columns. */
  readonly maskings: readonly (Masking | null)[];
  /** What it rests on; null for what was not understood. */
  readonly basis: { readonly analysis: Analysis; readonly catalog: Catalog } | null;
}

/** Judges the statements of one connection. */
export interface Judging {
  /** The connection can be asked, and nothing was judged on it yet. */
  begin(): void;
  /** At once when the verdict is known and still holds. Never rejects: what goes wrong on the way is a refusal. */
  judge(statement: Statement): Judgement | Promise<Judgement>;
  /** What policies mask under the catalog as it was last seen; null when no column. */
  readonly masks: ColumnMasks | null;
  /** `changes` when this connection's catalog was last known to be in force. */
  readonly asOf: number;
  /** Grows whenever names may mean something else to all connections of the session. */
  readonly changes: number;
  /** Which table's column this is, by the catalog as it was last seen; null when it is not known. */
  columnAt(table: number, attribute: number): ColumnName | null;
}

/** A judgement that may be given again. */
export interface Verdict extends Judgement {
  /** The version of the catalog it was given under. */
  readonly catalog: string;
  /** It holds whatever the server would say. */
  readonly alone: boolean;
}

export const REWRITE = 'Write the statement in a simpler form, or split it into several.';

const NOT_SENT = 'A statement that cannot be understood is not sent.';

/** The refusal of a statement that no policy has looked at. */
export function unintelligible(message: string, hint: string): Judgement {
  return refuse({ message, detail: NOT_SENT, hint, cause: 'unintelligible' }, 'grammar');
}

/** The refusal of a statement that has no tree. */
export function unparsed(outcome: ParseOutcome & { ok: false }): Judgement {
  if (outcome.reason !== 'syntax') return unintelligible(`the statement cannot be judged: ${outcome.message}`, REWRITE);
  const hint = 'Check the statement against PostgreSQL’s grammar.';
  const position = (outcome.position ?? 0) + 1;
  return refuse({ message: outcome.message, detail: NOT_SENT, hint, cause: 'syntax', position }, 'grammar');
}

/** The refusal of a statement that no policy has looked at. `clause`: see `RuleReference`. */
export function refuse(refusal: Refusal, clause: 'grammar' | 'identity'): Judgement {
  const rule = { policy: '', clause, index: null };
  const decision: Decision = { verdict: 'deny', rule, effect: null, refusal };
  const rests = { restsOnCode: false, restsOnCatalog: false };
  return {
    decision,
    effects: [],
    changes: [],
    results: [],
    terms: [],
    prepared: [],
    masked: [],
    ground: '',
    maskings: [],
    basis: null,
    ...rests,
  };
}
