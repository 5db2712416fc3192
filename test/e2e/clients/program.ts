import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { clientBinaries } from '../../postgres/binaries.ts';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
  /** Called once the program runs. */
  readonly started?: (child: ChildProcess) => void;
}

/** Runs a program to its end under exactly these connection variables and the few that programs cannot do without. */
export function run(
  command: string,
  args: readonly string[],
  connection: Readonly<Record<string, string>>,
  options: ProgramOptions = {},
): Promise<Outcome> {
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: '/nonexistent',
    LC_ALL: 'C.UTF-8',
    PSQLRC: '/dev/null',
    PSQL_HISTORY: '/dev/null',
    PSQL_PAGER: 'cat',
    ...connection,
    ...options.environment,
  };
  const child = spawn(command, args, { env: environment, cwd: options.directory, stdio: ['pipe', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  // A program that ends early leaves its input unread: that shows in its exit code.
  child.stdin.on('error', () => child.stdin.destroy());
  child.stdin.end(options.input ?? '');
  options.started?.(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...output }));
  });
}

/** Runs one of PostgreSQL's own client programs. */
export function client(
  name: string,
  args: readonly string[],
  connection: Readonly<Record<string, string>>,
  options: ProgramOptions = {},
): Promise<Outcome> {
  const directory = clientBinaries();
  if (directory === null) throw new Error('the client programs of PostgreSQL are not installed');
  return run(join(directory, name), args, connection, options);
}

/** psql as scripts run it, with `script` as its input. */
export function psql(
  script: string,
  connection: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  options: ProgramOptions = {},
): Promise<Outcome> {
  return client('psql', ['-X', ...args], connection, { ...options, input: script });
}

/** The outcome with what differs from run to run (ports, paths) put aside. */
export function comparable(outcome: Outcome, connection: Readonly<Record<string, string>>): Outcome {
  const neutral = (text: string): string =>
    text.replaceAll(`port ${connection['PGPORT'] ?? ''}`, 'port PORT').replaceAll(/127\.0\.0\.1/g, 'HOST');
  return { code: outcome.code, stdout: neutral(outcome.stdout), stderr: neutral(outcome.stderr) };
}
