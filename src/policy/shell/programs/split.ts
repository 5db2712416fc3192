import { type Call, touch } from '../call.ts';
import type { Parsed } from '../options.ts';
import { isOne, literal, UNKNOWN_WORD } from '../word.ts';

/** split reads its first word, and writes files whose names begin with its second. */
export function split(call: Call, { operands }: Parsed): void {
  const [input, given] = operands;
  const prefix = given ?? (input === undefined || isOne(input) ? literal('x') : input);
  if (input !== undefined && input.text !== '-') touch(call, 'read', input);
  touch(call, 'write', prefix.text === null ? UNKNOWN_WORD : { ...prefix, kind: 'glob', text: `${prefix.text}*` });
}
