import type { Channel, Effect } from '../../core/action.ts';
import type { CommandContext, StartingDirectory, Statement } from '../../core/statement.ts';

/** What a client asks for, as it is put before the guard. */
function statement(text: string, command: CommandContext): Statement {
  return {
    protocol: 'ssh',
    phase: 'query',
    bytes: Buffer.from(text, 'utf8'),
    text,
    parameters: null,
    parameterTypes: [],
    prepared: null,
    approval: null,
    preparedTexts: () => [],
    command,
  };
}

/** A command line. */
export function commandStatement(line: string, directory: StartingDirectory): Statement {
  return statement(line, { effects: null, directory });
}

/** A channel is opened: `text` says so to people. */
export function channelStatement(text: string, channel: Channel, details: readonly string[]): Statement {
  const effect: Effect = {
    action: 'open',
    object: 'channel',
    schema: null,
    name: channel,
    columns: null,
    where: null,
    opaque: false,
    certain: true,
    via: [],
    command: { channel, program: null, args: details },
  };
  return statement(text, { effects: [effect], directory: null });
}
