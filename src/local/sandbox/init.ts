/*
 * The first program in the sandbox, alone with Node: it lets programs reach the doors, starts the command, hands signals
 * on and ends everything when the command ends. It has no more rights than the command, and nobody trusts it with more:
 * what it says is checked outside.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';

/** Comes first on the control socket, as a line of JSON. */
interface Orders {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A terminal is there, whose keys reach the command by themselves. */
  readonly terminal: boolean;
  /** Ports on loopback, and the sockets behind which they lead. */
  readonly ways: readonly { readonly port: number; readonly socket: string }[];
  /** Of all that runs in here, and bytes of memory that it holds. */
  readonly processes: number;
  readonly memory: number;
}

/** Milliseconds between looks at what runs: a fork bomb is stopped before the machine feels it. */
const LOOK = 100;

const [, , controlPath = ''] = process.argv;
const control = connect(controlPath);
let command: ChildProcess | null = null;
let orders: Orders | null = null;
/** What came before there was a command to get it. */
let early: NodeJS.Signals | null = null;

control.on('error', () => process.exit(137));
control.on('close', () => process.exit(137));
// The terminal sends these to everything in here; they are for the command.
for (const name of ['SIGINT', 'SIGQUIT', 'SIGTSTP', 'SIGHUP', 'SIGTERM'] as const) process.on(name, () => undefined);

createInterface({ input: control })
  .on('error', () => process.exit(137))
  .on('line', (line) => {
    const message = JSON.parse(line) as Orders | { readonly signal: NodeJS.Signals };
    if ('signal' in message) pass(message.signal);
    else void begin(message);
  });

async function begin(given: Orders): Promise<void> {
  orders = given;
  await Promise.all(given.ways.map(({ port, socket }) => lead(port, socket)));
  if (early !== null) return finish({ exit: null, signal: early }, 128 + constants.signals[early]);
  // Leads a process group of its own without a terminal, so that signals reach all of it; with one, the terminal's.
  command = spawn(given.command, given.args, {
    env: given.env,
    stdio: 'inherit',
    detached: !given.terminal,
  });
  command.on('spawn', () => control.write(`${JSON.stringify({ begun: true })}\n`));
  command.on('error', (error) => finish({ failed: 'code' in error ? String(error.code) : error.name }, 127));
  command.on('exit', (code, signal) =>
    finish({ exit: code, signal }, code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
  );
  setInterval(look, LOOK);
  return undefined;
}

function lead(port: number, path: string): Promise<void> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const door = connect({ path, allowHalfOpen: true });
    join(client, door);
    join(door, client);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen({ host: '127.0.0.1', port }, resolve);
  });
}

/** What one side says reaches the other, its end included; when one is lost, so is the other. */
function join(from: Socket, to: Socket): void {
  from.pipe(to);
  from.on('error', () => to.destroy());
  from.on('close', (failed) => failed && to.destroy());
}

function pass(signal: NodeJS.Signals): void {
  if (command === null) early ??= signal;
  const pid = command?.pid;
  if (pid === undefined) return;
  try {
    process.kill(orders?.terminal === true ? pid : -pid, signal);
  } catch {
    // It has just ended; its exit is on its way.
  }
}

function look(): void {
  if (orders === null) return;
  const running = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  if (running.length > orders.processes) stop('processes');
  else if (running.reduce((sum, pid) => sum + residentOf(pid), 0) > orders.memory) stop('memory');
}

/** Bytes; 0 for a process that has just ended. */
function residentOf(pid: string): number {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function stop(exceeded: string): void {
  try {
    // Everything in here but this process and the one that reaps.
    process.kill(-1, 'SIGKILL');
  } catch {
    // Nothing is left.
  }
  finish({ exceeded }, 137);
}

/** With this process the whole sandbox ends. */
function finish(message: Readonly<Record<string, unknown>>, code: number): void {
  control.removeAllListeners('close');
  control.end(`${JSON.stringify(message)}\n`, () => process.exit(code));
}
