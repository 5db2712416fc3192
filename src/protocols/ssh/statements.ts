import type { Channel, Operation } from '../../core/action.ts';
import { onPath, opening } from '../../core/channel-effect.ts';
import { framedCommand, framedMove } from '../../core/command-frame.ts';
import { type CommandContext, NOWHERE, type Start, type Statement, type Whereabouts } from '../../core/statement.ts';

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
export function commandStatement(line: string, start: Start, isTerminal: boolean): Statement {
  return sshStatement(line, { effects: null, start, ...(isTerminal ? { pagers: 'free' } : {}) });
}

/** Where hoopctl has a command line run. */
export interface Place extends Whereabouts {
  readonly directory: string;
}

/** A command line that hoopctl has run in a place. */
export function framedStatement(line: string, start: Place): Statement {
  const bytes = Buffer.from(framedCommand(line, start.directory), 'utf8');
  return sshStatement(line, { effects: null, start, pagers: 'restrained' }, bytes);
}

/** One of which only the directory is wanted that it leads to. It is run without a terminal. */
export function moveStatement(line: string, start: Place): Statement {
  return sshStatement(line, { effects: null, start }, Buffer.from(framedMove(line, start.directory), 'utf8'));
}

/** Something is done to paths for a shell that hoopctl reads the lines of. They are absolute, and mean the same. */
export function pathStatement(operation: Operation, paths: readonly string[]): Statement {
  const effects = paths.map((path) => onPath('shell', operation, path));
  return sshStatement(`${operation} ${paths[0] ?? ''}`, { effects, start: NOWHERE });
}

/** The same for a program that the client sets variables for: what it does may hang on them. */
export function withVariables(statement: Statement, variables: ReadonlyMap<string, string>): Statement {
  if (statement.command === undefined || variables.size === 0) return statement;
  const set = [...variables].map(([name, value]) => `${name}=${value}`);
  return { ...statement, command: { ...statement.command, variables: set } };
}

/** A channel is opened: `text` says so to people. */
export function channelStatement(text: string, channel: Channel, details: readonly string[]): Statement {
  return sshStatement(text, { effects: [opening(channel, details)], start: NOWHERE });
}

/** Files are decided one by one; whatever else a server offers by a name, as a whole. */
export function subsystemStatement(name: string): Statement {
  return channelStatement(`subsystem ${name}`, name === 'sftp' ? 'sftp' : 'subsystem', [name]);
}
