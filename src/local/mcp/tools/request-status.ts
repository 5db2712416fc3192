import { onlyKnown } from '../arguments.ts';
import { callGiven, REQUEST_FIELD } from '../request.ts';
import { READING, REFUSED_FIELDS, type Tool } from '../tool.ts';
import { settled, WAIT_FIELD, waitGiven } from '../waiting.ts';
import { RESULT_FIELDS } from './result-fields.ts';

export const requestStatus: Tool = {
  name: 'request_status',
  title: 'State of a held statement',
  description:
    'What became of a statement that waits for the approval of a person: still waiting, or its result once it was approved and has run, or the denial. Waits for up to `wait` seconds. Only requests of this server; results are kept for a while.',
  input: {
    type: 'object',
    properties: { request: REQUEST_FIELD, wait: WAIT_FIELD },
    required: ['request'],
    additionalProperties: false,
  },
  output: { type: 'object', properties: { ...RESULT_FIELDS, ...REFUSED_FIELDS }, required: ['status'] },
  annotations: READING,
  async call({ calls }, given, signal) {
    onlyKnown(given, ['request', 'wait']);
    const wait = waitGiven(given);
    return settled(callGiven(given, calls), wait, signal);
  },
};
