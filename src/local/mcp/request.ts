import { HoopError } from '../../core/errors.ts';
import { type Given, requiredText } from './arguments.ts';
import type { Call } from './call.ts';
import type { Calls } from './calls.ts';

export const REQUEST_FIELD = { type: 'string', description: 'the id that run_statement gave' } as const;

/** The statement that led to a request. @throws HoopError `cli.usage`; `local.request` when there is none */
export function callGiven(given: Given, calls: Calls): Call {
  const id = requiredText(given, 'request').trim().toLowerCase();
  const call = calls.find(id);
  if (call !== null) return call;
  throw new HoopError('local.request', 'this server knows no request of this id, or not any more', {
    hint: 'Requests end with the server that made them. Do not send the statement again without asking the user.',
  });
}
