import { constants } from 'node:os';
import { errnoOf, HoopError } from '../../core/errors.ts';
import type { TerminalRecord } from '../../session/index.ts';
import { notStarted } from '../sandbox/availability.ts';
import type { Control, Ending } from '../sandbox/control.ts';
import { watchSandbox, type WatchOptions } from '../sandbox/watch.ts';
import type { Child, ChildRequest, Exit } from './child.ts';
import { Output } from './output.ts';
import { giveBack } from './give-back.ts';
import { runOnPipes } from './pipes.ts';
import { type Streams, wantsTerminal } from './streams.ts';
import { runOnTerminal, type TerminalChild } from './terminal.ts';
import { endGroup, endTree } from './tree.ts';

export interface RunOptions {
  readonly command: string;
  readonly request: ChildRequest;
  /** The sandbox's; null where there is none. */
  readonly control: Control | null;
  /** What all that runs in the sandbox may hold together. */
  readonly limits: WatchOptions['limits'];
  /** What stands in the environment of all that it starts: `NAME=value`. */
  readonly mark: string;
  readonly streams: Streams;
  /** What is never shown, as known by now: the same list while nothing has come to it. */
  readonly secrets: () => readonly string[];
  readonly records: readonly TerminalRecord[];
  /** Aborts when the sessions are over: the program is asked to end, then made to. */
  readonly signal: AbortSignal;
  /** Milliseconds; null: no limit. */
  readonly time: number | null;
  /** Called when it has been started: what it does not wait for goes on beside it. */
  readonly started: () => void;
}

export interface Outcome {
  /** 128+n after signal n. */
  readonly code: number;
  /** What it had too much of; null when it ended by itself. */
  readonly exceeded: 'processes' | 'memory' | 'time' | null;
}

/** Milliseconds from asking to forcing: all is to be closed within a second. */
const PATIENCE = 700;
/** Milliseconds in which the last of its output comes, once it is gone. */
const GRACE = 300;
const PASSED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'];
/** What a terminal is taken to be whose size nobody says. */
const USUAL = { columns: 80, rows: 24 };

/**
 * Runs a program until it has ended, with all that it has started.
 * @throws HoopError `local.child` when it cannot be started, `local.sandbox` when its sandbox cannot
 */
export async function runProgram(options: RunOptions): Promise<Outcome> {
  const running = await start(options);
  const { child } = running;
  const output = new Output(child, { ...options.streams, ...options, pipes: running.terminal === null });
  // First: a signal that comes while nobody listens is lost, or ends this process.
  const leash = new Leash(options, running);
  options.started();
  try {
    await child.gone;
    if (options.control === null) endAll(options, running);
    const late = setTimeout(() => child.abandon(), GRACE);
    const exit = await child.exited.finally(() => clearTimeout(late));
    output.end();
    await giveBack(options.streams, output.leftovers, running.terminal !== null);
    return await outcomeOf(options, exit, leash);
  } catch (error) {
    throw startFailure(options.command, error);
  } finally {
    leash.drop();
  }
}

interface Running {
  readonly child: Child;
  readonly terminal: TerminalChild | null;
}

async function start({ request, streams, control }: RunOptions): Promise<Running> {
  if (wantsTerminal(streams)) {
    const { columns = USUAL.columns, rows = USUAL.rows } = streams.stdout;
    const terminal = await runOnTerminal(request, { columns, rows });
    return { child: terminal, terminal };
  }
  const apart = control !== null || streams.stdin.isTTY === true;
  return { child: await runOnPipes(request, apart ? streams.stdin : null), terminal: null };
}

function endAll({ mark }: RunOptions, { child }: Running): void {
  endGroup(child.pid);
  endTree(mark);
}

/** Keys, signals, the window's size, the time and what it holds, for as long as a program runs. */
class Leash {
  readonly #options: RunOptions;
  readonly #running: Running;
  readonly #drops: (() => void)[] = [];
  #force: NodeJS.Timeout | null = null;
  exceeded: Outcome['exceeded'] = null;
  /** What it was asked to end with; null when it was not. */
  asked: NodeJS.Signals | null = null;

  constructor(options: RunOptions, running: Running) {
    this.#options = options;
    this.#running = running;
    this.#signals();
    if (running.terminal !== null) this.#keys(running.terminal);
    const abort = (): void => this.#finish('SIGTERM');
    options.signal.addEventListener('abort', abort, { once: true });
    this.#drops.push(() => options.signal.removeEventListener('abort', abort));
    if (options.signal.aborted) abort();
    if (options.time !== null) this.#limit(options.time);
    if (options.control !== null) this.#watch();
  }

  drop(): void {
    for (const drop of this.#drops) drop();
    if (this.#force !== null) clearTimeout(this.#force);
  }

  #signals(): void {
    for (const name of PASSED) {
      const pass = (): void => this.#pass(name);
      process.on(name, pass);
      this.#drops.push(() => process.off(name, pass));
    }
  }

  #keys(terminal: TerminalChild): void {
    const { stdin, stdout } = this.#options.streams;
    const write = (input: Buffer | string): void => terminal.write(String(input));
    const resize = (): void => {
      const { columns = USUAL.columns, rows = USUAL.rows } = stdout;
      terminal.resize(columns, rows);
      for (const record of this.#options.records) record.resize(columns, rows);
    };
    stdin.setRawMode?.(true);
    stdin.setEncoding('utf8');
    stdin.on('data', write).resume();
    stdout.on('resize', resize);
    resize();
    this.#drops.push(() => {
      stdout.off('resize', resize);
      stdin.off('data', write).pause();
      stdin.setRawMode?.(false);
    });
  }

  #limit(time: number): void {
    const timer = setTimeout(() => {
      this.exceeded = 'time';
      this.#finish('SIGTERM');
    }, time);
    this.#drops.push(() => clearTimeout(timer));
  }

  #watch(): void {
    const exceeded = (what: 'processes' | 'memory'): void => {
      this.exceeded ??= what;
      this.#kill();
    };
    this.#drops.push(watchSandbox({ pid: this.#running.child.pid, limits: this.#options.limits, exceeded }));
  }

  #pass(name: NodeJS.Signals): void {
    if (name === 'SIGTERM' || name === 'SIGHUP') this.#finish(name);
    else this.#send(name);
  }

  #finish(name: NodeJS.Signals): void {
    this.asked ??= name;
    this.#send(name);
    this.#force ??= setTimeout(() => this.#kill(), PATIENCE);
  }

  #send(name: NodeJS.Signals): void {
    const { control } = this.#options;
    const { child, terminal } = this.#running;
    if (control !== null) control.send({ signal: name });
    else if (terminal === null) group(child, name);
    else child.kill(name);
  }

  #kill(): void {
    if (this.#options.control === null) endAll(this.#options, this.#running);
    this.#running.child.kill('SIGKILL');
  }
}

function group(child: Child, name: NodeJS.Signals): void {
  try {
    process.kill(-child.pid, name);
  } catch {
    // It has just ended.
  }
}

async function outcomeOf(
  { control, command }: RunOptions,
  exit: Exit,
  { exceeded, asked }: Pick<Leash, 'exceeded' | 'asked'>,
): Promise<Outcome> {
  const code = codeOf(exit);
  if (control === null) return { code, exceeded };
  control.close();
  const ending: Ending | null = await control.ending;
  if (ending === null) {
    if (control.begun() || exceeded !== null) return { code, exceeded };
    if (asked === null) throw notStarted();
    // It was made to end before it had begun: that is no failure of the sandbox.
    return { code: codeOf({ code: null, signal: asked }), exceeded };
  }
  if ('failed' in ending) throw startFailure(command, Object.assign(new Error(ending.failed), { code: ending.failed }));
  if ('exceeded' in ending) return { code: 137, exceeded: exceeded ?? ending.exceeded };
  return { code: codeOf({ code: ending.exit, signal: ending.signal }), exceeded };
}

function codeOf({ code, signal }: Exit): number {
  return signal === null ? (code ?? 1) : 128 + constants.signals[signal];
}

function startFailure(command: string, error: unknown): unknown {
  const errno = error instanceof HoopError ? undefined : errnoOf(error);
  if (errno === undefined) return error;
  const why = errno === 'ENOENT' ? 'was not found in PATH' : `cannot be started (${errno})`;
  return new HoopError('local.child', `the program ${command} ${why}`, { cause: error, hint: `install ${command}` });
}
