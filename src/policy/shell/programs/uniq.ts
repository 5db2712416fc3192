import { type Call, touch } from '../call.ts';
import type { Parsed } from '../options.ts';
import { isOne } from '../word.ts';

/** uniq reads its first word and writes its second; with more, who knows. */
export function uniq(call: Call, { operands: [input, output = input, ...more] }: Parsed): boolean {
  if (input !== undefined && input.text !== '-') touch(call, 'read', input);
  if (output !== undefined && !(output === input && isOne(output))) touch(call, 'write', output);
  return more.length > 0;
}
