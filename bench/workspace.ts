import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { chmodSync, chownSync, closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { passable } from '../src/local/embedded-binaries.ts';
import { type Account, serverAccount } from '../test/postgres/binaries.ts';

export interface Owned {
  readonly pid: number;
  /** Resolves when it has ended: with its exit code, or the signal that ended it. */
  readonly exit: Promise<number | NodeJS.Signals>;
  readonly child: ChildProcess;
  readonly signal: NodeJS.Signals;
  /** What it said so far, where its output was not asked for. */
  output(): string;
  /** Tells it to end, and kills it when it does not. Resolves when it has ended. */
  stop(): Promise<void>;
}

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Where output goes; a file in the directory when left out. */
  readonly stdio?: StdioOptions;
  readonly cwd?: string;
  /** By which it is told to end: SIGTERM when left out. */
  readonly signal?: NodeJS.Signals;
  /** As the unprivileged account, where this is root: for programs that refuse to run as root. */
  readonly unprivileged?: boolean;
}

/** Milliseconds a process gets to end, or to begin to listen. */
const PATIENCE = 20_000;

/** A temporary directory and the processes of one measurement: nothing is left of either. */
export class Workspace {
  readonly directory: string;
  /** Who runs what refuses to be root; null: this process's own account. */
  readonly account: Account | null;
  readonly #running = new Set<Owned>();
  #places = 0;
  #logs = 0;
  #closing: Promise<void> | null = null;

  private constructor(directory: string, account: Account | null) {
    this.directory = directory;
    this.account = account;
    // However this process ends.
    process.once('exit', this.#abandon);
  }

  static async open(): Promise<Workspace> {
    const account = serverAccount();
    const parent = account === null || (await passable(tmpdir(), account)) ? tmpdir() : '/tmp';
    const directory = mkdtempSync(join(parent, 'hoopctl-bench-'));
    chmodSync(directory, 0o711);
    return new Workspace(directory, account);
  }

  /** A new directory in here; the unprivileged account's when `unprivileged`. */
  place(name: string, unprivileged = false): string {
    this.#places += 1;
    const path = join(this.directory, `${this.#places}-${name}`);
    mkdirSync(path, { mode: 0o700 });
    if (unprivileged) this.give(path);
    return path;
  }

  /** Makes a file or directory the unprivileged account's. */
  give(path: string): void {
    if (this.account !== null) chownSync(path, this.account.uid, this.account.gid);
  }

  spawn(command: string, args: readonly string[], options: SpawnOptions = {}): Owned {
    if (this.#closing !== null) throw new Error('the measurement is over');
    this.#logs += 1;
    const path = join(this.directory, `${this.#logs}-${basename(command)}.log`);
    const log = openSync(path, 'a', 0o600);
    const child = spawn(command, args, {
      cwd: options.cwd ?? this.directory,
      env: { ...options.env, PATH: process.env['PATH'] ?? '' },
      stdio: options.stdio ?? ['ignore', log, log],
      // In a group of its own: Ctrl-C is for this process, which ends the others in order.
      detached: true,
      ...(options.unprivileged === true ? this.account : null),
    });
    closeSync(log);
    const exit = new Promise<number | NodeJS.Signals>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code ?? signal ?? 1));
    });
    const signal = options.signal ?? 'SIGTERM';
    const owned: Owned = {
      pid: child.pid ?? 0,
      exit,
      child,
      signal,
      output: () => readFileSync(path, 'utf8'),
      stop: async () => {
        child.kill(signal);
        const late = pause(PATIENCE, 'late', { ref: false });
        if ((await Promise.race([exit, late])) === 'late') child.kill('SIGKILL');
        await exit;
      },
    };
    this.#running.add(owned);
    const gone = (): void => void this.#running.delete(owned);
    exit.then(gone, gone);
    return owned;
  }

  /** Whether it is over, or about to be. */
  get closing(): boolean {
    return this.#closing !== null;
  }

  /** Ends whatever still runs, the youngest first, and removes the directory. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const owned of [...this.#running].reverse()) await owned.stop();
    process.off('exit', this.#abandon);
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  readonly #abandon = (): void => {
    for (const { child, signal } of this.#running) child.kill(signal === 'SIGTERM' ? 'SIGKILL' : signal);
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  };
}

/** Resolves once something listens on a loopback port. @throws when `owned` ends first, or after 20 seconds */
export async function listening(port: number, owned: Owned, name: string): Promise<void> {
  const gone = owned.exit.then((code) => {
    throw new Error(`${name} ended with ${code} before it listened: ${owned.output()}`);
  });
  gone.catch(() => undefined);
  for (const deadline = Date.now() + PATIENCE; ;) {
    if (await Promise.race([accepts(port), gone])) return;
    if (Date.now() > deadline) throw new Error(`${name} does not listen on port ${port}`);
    await Promise.race([pause(20), gone]);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
