import type { Channel, Effect, Operation } from '../../core/action.ts';
import { framedCommand, framedMove } from '../../core/command-frame.ts';
import type { CommandContext, StartingDirectory, Statement } from '../../core/statement.ts';

/** What a client asks for, as it is put before the guard. */
function statement(text: string, command: CommandContext, sent = text): Statement {
  return {
    protocol: 'ssh',
    phase: 'query',
    bytes: Buffer.from(sent, 'utf8'),
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

/** A command line that hoopctl has run in a directory. */
export function framedStatement(line: string, directory: string): Statement {
  return statement(line, { effects: null, directory }, framedCommand(line, directory));
}

/** One of which only the directory is wanted that it leads to. */
export function moveStatement(line: string, directory: string): Statement {
  return statement(line, { effects: null, directory }, framedMove(line, directory));
}

/** Something is done to paths for a shell that hoopctl reads the lines of. They are absolute, and mean the same. */
export function pathStatement(operation: Operation, paths: readonly string[]): Statement {
  const effects = paths.map((name): Effect => ({
    action: operation,
    object: 'path',
    schema: null,
    name,
    columns: null,
    where: null,
    opaque: false,
    certain: true,
    via: [],
    command: { channel: 'shell', program: null, args: [] },
  }));
  return statement(`${operation} ${paths[0] ?? ''}`, { effects, directory: null });
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
