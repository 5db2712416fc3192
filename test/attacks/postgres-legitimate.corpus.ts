import type { Errand } from './postgres/errand.ts';
import { introspection } from './postgres/introspection.ts';
import { reads } from './postgres/reads.ts';
import { writes } from './postgres/writes.ts';

/** What honest clients do, under the same policies that the attacks are made against. */
export const legitimate: readonly Errand[] = [...reads, ...introspection, ...writes];
