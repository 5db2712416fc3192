import { type ResultMask, UNMASKED } from '../core/mask.ts';
import type { Masking } from '../policy/analysis.ts';

/** What may be shown of a statement's result, by what masks make of the statement. */
export function resultOf({ columns, copy, delicate }: Masking): ResultMask {
  if (columns === null) return { ...UNMASKED, delicate };
  const exposures = columns.map(({ exposure }) => exposure);
  return { disclosure: { exposures, names: columns.map(({ name }) => name), copy }, delicate, asOf: 0 };
}
