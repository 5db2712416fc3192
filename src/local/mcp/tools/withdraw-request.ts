import { onlyKnown } from '../arguments.ts';
import { outcomeOf } from '../outcome.ts';
import { callGiven, REQUEST_FIELD } from '../request.ts';
import { REFUSED_FIELDS, type Tool } from '../tool.ts';
import { RESULT_FIELDS } from './result-fields.ts';

export const withdrawRequest: Tool = {
  name: 'withdraw_request',
  title: 'Take a held statement back',
  description:
    'Takes back a statement that waits for approval, or that runs after it. One that has ended is not undone: its result is given instead.',
  input: {
    type: 'object',
    properties: { request: REQUEST_FIELD },
    required: ['request'],
    additionalProperties: false,
  },
  output: { type: 'object', properties: { ...RESULT_FIELDS, ...REFUSED_FIELDS }, required: ['status'] },
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  async call({ calls }, given) {
    onlyKnown(given, ['request']);
    const call = callGiven(given, calls);
    call.withdraw();
    const { isError, content } = outcomeOf(call, await call.ended);
    // It is what was asked for.
    return { isError: isError && content['status'] !== 'withdrawn', content };
  },
};
