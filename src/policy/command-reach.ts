import type { Channel } from '../core/action.ts';
import { covers } from './pattern.ts';
import type { ArgumentPattern, CommandRule, PathPattern, ProgramPattern } from './rules.ts';
import type { Sense } from './sense.ts';

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
  if (program !== null && never(WITH_PROGRAMS)) return 'no program runs on such a "channel": leave one of them out';
  if (args !== null && never(WITH_WORDS)) return 'there are no "args" on such a "channel": leave one of them out';
  if ((path ?? operation) !== null && never(WITH_PATHS)) {
    return 'nothing is done to a path on such a "channel": leave one of them out';
  }
  return null;
}

/**
 * True when everything that `narrow` holds for, `wide` surely holds for too. `sense`: in which `wide` is read; an allow
 * rule is read as narrowly as it can be.
 */
export function commandCovers(wide: CommandRule, narrow: CommandRule, sense: Sense): boolean {
  return (
    (!wide.opaque || narrow.opaque) &&
    includesAll(wide.channel, narrow.channel) &&
    includesAll(wide.operation, narrow.operation) &&
    allCovered(wide.program, narrow.program, (one, other) => coversProgram(one, other, sense)) &&
    allCovered(wide.args, narrow.args, coversWords) &&
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

function allCovered<P>(
  wide: readonly P[] | null,
  narrow: readonly P[] | null,
  covered: (wide: P, narrow: P) => boolean,
): boolean {
  if (wide === null) return true;
  return narrow !== null && narrow.every((one) => wide.some((other) => covered(other, one)));
}

function coversProgram(wide: ProgramPattern, narrow: ProgramPattern, sense: Sense): boolean {
  const { source } = narrow;
  if (wide.source === source) return true;
  if (!source.includes('*')) return sense === 'surely' ? wide.surely(source) : wide.matches(source);
  return !source.includes('/') && !wide.source.includes('/') && covers(wide, narrow);
}

/** Words are only compared by their text; flags are all the flags they ask for. */
function coversWords(wide: ArgumentPattern, narrow: ArgumentPattern): boolean {
  if (wide.source === narrow.source) return true;
  const given = narrow.parts.flatMap((part) => ('flags' in part ? part.flags : []));
  return wide.parts.every((part) => 'flags' in part && part.flags.every((flag) => given.includes(flag)));
}

function coversPath(wide: PathPattern, { source }: PathPattern): boolean {
  return wide.holds({ name: source, certain: !source.includes('*'), beneath: false });
}
