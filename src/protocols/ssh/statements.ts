import type { Channel, Operation } from '../../core/action.ts';
import { onPath, opening } from '../../core/channel-effect.ts';
import { framedCommand, framedMove } from '../../core/command-frame.ts';
import type { CommandContext, StartingDirectory, Statement } from '../../core/statement.ts';

/** What a client asks for, as it is put before the guard. `bytes`: what is sent for it. */
export function sshStatement(
  text: string,
  command: CommandContext,
  bytes: Buffer = Buffer.from(text, 'utf8'),
): Statement {
  return {
    protocol: 'ssh',
    phase: 'query',
    bytes,
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
  return sshStatement(line, { effects: null, directory });
}

/** A command line that hoopctl has run in a directory. */
export function framedStatement(line: string, directory: string): Statement {
  return sshStatement(line, { effects: null, directory }, Buffer.from(framedCommand(line, directory), 'utf8'));
}

/** One of which only the directory is wanted that it leads to. */
export function moveStatement(line: string, directory: string): Statement {
  return sshStatement(line, { effects: null, directory }, Buffer.from(framedMove(line, directory), 'utf8'));
}

/** Something is done to paths for a shell that hoopctl reads the lines of. They are absolute, and mean the same. */
export function pathStatement(operation: Operation, paths: readonly string[]): Statement {
  const effects = paths.map((path) => onPath('shell', operation, path));
  return sshStatement(`${operation} ${paths[0] ?? ''}`, { effects, directory: null });
}

/** A channel is opened: `text` says so to people. */
export function channelStatement(text: string, channel: Channel, details: readonly string[]): Statement {
  return sshStatement(text, { effects: [opening(channel, details)], directory: null });
}
