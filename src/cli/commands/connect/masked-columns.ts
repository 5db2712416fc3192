import type { Observed } from '../../../session/index.ts';

/** Of judgements, which come again and again. */
const MASKED = new WeakMap<Observed['judgement'], number>();

/** How many columns of the results are not shown as they are. */
export function maskedColumns(judgement: Observed['judgement']): number {
  let masked = MASKED.get(judgement);
  if (masked === undefined) {
    const exposures = judgement.results.flatMap(({ disclosure }) => disclosure?.exposures ?? []);
    masked = exposures.filter(({ kind }) => kind !== 'clear').length;
    MASKED.set(judgement, masked);
  }
  return masked;
}
