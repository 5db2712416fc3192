import type { Stage } from '../../core/trial.ts';
import type { TrialResult } from '../../policy/sql/preview/trial.ts';
import { UNDO_SETTINGS, undoQuestion } from '../../policy/sql/preview/undo.ts';
import { ask, type Rehearsal, Withheld } from './rehearsal.ts';

/** A script that undoes exactly what the change is about to do, or null when there is none. Nothing is changed here. */
export async function undoScript(stage: Stage, rehearsal: Rehearsal, { rows }: TrialResult): Promise<string | null> {
  const settings = await ask(stage, UNDO_SETTINGS);
  const question = undoQuestion(rehearsal.change, rehearsal.facts, rehearsal.plan);
  const lines = await stage.undone(() => ask(stage, question, 'own'));
  if (settings instanceof Withheld || lines instanceof Withheld || lines.length !== rows) return null;
  const statements = [...settings, ...lines].map(([line]) => line ?? '');
  return ['BEGIN;', ...statements, 'COMMIT;', ''].join('\n');
}
