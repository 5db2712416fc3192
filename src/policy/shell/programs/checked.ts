import type { Call } from '../call.ts';
import type { Parsed } from '../options.ts';

/** Programs that compute sums: with -c they read what is named in the files that they are given, and say whether it is so. */
export function checked(_: Call, { given }: Parsed): boolean {
  return given.some(({ name }) => name === 'c');
}
