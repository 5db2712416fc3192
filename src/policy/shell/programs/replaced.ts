import { type Call, locations, touchAt } from '../call.ts';
import type { Parsed } from '../options.ts';

/** Programs that put another file in the place of the one they are given: `a` by `a.gz`, or the other way round. */
export function replaced(call: Call, { operands, given }: Parsed): void {
  const keeps = given.some(({ name }) => name === 'k' || name === 'c' || name === 'l' || name === 't');
  for (const word of operands) {
    for (const { name, certain } of locations(call, word)) {
      touchAt(call, 'read', { name, certain });
      if (keeps && !given.some(({ name: option }) => option === 'k')) continue;
      if (!keeps) touchAt(call, 'remove', { name, certain });
      const stem = name?.replace(/\.[a-z0-9]+$/u, '') ?? null;
      touchAt(call, 'write', { name: stem === null ? null : stem.endsWith('*') ? stem : `${stem}*`, certain: false });
    }
  }
}
