import type { HoopError } from '../../core/errors.ts';
import type { Limits } from '../../core/limits.ts';
import { columnsOf } from './descriptions.ts';
import type { Expected } from './expected.ts';
import { BACKEND } from './frames.ts';
import { overLimit } from './limits.ts';
import { confused } from './running.ts';

/** One step of a question of the proxy's own. */
export type Step = Expected & { readonly kind: 'own' };

const ANSWERS: Readonly<Record<Step['step'], number | null>> = {
  parse: BACKEND.parseComplete,
  bind: BACKEND.bindComplete,
  describe: BACKEND.rowDescription,
  execute: BACKEND.commandComplete,
  close: BACKEND.closeComplete,
  // Answered by ReadyForQuery, which is no part of the question.
  sync: null,
};

const unanswered = (): HoopError => confused('the server did not answer a question of hoopctl’s');

/** Takes note of a message of this type. @throws HoopError `postgres.protocol` when it does not answer the step */
export function takeAnswer({ step, question }: Step, type: number, message: Buffer): void {
  if (step === 'describe' && type === BACKEND.noData) return;
  if (ANSWERS[step] !== type) throw unanswered();
  if (step !== 'describe') return;
  const columns = columnsOf(message);
  if (columns === null) throw unanswered();
  question.columns = columns;
}

/**
 * Keeps rows of the answer.
 * @throws HoopError `postgres.protocol` when there should be none, `wire.limit` when they are too many
 */
export function keepRows({ step, question }: Step, frames: Buffer, { catalogSize }: Limits): void {
  if (step !== 'execute') throw unanswered();
  question.size += frames.length;
  if (question.most !== null && question.size > question.most) return;
  if (question.size > catalogSize) {
    throw overLimit('catalogSize', `the server’s catalog is larger than ${catalogSize} bytes`);
  }
  // A copy: what was read into may be read into again.
  question.rows.push(Buffer.from(frames));
}
