import type { Effect, ObjectKind } from '../core/action.ts';
import { commandWords } from '../core/command-words.ts';
import type { Refusal } from '../core/decision.ts';
import type { Masking } from './analysis.ts';

/** Why an effect is not simply let through. */
export type Ground =
  | 'deny'
  | 'ask'
  | 'default'
  | 'ask-default'
  | 'access'
  | 'scope'
  | 'pinned'
  | 'bypass'
  | 'unread'
  | 'opaque'
  | 'opaque-ask'
  | 'channel'
  | 'nobody'
  | 'masking'
  | 'around';

const STOP = 'This is policy, not a fault: do not retry variants.';
/** Of what is refused for how it is written: the same may be written otherwise. */
const REWRITE = 'This is policy, not a fault.';

/** Names come from the statement: long or odd ones must not take over the message. */
const LONGEST_NAME = 128;

const PLAIN: ReadonlySet<ObjectKind> = new Set<ObjectKind>(['table', 'view', 'materialized-view', 'foreign-table']);

/**
 * The words for a refused client: what, under which policy, and what to do instead. Never the rule's
 * source, its position or what else the policy holds.
 * @param message the rule's own, which wins over the usual one
 */
export function refusalFor(
  ground: Ground,
  effect: Effect | null,
  policy: string | null,
  message: string | null = null,
): Refusal {
  return {
    message: message ?? messageFor(ground, effect),
    detail: detailFor(ground, effect, policy),
    hint: `${ground === 'unread' ? REWRITE : STOP} ${adviceFor(ground)}`,
    cause: 'denied',
  };
}

/** The same for a statement that masked values cannot be followed through. */
export function maskingRefusal({ columns, act, instead }: NonNullable<Masking['refusal']>): Refusal {
  const named = columns.length === 0 ? '' : ` of ${columns.slice(0, 3).map(shown).join(', ')}`;
  return {
    message: messageFor('masking', null),
    detail: `Masked values${named} ${shown(act)}.`,
    hint: `${STOP} ${instead}`,
    cause: 'denied',
  };
}

/** An effect in a few words: `delete on app.customers (through view app.active)`, `remove /srv/data (by rm)`. */
export function describeEffect(effect: Effect): string {
  const words = commandWords(effect);
  if (words !== null) {
    const { verb, joint, what, notes } = words;
    const known = notes.length === 0 ? '' : `(${notes.map(shown).join('; ')})`;
    return [verb, joint, what === null ? 'something unknown' : shown(what), known]
      .filter((one) => one !== '')
      .join(' ');
  }
  const what = objectOf(effect);
  const through = effect.via.length === 0 ? '' : ` (through ${effect.via.map(shown).join(', ')})`;
  return `${effect.action}${what === '' ? '' : ` on ${what}`}${through}`;
}

function objectOf(effect: Effect): string {
  const name = [effect.schema, effect.name].filter((part) => part !== null).map(identifier);
  const qualified = effect.name === null && name.length > 0 ? `schema ${name.join('.')}` : name.join('.');
  if (effect.object === null) return qualified;
  if (qualified === '') return effect.object === 'system' ? 'the server' : `a ${effect.object}`;
  return PLAIN.has(effect.object) ? qualified : `${effect.object} ${qualified}`;
}

/** As SQL would write it, so that no name can pass for more than a name. */
function identifier(name: string): string {
  if (/^[a-z_][a-z0-9_$]*$/u.test(name)) return shown(name);
  return `"${shown(name).replaceAll('"', '""')}"`;
}

function shown(text: string): string {
  const cut = text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}…` : text;
  return cut.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '\u{FFFD}');
}

function messageFor(ground: Ground, effect: Effect | null): string {
  const action = effect === null ? 'this' : doing(effect);
  switch (ground) {
    case 'deny':
      return `${action} is not allowed here`;
    case 'default':
      return `${action} is not among what is allowed here`;
    case 'ask':
    case 'ask-default':
      return `${action} needs the approval of a person`;
    case 'access':
      return 'this target may only be read';
    case 'scope':
      return effect?.command === undefined
        ? 'this lies outside the schemas that may be used here'
        : 'this lies outside the directories that may be used here';
    case 'pinned':
      return 'this setting cannot be changed in a guarded session';
    case 'bypass':
      return `${action} is not run as a command: what it does to files could not be decided one by one`;
    case 'unread':
      return 'this command line could not be read: it is too long, too deeply nested, or not valid in a POSIX shell';
    case 'channel':
      return `${closed(effect)} is off here`;
    case 'opaque-ask':
      return 'what this does cannot be known before it runs: it needs the approval of a person';
    case 'opaque':
      return 'this runs code that cannot be judged before it runs';
    case 'around':
      return 'this could carry masked values around their masks';
    case 'masking':
      return 'this would bring out values that are masked';
    case 'nobody':
      return 'no policy of this target allows this identity anything';
  }
}

/** Where it stands, when that is within another text: ` (in sh)`. */
function through(effect: Effect | null): string {
  return effect === null || effect.via.length === 0 ? '' : ` (in what ${effect.via.map(shown).join(', ')} runs)`;
}

/** What is done, for messages: SQL's own word, or the program or channel that it is done by. */
function doing({ action, object, command }: Effect): string {
  if (command === undefined) return action;
  if (action === 'open') return command.channel;
  if (object === 'path') return `to ${action} this path`;
  return command.program === null ? 'this command' : shown(command.program);
}

/** Of ports and subsystems others may be open. */
function closed(effect: Effect | null): string {
  if (effect?.command === undefined) return 'this';
  const { channel, args } = effect.command;
  if (channel === 'forward') return shown(describeEffect(effect));
  const [name] = args;
  return channel === 'subsystem' && typeof name === 'string' ? `the subsystem ${shown(name)}` : channel;
}

function detailFor(ground: Ground, effect: Effect | null, policy: string | null): string {
  const what = effect === null ? 'the statement' : describeEffect(effect);
  const under = policy === null ? '' : ` policy ${JSON.stringify(policy)}`;
  switch (ground) {
    case 'deny':
      return `${what} is denied by${under}.`;
    case 'default':
      return `${what} is allowed by no rule of${under}.`;
    case 'ask':
    case 'ask-default':
      return `${what} is held for approval by${under}.`;
    case 'access':
      return `${what} does more than read, and${under} gives read-only access.`;
    case 'scope':
      return `${what} reaches outside the scope of${under}.`;
    case 'pinned':
      return `${what} would change how statements are read, which every guarded session keeps fixed.`;
    case 'bypass':
      return `${what} would serve files past the rules for the channel ${effect?.command?.bypasses ?? 'sftp'}, whatever they say.`;
    case 'unread':
      return `No rule of${under} can be held against what could not be read${through(effect)}.`;
    case 'opaque':
      return `${what} is named by no allow rule, and${under} does not let unknown code through.`;
    case 'channel':
      return `${what} is off unless a rule names it, and none of${under} does.`;
    case 'opaque-ask':
      return `${what} is held for approval by${under}: no rule names it.`;
    case 'around':
      return `${what} could bring masked values to where no mask is, and${under} masks strictly.`;
    case 'masking':
      return `${what} would bring out what${under} masks.`;
    case 'nobody':
      return `${what} is refused because no policy applies to whoever asks.`;
  }
}

function adviceFor(ground: Ground): string {
  switch (ground) {
    case 'around':
    case 'opaque':
      return 'If it is needed, ask whoever keeps the policy for an allow rule that names it.';
    case 'ask':
    case 'ask-default':
    case 'opaque-ask':
      return 'Ask a person who may approve it, and say what it is for.';
    case 'access':
      return 'If changes are needed, ask whoever keeps the policy for a target with read-write access.';
    case 'pinned':
      return 'Leave the setting as it is; standard string literals and UTF-8 always work.';
    case 'bypass':
      return 'Use the sftp subsystem instead: "sftp HOST", or "scp" without -O.';
    case 'unread':
      return 'Check its quotes and brackets, or part it into shorter and simpler command lines.';
    case 'scope':
      return 'Stay within what this target is for, or ask whoever keeps the policy to widen its scope.';
    case 'channel':
    case 'deny':
    case 'default':
    case 'masking':
    case 'nobody':
      return 'If it is needed, ask whoever keeps the policy.';
  }
}
