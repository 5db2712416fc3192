import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
}

/** A directory with a configuration of its own, and state, runtime and home directories below it. */
export class Place {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;

  constructor(config: string | null, env: Readonly<Record<string, string>> = {}) {
    this.directory = mkdtempSync(join(tmpdir(), 'hoopctl-cli-'));
    if (config !== null) writeFileSync(join(this.directory, 'hoopctl.yaml'), config);
    this.env = {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      HOME: this.directory,
      HOOPCTL_STATE_DIR: join(this.directory, 'state'),
      ...env,
    };
  }

  get state(): string {
    return join(this.directory, 'state');
  }

  start(...args: readonly string[]): Running {
    const child = spawn(process.execPath, commandLine(args), {
      cwd: this.directory,
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { child, outcome: outcomeOf(child) };
  }

  run(...args: readonly string[]): Promise<Outcome> {
    return this.start(...args).outcome;
  }

  /** Runs it with this on its stdin. */
  pipe(input: string, ...args: readonly string[]): Promise<Outcome> {
    const child = spawn(process.execPath, commandLine(args), { cwd: this.directory, env: this.env, stdio: 'pipe' });
    // Whoever refuses may end before all of it was read.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    return outcomeOf(child);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function commandLine(args: readonly string[]): readonly string[] {
  return [join(root, 'src', 'cli', 'main.ts'), ...args];
}

async function outcomeOf(child: ChildProcessByStdio<Writable | null, Readable, Readable>): Promise<Outcome> {
  const over = once(child, 'close') as Promise<[Outcome['code'], Outcome['signal']]>;
  const [stdout, stderr, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), over]);
  return { code, signal, stdout, stderr };
}

/** The last line of what was said: every error ends with what to try. */
export function lastLine(said: string): string {
  return said.trimEnd().split('\n').at(-1) ?? '';
}
