import type { Effect } from '../../core/action.ts';

/** True unless the effect surely, or possibly, reaches a path that lies in none of the directories. */
export function inDirectories(effect: Effect, directories: readonly string[]): boolean {
  if (effect.object !== 'path') return true;
  const { name, certain } = effect;
  // Without a star it is links that make a path uncertain.
  if (name === null || (!certain && !name.includes('*'))) return false;
  return directories.some((directory) => directory === '/' || name === directory || name.startsWith(`${directory}/`));
}
