import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** One target of a configuration, as it stands in the file (JSON is YAML). */
export interface DoorTarget {
  readonly address: string;
  readonly database: string;
  readonly user: string;
  readonly policy: readonly string[];
  readonly password?: unknown;
  readonly tls?: unknown;
  readonly [key: string]: unknown;
}

export interface DoorOptions {
  readonly targets: Readonly<Record<string, DoorTarget>>;
  /** Policies by name, as they stand in the file. */
  readonly policies: Readonly<Record<string, unknown>>;
  /** Who vouches for people, as it stands in the file; nobody when not given. */
  readonly identity?: unknown;
  /** More arguments for `connect`. */
  readonly arguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** More arguments for Node itself. */
  readonly node?: readonly string[];
  /** A command that runs the program, such as a shell that sets limits first. */
  readonly wrapper?: readonly string[];
  /** Where state and records go; a temporary directory that `close` removes when not given. */
  readonly state?: string;
}

export interface ReadyEvent {
  readonly event: 'ready';
  readonly session: string;
  readonly target: string;
  readonly host: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
}

export interface Door {
  readonly pid: number;
  readonly ready: ReadonlyMap<string, ReadyEvent>;
  /** Every event printed so far. */
  readonly events: readonly Record<string, unknown>[];
  readonly state: string;
  readonly configuration: string;
  /** The variables hoopctl itself ran under. */
  readonly environment: Readonly<Record<string, string>>;
  /** What clients read to reach this target through the door. */
  env(target: string): Readonly<Record<string, string>>;
  /** The program's standard error so far. */
  errors(): string;
  kill(signal: NodeJS.Signals): void;
  readonly exit: Promise<number | NodeJS.Signals | null>;
  /** Ends the program and removes what it left. Resolves with its exit code. */
  close(): Promise<number | NodeJS.Signals | null>;
}

export function hoopctlEnvironment(state: string, configuration: string): Record<string, string> {
  const runtime = join(state, 'run');
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  return {
    PATH: process.env['PATH'] ?? '',
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
    HOME: state,
    HOOPCTL_STATE_DIR: join(state, 'state'),
    HOOPCTL_CONFIG: configuration,
    XDG_RUNTIME_DIR: runtime,
    XDG_CONFIG_HOME: join(state, 'config'),
    XDG_STATE_HOME: join(state, 'xdg-state'),
    CI: '1',
    NO_COLOR: '1',
  };
}

export function writeConfiguration(
  directory: string,
  options: Pick<DoorOptions, 'targets' | 'policies' | 'identity'>,
): string {
  const targets = Object.fromEntries(
    Object.entries(options.targets).map(([name, target]) => [name, { protocol: 'postgres', ...target }]),
  );
  const path = join(directory, 'hoopctl.yaml');
  const { identity, policies } = options;
  writeFileSync(path, JSON.stringify({ version: 1, identity, targets, policies }, null, 2), { mode: 0o600 });
  return path;
}

/** Runs `hoopctl connect` from the sources, as its users do, and waits until every door is open. */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const state = options.state ?? mkdtempSync(join(tmpdir(), 'hoopctl-door-'));
  const configuration = writeConfiguration(state, options);
  const environment = { ...hoopctlEnvironment(state, configuration), ...options.environment };
  const names = Object.keys(options.targets);
  const argv = [...(options.node ?? []), entry, 'connect', ...names, '--json', ...(options.arguments ?? [])];
  const [command = process.execPath, ...line] = [...(options.wrapper ?? []), process.execPath, ...argv];
  const child = spawn(command, line, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const onExit = (): void => void child.kill('SIGKILL');
  process.once('exit', onExit);
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const events: Record<string, unknown>[] = [];
  const ready = new Map<string, ReadyEvent>();
  const exit = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = JSON.parse(line) as Record<string, unknown>;
      events.push(event);
      if (event['event'] !== 'ready') return;
      ready.set(String(event['target']), event as unknown as ReadyEvent);
      if (ready.size === names.length) resolve();
    });
    void exit.then((code) => reject(new Error(`hoopctl connect ended with ${code}: ${errors}`)));
  });
  return {
    pid: child.pid ?? 0,
    ready,
    events,
    state,
    configuration,
    environment,
    env: (target) => {
      const found = ready.get(target);
      if (found === undefined) throw new Error(`no target ${target}`);
      return doorEnvironment(found);
    },
    errors: () => errors,
    kill: (signal) => void child.kill(signal),
    exit,
    close: async () => {
      process.removeListener('exit', onExit);
      child.kill('SIGTERM');
      const code = await exit;
      if (options.state === undefined) rmSync(state, { recursive: true, force: true });
      return code;
    },
  };
}

/** With several targets `env` carries PGHOST and so on for the first alone, and a URL for each. */
function doorEnvironment(ready: ReadyEvent): Record<string, string> {
  const url = ready.env[`HOOPCTL_${ready.target.toUpperCase().replaceAll('-', '_')}_URL`];
  if (ready.env['PGPORT'] === String(ready.port) || url === undefined) return { ...ready.env };
  const parsed = new URL(url);
  return {
    ...ready.env,
    PGHOST: parsed.hostname,
    PGPORT: parsed.port,
    PGUSER: decodeURIComponent(parsed.username),
    PGPASSWORD: decodeURIComponent(parsed.password),
    PGDATABASE: decodeURIComponent(parsed.pathname.slice(1)),
  };
}

export interface RunResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs another hoopctl command from the sources, such as `sessions verify`, over the same state. */
export async function hoopctl(environment: Readonly<Record<string, string>>, ...argv: string[]): Promise<RunResult> {
  const child = spawn(process.execPath, [entry, ...argv], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}
