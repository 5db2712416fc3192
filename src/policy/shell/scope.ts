import type { Channel, Effect } from '../../core/action.ts';

/** Channels in which nobody can say which paths are reached. */
const ANYWHERE: ReadonlySet<Channel> = new Set<Channel>(['shell', 'subsystem']);

/** True unless the effect surely, or possibly, reaches a path that lies in none of the directories. */
export function inDirectories(effect: Effect, directories: readonly string[]): boolean {
  if (effect.object !== 'path') return !effect.opaque && !isOpenEnded(effect);
  const { name, certain } = effect;
  // Without a star it is links that make a path uncertain.
  if (name === null || (!certain && !name.includes('*'))) return false;
  return directories.some((directory) => directory === '/' || name === directory || name.startsWith(`${directory}/`));
}

function isOpenEnded({ command }: Effect): boolean {
  return command !== undefined && ANYWHERE.has(command.channel);
}
