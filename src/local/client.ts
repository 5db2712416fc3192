import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { errnoOf, HoopError } from '../core/errors.ts';

export interface ClientOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Aborts when the session is over: the client is asked to end, then made to. */
  readonly signal: AbortSignal;
}

/** Milliseconds from asking to forcing: doors are to be closed within a second. */
const PATIENCE = 700;

/**
 * Runs a client on this terminal and resolves with its exit code, 128+n after signal n.
 * What the terminal's keys send reaches the client by itself; SIGTERM and SIGHUP end it, with force if need be.
 * @throws HoopError `local.child` when it cannot be started
 */
export function runClient(options: ClientOptions): Promise<number> {
  const { signal } = options;
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'];
  let force: NodeJS.Timeout | null = null;

  const finish = (name: NodeJS.Signals = 'SIGTERM'): void => {
    child.kill(name);
    force ??= setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  };
  const pass = (name: NodeJS.Signals): void => {
    if (name === 'SIGTERM' || name === 'SIGHUP') finish(name);
    else if (!terminal) child.kill(name);
  };
  const abort = (): void => finish();
  // First: a client may run before this program goes on, and must not outlive a signal that comes then.
  for (const name of signals) process.on(name, pass);
  signal.addEventListener('abort', abort, { once: true });
  const child = spawn(options.command, options.args, { stdio: 'inherit', env: options.env });

  return new Promise<number>((resolve, reject) => {
    child.on('error', (error) => reject(notStarted(options.command, error)));
    child.on('exit', (code, name) => resolve(code ?? 128 + (name === null ? 0 : constants.signals[name])));
    if (signal.aborted) finish();
  }).finally(() => {
    if (force !== null) clearTimeout(force);
    for (const name of signals) process.off(name, pass);
    signal.removeEventListener('abort', abort);
  });
}

function notStarted(command: string, error: Error): HoopError {
  const errno = errnoOf(error);
  const why = errno === 'ENOENT' ? 'was not found in PATH' : `cannot be started (${errno ?? error.name})`;
  return new HoopError('local.child', `the client ${command} ${why}`, { cause: error, hint: `install ${command}` });
}
