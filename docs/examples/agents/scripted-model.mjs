import { randomUUID } from 'node:crypto';
import { Usage } from '@openai/agents';

/** What a script says to do: calls of tools, each by its name with its arguments, or the last words. */
export const call = (name, parameters) => ({
  type: 'function_call',
  callId: randomUUID(),
  name,
  arguments: JSON.stringify(parameters),
  status: 'completed',
});
export const say = (text) => ({
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text }],
});

/**
 * Stands in for a model, without a network: takes its turns from a script. A turn is a function of what the last tool
 * returned; the first one gets an empty text.
 */
export class ScriptedModel {
  #turns;

  constructor(turns) {
    this.#turns = turns[Symbol.iterator]();
  }

  async getResponse({ input }) {
    const { value: turn } = this.#turns.next();
    if (turn === undefined) throw new Error('the script is over');
    return { usage: new Usage(), output: [turn(lastResult(input))] };
  }

  getStreamedResponse() {
    throw new Error('a script is not streamed');
  }
}

function lastResult(input) {
  const last = typeof input === 'string' ? undefined : input.at(-1);
  return last?.type === 'function_call_result' ? (last.output.text ?? String(last.output)) : '';
}
