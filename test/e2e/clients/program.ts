import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clientBinaries } from '../../postgres/binaries.ts';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Called once the program runs. */
  readonly started?: (child: ChildProcess) => void;
}

type Variables = Readonly<Record<string, string>>;

/** Exactly these connection variables, and the few that programs cannot do without. */
function environmentOf(connection: Variables, more: Variables = {}): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: '/nonexistent',
    LC_ALL: 'C.UTF-8',
    PSQLRC: '/dev/null',
    PSQL_HISTORY: '/dev/null',
    PSQL_PAGER: 'cat',
    ...connection,
    ...more,
  };
}

/** Runs a program to its end. */
export function run(
  command: string,
  args: readonly string[],
  connection: Variables,
  options: ProgramOptions = {},
): Promise<Outcome> {
  const child = spawn(command, args, { env: environmentOf(connection, options.environment), stdio: 'pipe' });
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

/** The Python that Debian's packages of drivers belong to, where there are several. */
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

/** Runs one of the Python scripts that stand beside this file. */
export function runPython(script: string, connection: Variables): Promise<Outcome> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return run(python, ['-B', path], connection);
}

/** A program in a terminal of its own. */
export interface Terminal {
  /** Types this. */
  type(text: string): void;
  /** Resolves once this was printed after what an earlier call waited for. @throws when the program ends or falls silent before */
  until(pattern: RegExp): Promise<string>;
  readonly exit: Promise<number | null>;
}

const inTerminal = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

export function openTerminal(argv: readonly string[], connection: Variables, more: Variables = {}): Terminal {
  const env = environmentOf(connection, { TERM: 'dumb', ...more });
  const child = spawn(python, ['-c', inTerminal, ...argv], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  let printed = '';
  let wake: () => void = () => undefined;
  let ended = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    wake();
  });
  process.once('exit', () => void child.kill('SIGKILL'));
  const exit = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      ended = true;
      wake();
      resolve(code);
    });
  });
  return {
    type: (text) => void child.stdin.write(text),
    until: async (pattern) => {
      for (;;) {
        const found = pattern.exec(printed);
        if (found !== null) {
          const before = printed.slice(0, found.index + found[0].length);
          printed = printed.slice(before.length);
          return before;
        }
        if (ended) throw new Error(`the program ended without ${pattern}: ${printed}`);
        await new Promise<void>((resolve, reject) => {
          const silence = new Error(`nothing more came, and not ${pattern}: ${printed}`);
          const timer = setTimeout(reject, 30_000, silence);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
    exit,
  };
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
