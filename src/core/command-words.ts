import type { Channel, Command, Effect } from './action.ts';
import { shellQuoted } from './shell.ts';

/** An effect of a command, of a file that is touched, of a channel: in words. None of them is made safe. */
export interface CommandWords {
  /** `run`, `remove`, `forward`. */
  readonly verb: string;
  /** Our own words between the verb and what it is done to; empty for none. */
  readonly joint: string;
  /** What it is done to, as it was asked for; null when that cannot be known. */
  readonly what: string | null;
  /** What else there is to know. */
  readonly notes: readonly string[];
}

/** Whether these are the effects of something asked for over SSH, whose text is no SQL. */
export function isCommand(effects: readonly Effect[]): boolean {
  return effects.some(({ command }) => command !== undefined);
}

/** Stands for a word that cannot be known before it runs. */
const UNKNOWN_WORD = '‹?›';

/** The words for an effect over SSH; null for all others. */
export function commandWords(effect: Effect): CommandWords | null {
  const { command, object, action, name } = effect;
  if (command === undefined) return null;
  if (action === 'open') return { ...opened(command), notes: notesOf(effect) };
  if (object === 'path') return { verb: action, joint: '', what: name, notes: notesOf(effect) };
  return { verb: action, joint: '', what: lineOf(command), notes: notesOf(effect) };
}

/** The command as one would type it; null when not even the program is known. */
function lineOf({ program, args }: Command): string | null {
  if (program === null) return null;
  return [shellQuoted(program), ...args.map((word) => (word === null ? UNKNOWN_WORD : shellQuoted(word)))].join(' ');
}

const OPENED: Readonly<Partial<Record<Channel, string>>> = {
  agent: 'agent forwarding',
  x11: 'X11 forwarding',
};

function opened({ channel, args }: Command): Omit<CommandWords, 'notes'> {
  const [first = null, second = null] = args;
  switch (channel) {
    case 'forward':
      return forwarded(first, second);
    case 'env':
      return { verb: 'set', joint: 'the variable', what: first };
    case 'subsystem':
      return { verb: 'open', joint: 'the subsystem', what: first };
    case 'exec':
    case 'shell':
    case 'sftp':
    case 'scp':
    case 'agent':
    case 'x11':
      return { verb: 'open', joint: '', what: OPENED[channel] ?? channel };
  }
}

function forwarded(from: string | null, to: string | null): Omit<CommandWords, 'notes'> {
  if (from === 'remote') return { verb: 'forward', joint: 'from the target, listening on', what: to };
  return { verb: 'forward', joint: 'to', what: to };
}

function notesOf({ opaque, certain, via, object, action, name, command }: Effect): readonly string[] {
  const notes: string[] = [];
  if (command?.unread === true) notes.push('could not be read');
  else if (opaque)
    notes.push(action === 'open' ? 'what is done in it is not decided' : 'cannot be known before it runs');
  // Of what is opaque nothing is certain anyway.
  else if (!certain) notes.push(object === 'path' && name !== null ? 'or another path' : 'or another');
  if (object === 'path' && command?.program !== null && command !== undefined) notes.push(`by ${command.program}`);
  if (via.length > 0) notes.push(`through ${via.join(', ')}`);
  return notes;
}
