import { constants } from 'node:os';
import type { spawn as Spawn } from '@lydell/node-pty';
import { HoopError } from '../../core/errors.ts';
import type { Child, ChildRequest, Exit } from './child.ts';

/** A program on a terminal of its own. */
export interface TerminalChild extends Child {
  /** What keys send. */
  write(input: string): void;
  resize(columns: number, rows: number): void;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What stands for a terminal's name where the environment has none. */
const PLAIN = 'xterm-256color';

/**
 * Runs a program on a new pseudo-terminal, of which it has the keys: its session, its process group.
 * @throws HoopError `local.pty` where the platform's part of that is not installed
 */
export async function runOnTerminal(request: ChildRequest, size: TerminalSize): Promise<TerminalChild> {
  const { spawn } = await loadPty();
  const terminal = spawn(request.file, [...request.args], {
    name: request.env['TERM'] ?? PLAIN,
    cols: size.columns,
    rows: size.rows,
    cwd: request.cwd,
    env: { ...request.env },
    // Bytes: a character may be cut anywhere.
    encoding: null,
  });
  const exited = new Promise<Exit>((resolve) => {
    terminal.onExit(({ exitCode, signal }) => resolve({ code: exitCode, signal: signalNamed(signal ?? 0) }));
  });
  return {
    pid: terminal.pid,
    onOutput: (listener) => {
      // Typed as text, and bytes without an encoding.
      terminal.onData((data: string | Buffer) => listener('stdout', Buffer.from(data)));
    },
    pause: () => terminal.pause(),
    resume: () => terminal.resume(),
    // It gives up by itself.
    abandon: () => undefined,
    write: (input) => terminal.write(input),
    resize: (columns, rows) => resizeSafely(() => terminal.resize(columns, rows)),
    kill: (signal) => killSafely(() => terminal.kill(signal)),
    exited,
    gone: exited.then(() => undefined),
  };
}

async function loadPty(): Promise<{ readonly spawn: typeof Spawn }> {
  try {
    return await import('@lydell/node-pty');
  } catch (error) {
    throw new HoopError('local.pty', 'the package that makes terminals is not installed for this platform', {
      cause: error,
      hint: 'npm install --include=optional, or run it with its output in a pipe: … | cat',
    });
  }
}

function signalNamed(number: number): NodeJS.Signals | null {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return number === 0 || found === undefined ? null : (found[0] as NodeJS.Signals);
}

/** A window may be pulled just when the program has ended. */
function resizeSafely(resize: () => void): void {
  try {
    resize();
  } catch {
    // The terminal is gone, and with it its size.
  }
}

function killSafely(kill: () => void): void {
  try {
    kill();
  } catch {
    // It has ended already.
  }
}
