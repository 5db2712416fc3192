import type { Channel, Command, Effect, Operation } from './action.ts';

/** A channel is opened. `details`: where a forward goes, which subsystem, which variable: what `args` of a rule is about. */
export function opening(channel: Channel, details: readonly string[]): Effect {
  return effect('open', 'channel', channel, { channel, program: null, args: details });
}

/**
 * Something is done to a path on a channel, and not by a command. `path`: absolute; null when it cannot be known.
 * `recursive`: to all that lies beneath it as well.
 */
export function onPath(channel: Channel, operation: Operation, path: string | null, recursive = false): Effect {
  const command: Command = { channel, program: null, args: [] };
  return effect(operation, 'path', path, recursive ? { ...command, recursive } : command);
}

function effect(action: Effect['action'], object: 'channel' | 'path', name: string | null, command: Command): Effect {
  return {
    action,
    object,
    schema: null,
    name,
    columns: null,
    where: null,
    opaque: false,
    certain: name !== null,
    via: [],
    command,
  };
}
