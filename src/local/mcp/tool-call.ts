import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';

/** What is wrong with how a tool is called, whatever the tool: one sentence, and nothing of what was sent. Null for nothing. */
export function objectionTo(message: JSONRPCMessage): string | null {
  if (!('method' in message) || message.method !== 'tools/call') return null;
  const { params } = message;
  if (params === undefined || typeof params['name'] !== 'string')
    return 'name says which tool is called, and is a text';
  const given = params['arguments'];
  if (given === undefined || isObject(given)) return null;
  return 'arguments is an object, with the arguments of the tool by their names';
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
