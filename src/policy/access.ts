import type { Action, Effect } from '../core/action.ts';

const READING: ReadonlySet<Action> = new Set<Action>(['select', 'copy-out', 'set']);

/** Settings that would let a session write after all. */
const LIFTING: ReadonlySet<string> = new Set(['transaction_read_only', 'default_transaction_read_only']);

/** True for what `access: read-only` lets through: reading, and settings that do not lift it. */
export function isReading(effect: Effect): boolean {
  if (effect.opaque || !READING.has(effect.action)) return false;
  if (effect.action !== 'set') return true;
  return effect.name !== null && !LIFTING.has(effect.name.toLowerCase());
}
