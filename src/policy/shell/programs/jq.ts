import type { Call } from '../call.ts';
import type { Parsed } from '../options.ts';
import { textOf } from '../word.ts';

/** Words of a filter that have another file read, wherever it says that one lies. */
const MODULES = /(?<![.$\w])(?:import|include|modulemeta)(?!\w|\s*:)/u;

/** jq reads files as data; true where its filter comes out of a file, or may take in others. */
export function jq(_: Call, { operands: [filter], given }: Parsed): boolean {
  const text = textOf(filter);
  return given.some(({ name }) => name === 'f') || (text !== null && MODULES.test(text));
}
