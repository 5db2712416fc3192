import type { Effect } from '../../core/action.ts';

/** What the program of each `run` itself does to paths; null where more is, or may be, its doing. */
export type Deeds = ReadonlyMap<Effect, readonly Effect[] | null>;

const NONE: Deeds = new Map();

/**
 * Finds the deeds of every program: none of its own where it runs others, since what these do is not for its rule to say.
 * `effects`: all of one command line.
 */
export function deedsIn(effects: readonly Effect[]): Deeds {
  if (effects[0]?.command === undefined || effects.some(({ command }) => command?.unread === true)) return NONE;
  const done = new Map<readonly (string | null)[], Effect[]>();
  const running = new Set<string>();
  for (const effect of effects) {
    const { command, object, via } = effect;
    if (via.length > 0) running.add(via.join('\0'));
    if (object !== 'path' || command === undefined || command.redirected === true) continue;
    // All that one program does shares the words that it was given.
    const known = done.get(command.args);
    if (known === undefined) done.set(command.args, [effect]);
    else known.push(effect);
  }
  const deeds = new Map<Effect, readonly Effect[] | null>();
  for (const effect of effects) {
    const { action, command, via } = effect;
    if (action !== 'run' || command === undefined) continue;
    const runs = command.program === null || running.has([...via, command.program].join('\0'));
    deeds.set(effect, runs ? null : (done.get(command.args) ?? []));
  }
  return deeds;
}
