import type { Channel, Effect, Operation } from '../src/core/action.ts';
import type { ApprovalRequest } from '../src/core/request.ts';

const NOTHING_MORE = {
  schema: null,
  columns: null,
  where: null,
  opaque: false,
  certain: true,
  via: [],
} satisfies Partial<Effect>;

/** The effect of running a program with these words behind it. */
export function run(program: string | null, args: readonly (string | null)[] = [], more: Partial<Effect> = {}): Effect {
  return {
    ...NOTHING_MORE,
    action: 'run',
    object: 'program',
    name: program,
    command: { channel: 'exec', program, args },
    ...more,
  };
}

/** What a program does to a path; none: what is done through SFTP. */
export function touch(
  action: Operation,
  name: string | null,
  program: string | null = null,
  more: Partial<Effect> = {},
): Effect {
  const channel = program === null ? 'sftp' : 'exec';
  return { ...NOTHING_MORE, action, object: 'path', name, command: { channel, program, args: [] }, ...more };
}

/** The effect of opening a channel. */
export function opening(channel: Channel, args: readonly string[] = [], more: Partial<Effect> = {}): Effect {
  return {
    ...NOTHING_MORE,
    action: 'open',
    object: 'channel',
    name: channel,
    command: { channel, program: null, args },
    ...more,
  };
}

/** What cannot be known of a command line. */
export const UNKNOWN_COMMAND = run(null, [], { opaque: true, certain: false });

/** What of a request differs when a command is asked for. */
export function commandRequest(text: string, effects: readonly Effect[]): Partial<ApprovalRequest> {
  const target = { name: 'web-1', protocol: 'ssh', address: 'web-1.internal:22', database: '', user: 'ops' } as const;
  return { target, text, effects, masked: [] };
}
