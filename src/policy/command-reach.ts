import type { Channel } from '../core/action.ts';
import { covers } from './pattern.ts';
import type { CommandRule, Pattern } from './rules.ts';

/** Channels on which a program may be known. */
const WITH_PROGRAMS: ReadonlySet<Channel> = new Set<Channel>(['exec', 'shell', 'scp']);
/** Channels on which it may be known what is done to a path. */
const WITH_PATHS: ReadonlySet<Channel> = new Set<Channel>([...WITH_PROGRAMS, 'sftp']);
/** Channels that are opened with words: of a command, of a forward, of a variable. */
const WITH_WORDS: ReadonlySet<Channel> = new Set<Channel>([...WITH_PROGRAMS, 'forward', 'subsystem', 'env']);

/** Keys that nothing over SSH can satisfy together; null when there are none. */
export function commandContradiction({ channel, program, args, path, operation }: CommandRule): string | null {
  if (channel === null) return null;
  const never = (channels: ReadonlySet<Channel>): boolean => !channel.some((one) => channels.has(one));
  if (program !== null && never(WITH_PROGRAMS))
    return '"program" never holds on such a "channel": leave one of them out';
  if (args !== null && never(WITH_WORDS)) return '"args" never holds on such a "channel": leave one of them out';
  if ((path ?? operation) !== null && never(WITH_PATHS)) {
    return '"path" and "operation" never hold on such a "channel": leave them out';
  }
  return null;
}

/** True when everything that `narrow` holds for, `wide` surely holds for too. */
export function commandCovers(wide: CommandRule, narrow: CommandRule): boolean {
  return (
    (!wide.opaque || narrow.opaque) &&
    includesAll(wide.channel, narrow.channel) &&
    includesAll(wide.operation, narrow.operation) &&
    allCovered(wide.program, narrow.program, covers) &&
    allCovered(wide.args, narrow.args, covers) &&
    allCovered(wide.path, narrow.path, coversPath) &&
    (namesUnknown(wide) || !namesUnknown(narrow))
  );
}

/** Only such a rule speaks of what cannot be known itself. */
function namesUnknown({ opaque, program }: CommandRule): boolean {
  return opaque || program !== null;
}

function includesAll<T>(wide: readonly T[] | null, narrow: readonly T[] | null): boolean {
  return wide === null || (narrow !== null && narrow.every((one) => wide.includes(one)));
}

function allCovered(
  wide: readonly Pattern[] | null,
  narrow: readonly Pattern[] | null,
  covered: (wide: Pattern, narrow: Pattern) => boolean,
): boolean {
  if (wide === null) return true;
  return narrow !== null && narrow.every((one) => wide.some((other) => covered(other, one)));
}

/** In paths a star stays within a name: only what is surely below a directory, or is no pattern, can be told. */
function coversPath(wide: Pattern, narrow: Pattern): boolean {
  if (wide.source === narrow.source) return true;
  if (!narrow.source.includes('*')) return wide.matches(narrow.source);
  const below = /^([^*]*\/)\*\*$/u.exec(wide.source)?.[1];
  return below !== undefined && narrow.source.startsWith(below);
}
