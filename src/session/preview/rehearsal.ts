import type { Grammar } from '../../core/grammar.ts';
import type { DryRun } from '../../core/request.ts';
import type { Stage, TrialAnswer, TrialQuestion } from '../../core/trial.ts';
import { type Count, COUNTS_QUESTION, countsOf, difference } from '../../policy/sql/preview/counts.ts';
import { type Facts, factsOf, factsQuestion } from '../../policy/sql/preview/facts.ts';
import type { Change } from '../../policy/sql/preview/fitness.ts';
import { type TrialPlan, trialPlan, type TrialResult, trialResult, triesOnly } from '../../policy/sql/preview/trial.ts';
import { reasonOf } from './reasons.ts';

/** A change that is about to be tried: as it is written, and as it was parsed. */
export interface Written {
  readonly change: Change;
  /** Its text, without a semicolon. */
  readonly own: string;
  readonly tree: unknown;
}

/** A change and the query that tries it. */
export interface Rehearsal {
  readonly change: Change;
  readonly facts: Facts;
  readonly plan: TrialPlan;
}

/** What was seen of it. */
export interface Seen {
  readonly result: TrialResult;
  readonly tables: DryRun['tables'];
}

/** Why there is none; for people to read. */
export class Withheld {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** Makes the query that tries a change, by what its table is like now. */
export async function rehearsalOf(
  stage: Stage,
  { change, own, tree }: Written,
  grammar: Grammar,
): Promise<Rehearsal | Withheld> {
  const answer = await ask(stage, factsQuestion(change.relation.oid));
  if (answer instanceof Withheld) return answer;
  const facts = factsOf(answer[0]?.[0]);
  if (facts === null) return new Withheld('its table is gone');
  const plan = trialPlan(change, facts, own);
  if (typeof plan === 'string') return new Withheld(plan);
  const [tried, frame] = await Promise.all([grammar.sql(plan.text), grammar.sql(plan.frame)]);
  const same = tried.ok && frame.ok && triesOnly(tried.tree, frame.tree, tree, plan.added);
  return same ? { change, facts, plan } : new Withheld('it cannot be written so that it says which rows it changes');
}

/**
 * Makes the change, looks at it with `look`, and takes it back. What is only checked at the end of a transaction is
 * checked at once, where that cannot concern what the client has done before.
 */
export async function rehearse<T>(
  stage: Stage,
  { change, plan }: Rehearsal,
  look: (seen: Seen) => Promise<T>,
): Promise<T | Withheld> {
  return stage.undone(async () => {
    const before = await counted(stage);
    if (before instanceof Withheld) return before;
    const answer = await put(stage, { text: plan.text, parameters: 'own' });
    if (answer instanceof Withheld) return answer;
    const result = trialResult(stage.cells(answer.rows)[0]);
    if (result === null) return new Withheld('the server did not say what it did');
    if (change.action === 'update' && result.matched !== result.rows) {
      return new Withheld('it changes the key of its rows, so that they cannot be told apart');
    }
    if (!stage.inTransaction) {
      const checked = await put(stage, { text: 'SET CONSTRAINTS ALL IMMEDIATE', parameters: [] });
      if (checked instanceof Withheld) return checked;
    }
    const after = await counted(stage);
    if (after instanceof Withheld) return after;
    return look({ result, tables: difference(before, after) });
  });
}

async function counted(stage: Stage): Promise<readonly Count[] | Withheld> {
  const rows = await ask(stage, COUNTS_QUESTION);
  if (rows instanceof Withheld) return rows;
  return countsOf(rows) ?? new Withheld('the server did not say what it did to tables');
}

/** The cells of an answer. */
export async function ask(
  stage: Stage,
  text: string,
  parameters: TrialQuestion['parameters'] = [],
): Promise<readonly (readonly (string | null)[])[] | Withheld> {
  const answer = await put(stage, { text, parameters });
  return answer instanceof Withheld ? answer : stage.cells(answer.rows);
}

type Given = Extract<TrialAnswer, { outcome: 'rows' }>;

export async function put(stage: Stage, question: TrialQuestion): Promise<Given | Withheld> {
  const answer = await stage.ask(question);
  switch (answer.outcome) {
    case 'rows':
      return answer;
    case 'failed':
      return new Withheld(reasonOf(answer.code));
    case 'too-large':
      return new Withheld('what it gives is too large');
  }
}
