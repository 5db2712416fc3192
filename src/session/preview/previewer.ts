import type { Grammar } from '../../core/grammar.ts';
import type { DryRun, Preview, PreviewDepth } from '../../core/request.ts';
import type { Statement } from '../../core/statement.ts';
import type { Stage, Trials } from '../../core/trial.ts';
import type { CatalogRelation } from '../../core/catalog.ts';
import { textOf } from '../../policy/sql/analyse.ts';
import { estimateQuestion, explainsOnly, mayBePlanned, rowsPlanned } from '../../policy/sql/preview/estimate.ts';
import { type Change, changeOf, maySetOffLater } from '../../policy/sql/preview/fitness.ts';
import { wholeTable } from '../../policy/sql/preview/trial.ts';
import { isUndoable } from '../../policy/sql/preview/undo.ts';
import { statementsOf } from '../../policy/sql/tree.ts';
import type { Judgement } from '../judgement.ts';
import { effectOf } from './effect.ts';
import { ask, type Rehearsal, rehearsalOf, rehearse, type Seen, Withheld, type Written } from './rehearsal.ts';
import { undoScript } from './undo-script.ts';
import { type Images, imagesOf, type MaskRows, sampleOf } from './sample.ts';

export interface PreviewerOptions {
  readonly grammar: Grammar;
  readonly trials: Trials;
  /** 32 secret bytes, of this session alone. */
  readonly key: Uint8Array;
  readonly judge: (statement: Statement) => Promise<Judgement>;
  /** How rows of a statement that was judged are masked. */
  readonly masking: (judgement: Judgement) => MaskRows;
  /** Something in the rows of this table may not be shown as it is. */
  readonly hides: (relation: CatalogRelation) => boolean;
  /** Puts a script away that undoes what a request's statement does; null: none is kept. It rejects when it cannot. */
  readonly keepUndo: KeepUndo | null;
}

/** `script`: plain SQL. */
export type KeepUndo = (request: string, script: string) => Promise<void>;

interface Plan {
  readonly statement: Statement;
  readonly judgement: Judgement;
  /** The text that asks for an estimate; null where it may not be asked for. */
  readonly estimate: string | null;
  /** What is tried, or why nothing is. */
  readonly written: Written | Withheld;
  /** How the sample is masked; null where the policy shows nobody such rows. */
  readonly mask: MaskRows | null;
}

const NOTHING: Preview = { estimate: null, dryRun: null, withheld: null };

/** Finds out what a held statement would do, on its own connection. */
export class Previewer {
  readonly #options: PreviewerOptions;

  constructor(options: PreviewerOptions) {
    this.#options = options;
  }

  /** Null when there is nothing to say. Never rejects; when it resolves, nothing of the trial is left. */
  async preview(
    statement: Statement,
    judgement: Judgement,
    { depth, signal }: { readonly depth: PreviewDepth; readonly signal: AbortSignal },
  ): Promise<Preview | null> {
    if (depth === 'none' || signal.aborted) return null;
    const plan = await this.plan(statement, judgement, depth);
    if (signal.aborted) return null;
    if (plan instanceof Withheld) return { ...NOTHING, withheld: plan.reason };
    const tried = await this.#options.trials.attempt(statement, (stage) => this.#look(stage, plan), signal);
    if (signal.aborted) return null;
    if ('withheld' in tried) return { ...NOTHING, withheld: tried.withheld };
    const { estimate, outcome } = tried.result;
    if (outcome instanceof Withheld) return { estimate, dryRun: null, withheld: outcome.reason };
    const again = async (): Promise<boolean> => (await this.effect(plan, signal)) === outcome.dryRun.effect;
    const repeatable = !outcome.drifts && (!outcome.wavers || (await again()));
    return signal.aborted ? null : { estimate, dryRun: { ...outcome.dryRun, repeatable }, withheld: null };
  }

  /** The effect that the statement would have now; null when that cannot be found out. */
  async effect(plan: Plan, signal: AbortSignal): Promise<string | null> {
    const tried = await this.#options.trials.attempt(plan.statement, (stage) => this.#effect(stage, plan), signal);
    return 'withheld' in tried || tried.result instanceof Withheld ? null : tried.result;
  }

  async #effect(stage: Stage, { written, statement }: Plan): Promise<string | Withheld> {
    const rehearsal = await this.#rehearsal(stage, written);
    if (rehearsal instanceof Withheld) return rehearsal;
    return rehearse(stage, rehearsal, async ({ result, tables }) =>
      effectOf(statement, result, tables, this.#options.key),
    );
  }

  async #look(stage: Stage, plan: Plan): Promise<{ estimate: number | null; outcome: Outcome | Withheld }> {
    const { estimate } = plan;
    let rows: number | null = null;
    if (estimate !== null) {
      const answer = await stage.undone(() => ask(stage, estimate, 'own'));
      rows = answer instanceof Withheld ? null : rowsPlanned(answer.map(([text]) => text ?? '').join('\n'));
    }
    return { estimate: rows, outcome: await this.#try(stage, plan) };
  }

  async #try(stage: Stage, { statement, judgement, written, mask }: Plan): Promise<Outcome | Withheld> {
    const { basis } = judgement;
    if (stage.inTransaction && basis !== null && maySetOffLater(basis.analysis, basis.catalog)) {
      return new Withheld('a trigger of its tables may run only when the transaction ends');
    }
    const rehearsal = await this.#rehearsal(stage, written);
    if (rehearsal instanceof Withheld) return rehearsal;
    const seen = await rehearse(stage, rehearsal, async ({ result, tables }) => {
      const after = mask === null ? null : await imagesOf(stage, rehearsal, result.keys, mask);
      return { result, tables, after };
    });
    if (seen instanceof Withheld) return seen;
    const { result, tables, after } = seen;
    const before: Images | null = mask === null ? null : await imagesOf(stage, rehearsal, result.keys, mask);
    const hidden = this.#options.hides(rehearsal.change.relation);
    return {
      wavers: mayWaver(rehearsal),
      drifts: rehearsal.change.drifts || !(await stands(stage)),
      dryRun: {
        rows: result.rows,
        effect: effectOf(statement, result, tables, this.#options.key),
        tables: tables.map(({ schema, name, inserted, updated, deleted }) => ({
          schema,
          name,
          inserted,
          updated,
          deleted,
        })),
        sample: sampleOf(before, after),
        undoable: !hidden && isUndoable(rehearsal.change, rehearsal.facts, { result, tables }),
      },
    };
  }

  async #rehearsal(stage: Stage, written: Written | Withheld): Promise<Rehearsal | Withheld> {
    return written instanceof Withheld ? written : rehearsalOf(stage, written, this.#options.grammar);
  }

  /**
   * Gets ready to run a statement that was approved for its effect alone, and keeps what undoes it. False when it would
   * do anything else now, and when that cannot be told. Never rejects.
   */
  async enact(
    statement: Statement,
    judgement: Judgement,
    { effect, request, signal }: { readonly effect: string; readonly request: string; readonly signal: AbortSignal },
  ): Promise<boolean> {
    const plan = await this.plan(statement, judgement, 'trial');
    if (plan instanceof Withheld || plan.written instanceof Withheld) return false;
    const { written } = plan;
    const outcome = await this.#options.trials.enact(
      statement,
      async (stage) => {
        const rehearsal = await this.#rehearsal(stage, written);
        if (rehearsal instanceof Withheld) return null;
        const seen = await rehearse(stage, rehearsal, async (one) => one);
        if (seen instanceof Withheld) return null;
        if (effectOf(statement, seen.result, seen.tables, this.#options.key) !== effect) return null;
        await this.#keep(stage, rehearsal, { ...seen, request });
        return seen.result.rows;
      },
      signal,
    );
    return outcome === 'ready';
  }

  async #keep(
    stage: Stage,
    rehearsal: Rehearsal,
    { result, tables, request }: Seen & { readonly request: string },
  ): Promise<void> {
    const { change, facts } = rehearsal;
    const { keepUndo, hides } = this.#options;
    if (keepUndo === null || hides(change.relation) || !isUndoable(change, facts, { result, tables })) return;
    const script = await undoScript(stage, rehearsal, result);
    if (script !== null) await keepUndo(request, script);
  }

  /** What can be found out, by what is known without asking the server. Never rejects. */
  async plan(statement: Statement, judgement: Judgement, depth: PreviewDepth): Promise<Plan | Withheld> {
    try {
      return await this.#planned(statement, judgement, depth);
    } catch {
      return new Withheld('hoopctl failed to find out how it could be tried');
    }
  }

  async #planned(statement: Statement, judgement: Judgement, depth: PreviewDepth): Promise<Plan> {
    const parsed = await this.#options.grammar.sql(statement.text);
    const { basis } = judgement;
    if (!parsed.ok || basis === null) {
      const written = new Withheld('it is not understood');
      return { statement, judgement, estimate: null, written, mask: null };
    }
    const { tree } = parsed;
    const [first] = statementsOf(tree);
    const own = first === undefined ? '' : textOf(first, Buffer.from(statement.text, 'utf8'));
    const estimate = await this.#estimate(statement, tree, own);
    if (statement.phase === 'prepare') {
      const written = new Withheld('it is only prepared, without values');
      return { statement, judgement, estimate: null, written, mask: null };
    }
    const change = depth === 'trial' ? changeOf(tree, basis.analysis, basis.catalog) : 'the policy has nothing tried';
    if (typeof change === 'string') {
      return { statement, judgement, estimate, written: new Withheld(change), mask: null };
    }
    return {
      statement,
      judgement,
      estimate,
      written: { change, own, tree },
      mask: await this.#mask(statement, change),
    };
  }

  /** Null unless planning surely runs no code, and shows nothing that is masked. */
  async #estimate(statement: Statement, tree: unknown, own: string): Promise<string | null> {
    const text = estimateQuestion(tree, own);
    const parsed = text === null ? null : await this.#options.grammar.sql(text);
    if (text === null || parsed?.ok !== true || !explainsOnly(parsed.tree, tree)) return null;
    const { basis } = await this.#options.judge({ ...statement, ...queried(text) });
    return basis !== null && mayBePlanned(basis.analysis) ? text : null;
  }

  /** Rows are shown as they would be if their table was read; null where the policy would not have it read. */
  async #mask(statement: Statement, change: Change): Promise<MaskRows | null> {
    const judgement = await this.#options.judge({ ...statement, ...queried(wholeTable(change)), parameterTypes: [] });
    return judgement.decision.verdict === 'deny' ? null : this.#options.masking(judgement);
  }
}

interface Outcome {
  /** It may be another one the next time. */
  readonly wavers: boolean;
  /** It surely is. */
  readonly drifts: boolean;
  readonly dryRun: Omit<DryRun, 'repeatable'>;
}

function mayWaver({ change, facts }: Rehearsal): boolean {
  return change.wavers || (change.action === 'insert' && facts.columns.some(({ filled }) => filled));
}

/** A text of the proxy's own, to be judged like a client's. */
function queried(text: string): Pick<Statement, 'phase' | 'text' | 'bytes' | 'parameters' | 'prepared'> {
  return { phase: 'query', text, bytes: Buffer.from(text, 'utf8'), parameters: null, prepared: null };
}

const ISOLATION = "SELECT pg_catalog.current_setting('transaction_isolation')";

/** Whether what was looked at stays as it is: not where each statement of a transaction sees what others have done by then. */
async function stands(stage: Stage): Promise<boolean> {
  if (!stage.inTransaction) return true;
  const answer = await ask(stage, ISOLATION);
  return !(answer instanceof Withheld) && /^(?:repeatable read|serializable)$/.test(answer[0]?.[0] ?? '');
}
