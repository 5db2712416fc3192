import type { Action, Effect } from './action.ts';

/** How much harm an effect can do, at a glance: what may do anything, what is lost for good, what changes, what reads. */
export type Weight = 'unknown' | 'loss' | 'change' | 'read';

const LOSSES: ReadonlySet<Action> = new Set([
  'truncate',
  'drop',
  'grant',
  'revoke',
  'role',
  'copy-program',
  'copy-file',
  'server-file',
  'server-admin',
  'extension',
  'load',
  'set-role',
]);
const READS: ReadonlySet<Action> = new Set(['select', 'copy-out', 'listen', 'set']);
const UNKNOWNS: ReadonlySet<Action> = new Set(['call', 'do', 'dynamic', 'unknown']);

const ORDER: readonly Weight[] = ['unknown', 'loss', 'change', 'read'];

export function weightOf({ action, opaque, where }: Effect): Weight {
  if (opaque || UNKNOWNS.has(action)) return 'unknown';
  if (where === 'absent' || LOSSES.has(action)) return 'loss';
  return READS.has(action) ? 'read' : 'change';
}

/** The same effects, the gravest first: what matters must not be pushed out of sight by what does not. */
export function byWeight(effects: readonly Effect[]): readonly Effect[] {
  const rank = (effect: Effect): number => ORDER.indexOf(weightOf(effect)) + (effect.where === 'absent' ? -0.5 : 0);
  return effects.toSorted((one, other) => rank(one) - rank(other));
}
