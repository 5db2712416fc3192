import { type Call, touch } from '../call.ts';
import type { Parsed } from '../options.ts';

/** uniq reads its first word and writes its second. */
export function uniq(call: Call, { operands: [input, output] }: Parsed): void {
  if (input !== undefined && input.text !== '-') touch(call, 'read', input);
  if (output !== undefined) touch(call, 'write', output);
}
