import { Command, CommanderError, Option } from 'commander';
import { HoopError } from '../core/errors.ts';
import { COMMANDS, GLOBAL_OPTIONS } from './catalogue.ts';
import type { CommandSpec, OptionSpec, Run } from './command.ts';
import { LOADERS } from './loaders.ts';
import type { Terminal } from './terminal.ts';

/** A command line, understood. */
export interface Call {
  readonly spec: CommandSpec;
  readonly run: Run;
  readonly arguments: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly rest: readonly string[] | null;
}

/**
 * Reads a command line (without `node` and the script). Null when there is nothing to run because the help
 * or the version was printed.
 * @throws HoopError `cli.usage`
 */
export async function understand(argv: readonly string[], terminal: Terminal, version: string): Promise<Call | null> {
  const [head, rest] = split(argv);
  let call: Call | null = null;
  const program = rootCommand(version, terminal, (found) => (call = { ...found, rest }));
  if (argv.length === 0) {
    program.outputHelp();
    return null;
  }
  try {
    await program.parseAsync(head, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usageError(error, head);
  }
  return call;
}

/** Everything after `--` belongs to the client where the command takes one. */
function split(argv: readonly string[]): [readonly string[], readonly string[] | null] {
  const at = argv.indexOf('--');
  if (at === -1) return [argv, null];
  const head = argv.slice(0, at);
  const named = COMMANDS.find((spec) => head.includes(spec.name));
  return named?.rest === undefined ? [argv, null] : [head, argv.slice(at + 1)];
}

type Found = (call: Omit<Call, 'rest'>) => void;

function rootCommand(version: string, terminal: Terminal, found: Found): Command {
  const program = new Command('hoopctl')
    .description(
      'Stands between people, services or AI agents and the databases and servers they reach: decides, masks and records.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => terminal.line(text.trimEnd()),
      // Errors are thrown, and said in one place with their `Try:` line.
      writeErr: () => undefined,
      getOutHasColors: () => false,
      ...(terminal.width === null ? {} : { getOutHelpWidth: () => terminal.width ?? 80 }),
    });
  addOptions(program, GLOBAL_OPTIONS);
  for (const spec of COMMANDS) add(program, spec, found);
  program.addHelpText('after', '\nStart with: hoopctl demo\nLimits:     docs/limits.md');
  return program;
}

function add(parent: Command, spec: CommandSpec, found: Found): void {
  const command = parent.command(spec.name).summary(spec.summary);
  command.description([spec.summary, spec.description ?? ''].join('\n\n').trim());
  for (const argument of spec.arguments ?? []) command.argument(argument.name, argument.description);
  addOptions(command, spec.options ?? []);
  if (spec.rest !== undefined) command.usage(`${usageOf(spec)} [options] [-- ${spec.rest}]`);
  if (spec.examples !== undefined) {
    command.addHelpText('after', `\nExamples:\n${spec.examples.map((example) => `  ${example}`).join('\n')}`);
  }
  for (const sub of spec.subcommands ?? []) add(command, sub, found);
  if (spec.subcommands !== undefined) command.helpCommand(false);
  const load = LOADERS[pathOf(command).replace(/^hoopctl /, '')];
  if (load === undefined) {
    command.action(() => {
      throw new HoopError('cli.usage', `${pathOf(command)} takes a command`, { hint: `${pathOf(command)} --help` });
    });
    return;
  }
  command.action(async () => {
    found({ spec, run: await load(), arguments: command.args, options: command.optsWithGlobals() });
  });
}

function addOptions(command: Command, options: readonly OptionSpec[]): void {
  for (const spec of options) {
    const option = new Option(spec.flags, spec.description);
    if (spec.required === true) option.makeOptionMandatory();
    if (spec.repeats === true) option.argParser((value: string, all: string[] | undefined) => [...(all ?? []), value]);
    if (Array.isArray(spec.complete)) option.choices([...spec.complete]);
    command.addOption(option);
  }
}

function usageOf(spec: CommandSpec): string {
  return (spec.arguments ?? []).map((argument) => argument.name).join(' ');
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** Commander's words, with its suggestion as the hint. */
function usageError(error: CommanderError, argv: readonly string[]): HoopError {
  const command = commandNamed(argv);
  const text = error.message.replace(/^error: /, '');
  const suggestion = /\(Did you mean (?:one of )?(?<what>[^,?]+)[^)]*\)/s.exec(text)?.groups?.['what'];
  const message = text.replace(/\s*\(Did you mean[^)]*\)/s, '').trim();
  const said = error.code === 'commander.help' || message === '' ? 'no command is named' : message;
  return new HoopError('cli.usage', said, {
    hint: suggestion === undefined ? `${command} --help` : `${command} ${suggestion}`,
  });
}

/** `hoopctl sessions list`, as far as the words name commands. */
function commandNamed(argv: readonly string[]): string {
  const words = ['hoopctl'];
  let level: readonly CommandSpec[] = COMMANDS;
  for (const word of argv) {
    const spec = level.find(({ name }) => name === word);
    if (spec === undefined) continue;
    words.push(word);
    level = spec.subcommands ?? [];
  }
  return words.join(' ');
}
