import type { Channel, Command, Effect } from '../../core/action.ts';
import type { ArgumentPattern, CommandRule, PathPattern, ProgramPattern, WordPattern } from '../rules.ts';
import { otherNames } from '../loopback.ts';
import type { Sense } from '../sense.ts';
import { hasFlags } from './flags.ts';
import { verbIn } from './verb.ts';

/**
 * True when every key of the rule that is set holds for the effect; what is not known could be anything. False
 * between SQL and SSH: neither speaks of the other. A rule on programs, paths or operations says nothing of the
 * opening of a channel.
 */
export function commandMatches(rule: CommandRule | undefined, effect: Effect, sense: Sense): boolean {
  const { command } = effect;
  if (rule === undefined || command === undefined) return false;
  if (rule.opaque && !effect.opaque) return false;
  if (rule.channel !== null && !rule.channel.includes(command.channel)) return false;
  if (rule.operation !== null && !rule.operation.some((operation) => operation === effect.action)) return false;
  if (rule.program !== null && (effect.action === 'open' || !isProgram(rule.program, command, sense))) return false;
  if (rule.args !== null && !rule.args.some((pattern) => isGiven(pattern, command, sense))) return false;
  return rule.path === null || isPath(rule.path, effect, command, sense);
}

/**
 * True when an allow rule on what a program does lets it run: all that it is known to do to paths is covered by the rule, and
 * it does nothing else, runs nothing else, and leaves nothing open. `deeds`: see `deedsIn`; null where there is more.
 */
export function commandKeepsWithin(
  rule: CommandRule | undefined,
  effect: Effect,
  deeds: readonly Effect[] | null,
): boolean {
  const { action, command, opaque } = effect;
  if (rule === undefined || command === undefined || deeds === null) return false;
  if (action !== 'run' || opaque || command.changes === true) return false;
  if (rule.program === null || (rule.operation ?? rule.path) === null) return false;
  const isNamed = commandMatches({ ...rule, operation: null, path: null }, effect, 'surely');
  return isNamed && deeds.every((deed) => commandMatches(rule, deed, 'surely'));
}

/**
 * True when the rule speaks of an opaque effect itself: by saying so, by the program's name, or, where
 * nothing is allowed by it, by speaking of the whole channel. That it would match whatever the program goes on to
 * do is not enough, and cannot be known.
 */
export function commandNames(rule: CommandRule | undefined, effect: Effect, sense: Sense): boolean {
  if (rule === undefined || !(rule.opaque || isByName(rule, effect) || (sense === 'could' && isWhole(rule))))
    return false;
  return commandMatches(rule, effect, sense);
}

/** True when the rule is about what is done on a channel, which takes that it may be opened. */
export function commandOpens(rule: CommandRule | undefined, { action, command }: Effect): boolean {
  if (rule === undefined || command === undefined || action !== 'open') return false;
  if (rule.channel?.includes(command.channel) !== true || rule.opaque) return false;
  return rule.program === null && rule.args === null && (rule.operation !== null || rule.path !== null);
}

/** Channels of which something is done by commands, too. */
const BY_COMMANDS: ReadonlySet<Channel> = new Set<Channel>(['exec', 'scp', 'sftp']);

/** True when whether the rule holds is seen from what stands in a command line. */
export function readsCommands({ program, args, path, operation, channel }: CommandRule): boolean {
  if (channel !== null && !channel.some((one) => BY_COMMANDS.has(one))) return false;
  return program !== null || args !== null || path !== null || operation !== null;
}

function isByName(rule: CommandRule, { command }: Effect): boolean {
  return rule.program !== null && command !== undefined && command.program !== null;
}

function isWhole({ program, args, path, operation, channel }: CommandRule): boolean {
  return channel !== null && program === null && args === null && path === null && operation === null;
}

function isProgram(patterns: readonly ProgramPattern[], { program, redirected }: Command, sense: Sense): boolean {
  // What the shell does itself is no program's doing, and one that is not known is opaque.
  if (program === null || (redirected === true && sense === 'surely')) return false;
  return patterns.some((pattern) => (sense === 'surely' ? pattern.surely(program) : pattern.matches(program)));
}

/** What was found out of the words of a command, which all of its effects share. */
const GIVEN = new WeakMap<readonly (string | null)[], Map<string, boolean>>();

function isGiven(pattern: ArgumentPattern, { program, args, channel }: Command, sense: Sense): boolean {
  const known = GIVEN.get(args) ?? new Map<string, boolean>();
  // No name of a program has a NUL in it: nothing else has this key.
  const key = `${sense}\0${program ?? ''}\0${pattern.source}`;
  // Who keeps others from a place means it, whatever it is called.
  const words = channel === 'forward' && sense === 'could' ? args.flatMap(withOtherNames) : args;
  const given = known.get(key) ?? holdsOf(pattern, program, words, sense);
  if (!known.has(key)) GIVEN.set(args, known.set(key, given));
  return given;
}

function withOtherNames(word: string | null): readonly (string | null)[] {
  return word === null ? [word] : [word, ...otherNames(word)];
}

function holdsOf(
  { parts }: ArgumentPattern,
  program: string | null,
  args: readonly (string | null)[],
  sense: Sense,
): boolean {
  const isThere = parts.every((part) =>
    'flags' in part ? hasFlags(part.flags, program, args, sense) : args.some((word) => isWord(part, word, sense)),
  );
  return isThere && (sense === 'could' || program === null || saysWhat(parts, verbIn(program, args)));
}

/** Whether the first word of a rule that allows is the one that says what the program does: others stand for names. */
function saysWhat(parts: ArgumentPattern['parts'], verb: string | null | undefined): boolean {
  const first = parts.find((part) => 'matches' in part);
  return verb === undefined || first === undefined || (verb !== null && first.matches(verb));
}

function isWord(pattern: WordPattern, word: string | null, sense: Sense): boolean {
  if (word === null) return sense === 'could';
  return pattern.matches(word) || (sense === 'could' && word.includes('*') && pattern.meets(word));
}

function isPath(patterns: readonly PathPattern[], effect: Effect, { recursive }: Command, sense: Sense): boolean {
  const { object, name, certain, action } = effect;
  if (object !== 'path') return false;
  if (name === null) return sense === 'could';
  // What is moved takes along all that is in it.
  const span = { name, certain, beneath: recursive === true || action === 'rename' };
  if (sense === 'could') return patterns.some((pattern) => pattern.meets(span));
  // Without a star it is links that make a path uncertain: then it may lie anywhere.
  return (certain || name.includes('*')) && patterns.some((pattern) => pattern.holds(span));
}
