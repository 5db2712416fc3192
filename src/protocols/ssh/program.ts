import type { ClientChannel, PseudoTtyInfo, ServerChannel, WindowChangeInfo } from 'ssh2';
import type { Cleared } from '../../core/brand.ts';
import type { Refusal } from '../../core/decision.ts';
import { HoopError } from '../../core/errors.ts';
import type { Guard, Hold } from '../../core/guard.ts';
import type { ApprovalRequest } from '../../core/request.ts';
import type { Statement, Whereabouts } from '../../core/statement.ts';
import { GuardedShell } from './guarded/shell.ts';
import { openProgram, type Start } from './opening.ts';
import { Outlet } from './outlet.ts';
import { failureLines, heldLines, REFUSED, refusalLines, UNCONNECTED, wordLines } from './refuse.ts';
import { declinedWords, type Extra, extraStatement, revokedWords } from './lending/extras.ts';
import type { Leave, Loan } from './lending/loan.ts';
import type { Loans } from './lending/loans.ts';
import type { Line } from './line.ts';
import { type Ending, Running } from './running.ts';
import { type Exit, keepOpen, sayEof, sayExit, watchInput } from './ssh2.ts';
import { relaySftp, type SftpEnd } from './sftp/relay.ts';
import { channelStatement, commandStatement, subsystemStatement, withVariables } from './statements.ts';
import { isTransfer } from './transfer-programs.ts';
import { lost, type Upstream } from './upstream.ts';

export interface ProgramOptions {
  readonly line: Line;
  readonly channel: ServerChannel;
  /** Resolves when the client has closed the channel, or is gone. */
  readonly closed: Promise<void>;
  readonly start: Start;
  readonly terminal: PseudoTtyInfo | null;
  readonly variables: ReadonlyMap<string, string>;
  /** What the client wants to lend it besides. */
  readonly extras: readonly Extra[];
  readonly loans: Loans;
}

interface ClearedStatement {
  readonly bytes: Cleared<Buffer>;
  /** The record's number of it. */
  readonly number: number;
}

/** A program that may run, and all that it is given. */
interface ClearedProgram extends ClearedStatement {
  readonly upstream: Upstream;
  readonly variables: ReadonlyMap<string, string>;
  readonly offers: readonly Loan[];
}

/** One program on a channel: put before the guard first, and only then run. */
export class Program {
  readonly #options: ProgramOptions;
  readonly #guard: Guard;
  readonly #outlet: Outlet;
  /** Takes back what waits for people. */
  readonly #withdrawal = new AbortController();
  #size: WindowChangeInfo | null;
  #running: Pick<Running, 'resize' | 'signal' | 'break' | 'close'> | null = null;
  #isOver = false;
  #unwatch: (() => void) | null = null;
  /** Closes the channel; null as long as the client itself may. */
  #close: (() => void) | null = null;

  constructor(options: ProgramOptions) {
    this.#options = options;
    this.#size = options.terminal;
    this.#guard = options.line.guard();
    this.#outlet = new Outlet(options.channel, options.closed);
    options.channel.on('error', () => undefined);
    options.channel.stderr.on('error', () => undefined);
    void options.closed.then(() => {
      this.#isOver = true;
      this.#withdrawal.abort('disconnected');
    });
  }

  /** Never rejects. The channel is closed, or about to be, when it resolves. */
  async run(): Promise<void> {
    try {
      const exit = await this.#run();
      if (exit !== null) await this.#finish(exit);
    } catch (error) {
      await this.#fail(error);
    }
  }

  resize(size: WindowChangeInfo): void {
    this.#size = size;
    this.#running?.resize(size);
  }

  /** `name`: without `SIG`. */
  signal(name: string): void {
    if (this.#running !== null) this.#running.signal(name);
    else if (STOPPING.has(name)) this.#withdrawal.abort('cancelled');
  }

  /** Whether there is a terminal that it can reach. */
  break(milliseconds: number): boolean {
    return this.#running?.break(milliseconds) === true;
  }

  /** Ends what runs, with words for the client. */
  dismiss(words: string): void {
    if (this.#isOver) return;
    this.#withdrawal.abort('ended');
    this.#running?.close();
    this.#say(wordLines([words], this.#isTerminal));
    void this.#finish({ kind: 'code', code: UNCONNECTED });
  }

  /** Whether the client has been told that no more output comes: when it closes its side then, it still waits for the exit. */
  get isQuiet(): boolean {
    return this.#close !== null;
  }

  get #isTerminal(): boolean {
    return this.#options.terminal !== null;
  }

  /** Null when nobody is there to be told. */
  async #run(): Promise<Exit | null> {
    const { line, loans, start, terminal } = this.#options;
    const upstream = await line.upstream;
    if (start.kind === 'shell' && line.session.lines !== null && terminal === null) return this.#turnAway();
    const leaves = await this.#clearExtras();
    // Whoever takes back what is lent to it does not want it to run without.
    if (this.#withdrawal.signal.aborted) return { kind: 'code', code: REFUSED };
    const variables = await this.#clearVariables();
    const cleared = await this.#clear(withVariables(this.#statement(variables), variables));
    if (cleared === null) return { kind: 'code', code: REFUSED };
    if (this.#isOver) return null;
    const offers = leaves.map((leave) => loans.begin(leave));
    try {
      return await this.#start({ upstream, variables, offers, ...cleared });
    } finally {
      for (const loan of offers) loan.end();
    }
  }

  async #start(cleared: ClearedProgram): Promise<Exit | null> {
    const { line, start, terminal } = this.#options;
    if (start.kind === 'shell' && line.session.lines !== null) return this.#guarded(cleared);
    const { bytes, number, offers, upstream, variables } = cleared;
    const size = this.#size;
    const opened = await openProgram(upstream.client, {
      start,
      bytes,
      terminal: terminal === null || size === null ? null : { ...terminal, ...size },
      variables,
      offers,
    });
    if (this.#isOver) {
      opened.close();
      return null;
    }
    const isSftp = start.kind === 'subsystem' && start.name === 'sftp';
    return isSftp ? this.#transfer(opened, number) : this.#relay(opened, number);
  }

  /** Lines are read from terminals alone: elsewhere nobody sees what becomes of them. */
  #turnAway(): Exit {
    this.#say(wordLines(UNSEEN, false));
    return { kind: 'code', code: REFUSED };
  }

  /** Reads and decides each line in place of the target's shell. */
  async #guarded({ upstream, variables, offers, number }: ClearedProgram): Promise<Exit | null> {
    const { line, channel, closed, terminal } = this.#options;
    const { lines } = line.session;
    if (terminal === null || lines === null) throw new Error('a guarded shell without a terminal');
    const shell = new GuardedShell({
      line,
      lines,
      channel,
      closed,
      upstream,
      variables,
      offers,
      terminal: { ...terminal, ...this.#size },
      guard: this.#guard,
      outlet: this.#outlet,
      statement: number,
      sever: () => this.#hold().sever(),
    });
    this.#running = shell;
    return shell.run();
  }

  async #relay(opened: ClientChannel, statement: number): Promise<Exit | null> {
    const { line, channel, closed, terminal, start } = this.#options;
    const running = new Running({
      input: channel,
      ended: () => {
        sayEof(channel);
        this.#close = keepOpen(channel);
      },
      upstream: opened,
      outlet: this.#outlet,
      guard: this.#guard,
      connection: line.number,
      statement,
      closed,
      size: terminal === null ? null : this.#size,
      isTransfer: terminal === null && start.kind === 'exec' && isTransfer(start.command),
    });
    this.#running = running;
    return this.#exitOf(await running.run());
  }

  /** Files: every operation is put before the guard by itself. */
  async #transfer(upstream: ClientChannel, statement: number): Promise<null> {
    const { line, channel } = this.#options;
    upstream.on('error', () => undefined);
    const { cause, message } = await relaySftp({
      client: channel,
      upstream,
      guard: line.guard(),
      turns: line.turns,
      connection: line.number,
      signal: line.session.signal,
      tell: (text) => this.#say(wordLines([text], false)),
      over: (end) => sayExit(line.connection, channel, { kind: 'code', code: hasEnded(end) ? 0 : UNCONNECTED }),
    });
    const tag = hasEnded({ cause }) ? 'exit 0' : `stopped: ${message}`;
    await this.#guard.note({ type: 'complete', connection: line.number, statement, tag, rows: 0, bytes: 0 });
    return null;
  }

  /** What the client is told; null when nobody is there to be told. */
  #exitOf(ending: Ending): Exit | null {
    switch (ending.kind) {
      case 'code':
      case 'signal':
        return ending;
      case 'left':
      case 'cut':
        return null;
      case 'lost':
        throw lost(this.#options.line.session.target);
      case 'found':
        this.#say(wordLines(FOUND, this.#isTerminal));
        return { kind: 'code', code: REFUSED };
    }
  }

  /** A client that may set HOME says itself what it is. */
  async #whereabouts(variables: ReadonlyMap<string, string>): Promise<Whereabouts> {
    const known = await this.#options.line.start();
    return variables.has('HOME') ? { ...known, home: null } : known;
  }

  #statement(variables: ReadonlyMap<string, string>): Statement {
    const { start } = this.#options;
    switch (start.kind) {
      case 'exec':
        return commandStatement(checked(start.command), () => this.#whereabouts(variables), this.#isTerminal);
      case 'shell':
        return channelStatement('shell', 'shell', []);
      case 'subsystem':
        return subsystemStatement(checked(start.name, 'the name of the subsystem'));
    }
  }

  /** Each is asked for by itself. What is refused is told, and the program runs without. */
  async #clearExtras(): Promise<readonly Leave[]> {
    const leaves: Leave[] = [];
    for (const extra of this.#options.extras) {
      const revocation = new AbortController();
      const sever = (): void => {
        revocation.abort();
        this.#say(wordLines(revokedWords(extra), this.#isTerminal));
      };
      const cleared = await this.#clear(extraStatement(extra), { ...this.#hold(), sever });
      if (cleared === null) continue;
      leaves.push({
        extra,
        statement: cleared.number,
        guard: this.#guard,
        revoked: revocation.signal,
        declined: () => this.#say(wordLines(declinedWords(extra), this.#isTerminal)),
      });
    }
    return leaves;
  }

  /** Each is asked for by itself. Those that are refused are left out without a word, as servers do. */
  async #clearVariables(): Promise<ReadonlyMap<string, string>> {
    const cleared = new Map<string, string>();
    for (const [name, value] of this.#options.variables) {
      const statement = channelStatement(`env ${name}=${value}`, 'env', [`${name}=${value}`]);
      const clearance = await this.#guard.clear(statement, this.#hold());
      if (clearance.outcome === 'refused') continue;
      await this.#guard.release([clearance.bytes]);
      cleared.set(name, value);
    }
    return cleared;
  }

  /** Null when it was refused, and the client has been told. */
  async #clear(statement: Statement, hold = this.#hold()): Promise<ClearedStatement | null> {
    const clearance = await this.#guard.clear(statement, hold);
    this.#unwatch?.();
    this.#unwatch = null;
    if (clearance.outcome === 'refused') {
      this.#refuse(clearance.refusal);
      return null;
    }
    return { bytes: await this.#guard.release([clearance.bytes]), number: clearance.number };
  }

  #refuse(refusal: Refusal): void {
    this.#say(refusalLines(refusal, this.#isTerminal));
  }

  #hold(): Hold {
    return {
      ready: () => true,
      inTransaction: false,
      held: (request: ApprovalRequest) => {
        // On the errors' stream, which no script reads as a result.
        this.#say(heldLines(request, this.#isTerminal));
        this.#heedKeys();
        return this.#withdrawal.signal;
      },
      sever: () => {
        this.#running?.signal('KILL');
        this.dismiss('what was approved here was revoked');
      },
    };
  }

  /** While something is held on a terminal, Ctrl-C takes it back: there is no program yet that it could reach. */
  #heedKeys(): void {
    if (!this.#isTerminal || this.#running !== null) return;
    const look = (bytes: Buffer): void => {
      if (bytes.includes(INTERRUPT)) this.#withdrawal.abort('cancelled');
    };
    this.#unwatch ??= watchInput(this.#options.channel, look);
  }

  #say(bytes: Buffer): void {
    void this.#outlet.write('errors', this.#guard.shown(bytes));
  }

  async #fail(error: unknown): Promise<void> {
    if (error instanceof HoopError) this.#say(failureLines(error, this.#isTerminal));
    else {
      this.#options.line.session.warn('a channel failed for a reason that is a bug in hoopctl');
      this.#say(wordLines(['hoopctl failed; the channel was closed'], this.#isTerminal));
    }
    await this.#finish({ kind: 'code', code: UNCONNECTED });
  }

  /** What was written comes first: a client that knows how it ended does not wait for the rest. */
  async #finish(exit: Exit): Promise<void> {
    const { channel, line } = this.#options;
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#outlet.flushed();
    sayExit(line.connection, channel, exit);
    this.#close?.();
    channel.end();
  }
}

/** By one of those who talk. */
function hasEnded({ cause }: Pick<SftpEnd, 'cause'>): boolean {
  return cause === 'client' || cause === 'target';
}

/** Nothing can be masked in what a program that copies files says. */
const FOUND = [
  'what was to be copied holds what the policy masks: it was broken off before it',
  'This is policy, not a fault: do not retry variants.',
];

/** What clients are told that want a guarded shell, and have no terminal. */
const UNSEEN = [
  'command lines are read from a terminal alone, since each of them is decided before it runs',
  "Give the command as an argument: ssh TARGET 'COMMAND'. Or ask for a terminal: ssh -t.",
];

/** What a terminal sends for Ctrl-C. */
const INTERRUPT = 0x03;

/** Signals that mean: do not do it. */
const STOPPING: ReadonlySet<string> = new Set(['INT', 'TERM', 'HUP', 'QUIT', 'KILL']);

/**
 * What is judged must be what runs: servers leave out a NUL at the end, and the rest would be another name.
 * @throws HoopError `wire.protocol` for what the server would not read as it was judged
 */
function checked(text: string, what = 'the command'): string {
  if (!/[\0\uFFFD]/.test(text)) return text;
  throw new HoopError('wire.protocol', `${what} is not valid UTF-8, or has a NUL in it: it was not sent`, {
    hint: 'send it as UTF-8',
  });
}
