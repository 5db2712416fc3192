import { createHmac } from 'node:crypto';
import type { DryRun } from '../../core/request.ts';
import type { Statement } from '../../core/statement.ts';
import type { TrialResult } from '../../policy/sql/preview/trial.ts';

/**
 * What stands for an effect where people and records see it. A digest of values alone could be guessed at: whoever knows all
 * but one masked column of a row would try values until the digests are equal. So it is keyed, with a key that stays in
 * this process, and with the statement, lest a statement that says what it guesses has the same effect as one that does
 * nothing.
 */
export function effectOf(
  { text, parameters }: Pick<Statement, 'text' | 'parameters'>,
  { rows, digest }: TrialResult,
  tables: DryRun['tables'],
  key: Uint8Array,
): string {
  const values = parameters?.map(({ format, value }) => [format, value?.toString('base64') ?? null]) ?? null;
  return createHmac('sha256', key)
    .update(JSON.stringify([text, values, rows, digest, tables]))
    .digest('hex');
}
