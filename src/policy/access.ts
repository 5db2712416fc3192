import type { Action, Channel, Command, Effect } from '../core/action.ts';

const READING: ReadonlySet<Action> = new Set<Action>(['select', 'copy-out', 'set']);

/** Settings that would let a session write after all. */
const LIFTING: ReadonlySet<string> = new Set(['transaction_read_only', 'default_transaction_read_only']);

/** True for what `access: read-only` lets through: reading, and settings that do not lift it. */
export function isReading(effect: Effect): boolean {
  if (effect.command !== undefined) return isReadingCommand(effect, effect.command);
  if (effect.opaque || !READING.has(effect.action)) return false;
  if (effect.action !== 'set') return true;
  return effect.name !== null && !LIFTING.has(effect.name.toLowerCase());
}

/** Channels in which whatever changes something has an effect of its own. */
const FOLLOWED: ReadonlySet<Channel> = new Set<Channel>(['exec', 'sftp', 'scp']);

/** Running a program that is known to change nothing but what its other effects say, reading and listing. */
function isReadingCommand({ action, opaque }: Effect, { channel, changes }: Command): boolean {
  if (opaque || changes === true) return false;
  // Whoever completes a path in a guarded shell looks into directories: each of them is an effect of its own.
  if (channel === 'shell') return action === 'list';
  if (!FOLLOWED.has(channel)) return false;
  return action === 'run' || action === 'read' || action === 'list' || action === 'open';
}
