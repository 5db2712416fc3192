import type { Readable } from 'node:stream';
import type { ClientChannel, PseudoTtyInfo, ServerChannel, WindowChangeInfo } from 'ssh2';
import type { Cleared } from '../../../core/brand.ts';
import type { Guard, Hold, Screen } from '../../../core/guard.ts';
import type { LineReader, LineReading } from '../../../core/line-reader.ts';
import type { ShellKind, Statement } from '../../../core/statement.ts';
import { visible } from '../../../core/visible.ts';
import type { Line } from '../line.ts';
import { type Offer, openProgram } from '../opening.ts';
import type { Outlet } from '../outlet.ts';
import { heldLines, REFUSED, refusalLines, UNCONNECTED, wordLines } from '../refuse.ts';
import { type Ending, Running } from '../running.ts';
import type { Exit } from '../ssh2.ts';
import { framedStatement, moveStatement, type Place, withVariables } from '../statements.ts';
import { lost, type Upstream } from '../upstream.ts';
import { directoryFrom } from '../directory.ts';
import { Intake } from './intake.ts';
import { LineInput, PLAIN, type Written } from './line-input.ts';
import { Listing } from './listing.ts';
import { BACKGROUND, NOWHERE_TO_RUN, ownCommand } from './own-commands.ts';
import type { Window } from './painter.ts';
import { CONTINUATION, promptOf, seenAs } from './prompt.ts';
import { INTERRUPTED, statusOf } from './status.ts';

export interface GuardedShellOptions {
  readonly line: Line;
  readonly lines: LineReader;
  readonly channel: ServerChannel;
  /** Resolves when the client has closed the channel, or is gone. */
  readonly closed: Promise<void>;
  readonly upstream: Upstream;
  readonly terminal: PseudoTtyInfo;
  /** What the client's programs are given, cleared. */
  readonly variables: ReadonlyMap<string, string>;
  /** What they are lent besides. */
  readonly offers: readonly Offer[];
  readonly guard: Guard;
  readonly outlet: Outlet;
  /** The record's number of the shell. */
  readonly statement: number;
  /** Something that was approved here is not any more. */
  readonly sever: () => void;
}

/** A line that may be sent, and the record's number of it. */
interface ClearedLine {
  readonly bytes: Cleared<Buffer>;
  readonly number: number;
}

type Whole = Extract<LineReading, { readonly kind: 'whole' }>;

const INTERRUPT = 0x03;

/** A shell of hoopctl's own: each line is read here, decided like any other command, and only then run on the target. */
export class GuardedShell {
  readonly #options: GuardedShellOptions;
  readonly #intake: Intake;
  readonly #input: LineInput;
  readonly #listing: Listing;
  readonly #record: Screen;
  #size: WindowChangeInfo;
  #running: Running | null = null;
  #withdrawal = new AbortController();
  /** Why nothing is read any more, as it stands on record: the first reason counts. */
  #gone: 'client gone' | 'stopped by hoopctl' | null = null;
  #directory = '/';
  #home: string | null = null;
  #kind: ShellKind | null = null;
  #previous: string | null = null;
  #status = 0;
  /** What ran may have left the cursor anywhere. */
  #hasRun = false;

  constructor(options: GuardedShellOptions) {
    const { channel, closed, guard, line, lines, statement, terminal, upstream } = options;
    this.#options = options;
    this.#size = terminal;
    this.#intake = new Intake(channel);
    this.#listing = new Listing(upstream.client, guard, line.number);
    this.#input = new LineInput({
      intake: this.#intake,
      listing: this.#listing,
      programs: lines.programs,
      window: windowOf(terminal),
      draw: (text) => this.#draw(text),
    });
    this.#record = guard.screen({ statement, stream: 'output', isTerminal: true, late: () => undefined });
    void closed.then(() => {
      this.#gone ??= 'client gone';
      this.#withdrawal.abort('disconnected');
    });
  }

  /** Null when nobody is there to be told. @throws HoopError `record.append`, `ssh.closed` */
  async run(): Promise<Exit | null> {
    let tag = 'target gone';
    try {
      const exit = await Promise.race([this.#serve(), this.#cutOff()]);
      tag = `exit ${this.#status}`;
      return exit;
    } finally {
      this.#input.leave();
      this.#intake.drop();
      this.#listing.close();
      this.#record.end();
      await this.#complete(this.#options.statement, this.#gone ?? tag);
    }
  }

  async #serve(): Promise<Exit | null> {
    if (!(await this.#arrive())) return { kind: 'code', code: UNCONNECTED };
    while (!this.#isGone && (await this.#next()));
    return this.#isGone ? null : { kind: 'code', code: this.#status };
  }

  /** Rejects when the target is gone: whoever writes a line would not notice. */
  async #cutOff(): Promise<never> {
    await this.#options.upstream.closed;
    throw lost(this.#options.line.session.target);
  }

  get #isGone(): boolean {
    return this.#gone !== null;
  }

  resize(size: WindowChangeInfo): void {
    this.#size = size;
    this.#running?.resize(size);
    this.#input.resize(windowOf(size));
  }

  /** `name`: without `SIG`. */
  signal(name: string): void {
    if (this.#running !== null) this.#running.signal(name);
    else this.#withdrawal.abort('cancelled');
  }

  /** Whether a program runs that it can reach. */
  break(milliseconds: number): boolean {
    return this.#running?.break(milliseconds) === true;
  }

  close(): void {
    this.#gone ??= 'stopped by hoopctl';
    this.#input.leave();
    this.#withdrawal.abort('ended');
    this.#running?.close();
  }

  /** Asks where the shell is. False when that cannot be known. */
  async #arrive(): Promise<boolean> {
    const { line, variables } = this.#options;
    const { directory, home, shell } = await line.start();
    // fish reads the braces around a line otherwise than it was judged.
    const isKnown = directory !== null && shell !== null && shell !== 'fish';
    if (isKnown) this.#directory = directory;
    else this.#say(NOWHERE_TO_RUN);
    // A client that may set HOME says itself what it is.
    this.#home = variables.has('HOME') ? null : home;
    this.#kind = shell;
    return isKnown;
  }

  /** One line, to its end. False when it was the last. */
  async #next(): Promise<boolean> {
    let text: string | null = null;
    for (;;) {
      const written = await this.#write(text === null ? this.#prompt() : CONTINUATION);
      if (written.kind === 'end' && text === null) return false;
      if (written.kind !== 'submit') {
        if (written.kind === 'end') this.#say(['the line was not complete: it was not run']);
        this.#status = INTERRUPTED;
        return true;
      }
      text = text === null ? written.text : `${text}\n${written.text}`;
      const reading = this.#options.lines.read(text);
      if (reading.kind === 'unfinished') continue;
      this.#input.history.add(text);
      if (reading.kind === 'whole') return this.#do(text, reading);
      if (reading.kind === 'unreadable') {
        this.#say([`this line cannot be read, and was not run: ${reading.reason}`]);
        this.#input.forget();
        this.#status = 2;
      }
      return true;
    }
  }

  #prompt(): string {
    const { target } = this.#options.line.session;
    return promptOf({
      target: target.name,
      directory: this.#directory,
      status: this.#status,
      pasted: this.#input.pasted,
    });
  }

  /** Has one line written, and what was submitted laid down as it is seen. */
  async #write(prompt: string): Promise<Written> {
    const afresh = this.#hasRun;
    this.#hasRun = false;
    if (afresh) this.#record.push(Buffer.from(PLAIN, 'utf8'));
    const written = await this.#input.line(prompt, { directory: this.#directory, afresh });
    if (written.kind === 'submit') this.#record.push(Buffer.from(`${seenAs(prompt + written.text)}\r\n`, 'utf8'));
    return written;
  }

  /** What a line says. False when it was the last. */
  async #do(text: string, reading: Whole): Promise<boolean> {
    const own = ownCommand(reading);
    switch (own?.kind) {
      case 'exit':
        this.#status = own.code ?? this.#status;
        return false;
      case 'history':
        this.#list(this.#input.history.lines.flatMap((line) => line.split('\n')));
        return true;
      case 'words':
        this.#say(own.words);
        this.#status = own.status;
        return true;
      case 'move':
        await this.#move(text, own.back);
        return true;
      case undefined:
        await this.#execute(text);
        if (reading.background && !this.#isGone) this.#say(BACKGROUND);
        return true;
    }
  }

  async #execute(text: string): Promise<void> {
    const cleared = await this.#clear(framedStatement(text, this.#place));
    if (cleared === null) return;
    const { channel } = this.#options;
    // From here on what is typed is the program's.
    const input = this.#intake.stream();
    this.#hasRun = true;
    try {
      this.#end(await this.#runWith(input, cleared));
    } finally {
      this.#running = null;
      this.#intake.drop();
      input.destroy();
      channel.resume();
    }
  }

  async #runWith(input: Readable, { bytes, number }: ClearedLine): Promise<Ending> {
    const { closed, guard, line, outlet, terminal } = this.#options;
    const size = this.#size;
    const running = new Running({
      input,
      ended: () => undefined,
      upstream: await this.#open(bytes, { ...terminal, ...size }, this.#options.offers),
      outlet,
      guard,
      connection: line.number,
      statement: number,
      closed,
      size,
      isTransfer: false,
    });
    this.#running = running;
    if (size !== this.#size) running.resize(this.#size);
    if (this.#isGone) running.close();
    return running.run();
  }

  #end(ending: Ending): void {
    switch (ending.kind) {
      case 'code':
      case 'signal':
        this.#status = statusOf(ending);
        return;
      case 'left':
        this.#gone ??= 'client gone';
        return;
      case 'cut':
        this.#gone ??= 'stopped by hoopctl';
        return;
      case 'lost':
      case 'found':
        throw lost(this.#options.line.session.target);
    }
  }

  /** Goes where a line leads that only changes the directory. */
  async #move(text: string, back: boolean): Promise<void> {
    if (back && this.#previous === null) {
      this.#say(['there is no directory before this one']);
      this.#status = 1;
      return;
    }
    const cleared = await this.#clear(moveStatement(text, this.#place));
    if (cleared === null) return;
    if (back) {
      // hoopctl knows it: the target's shell, which is another for each line, does not.
      await this.#complete(cleared.number, 'exit 0');
      this.#list([this.#go(this.#previous ?? this.#directory)]);
      return;
    }
    const { path, code, errors } = await directoryFrom(await this.#open(cleared.bytes, null, []));
    await this.#complete(cleared.number, `exit ${path === null ? code : 0}`);
    if (path !== null) this.#go(path);
    else {
      const said = this.#options.guard.words(errors).split('\n');
      this.#say(errors === '' ? ['that is no directory whose name can be shown'] : said);
      this.#status = code;
    }
  }

  get #place(): Place {
    return { directory: this.#directory, home: this.#home, shell: this.#kind };
  }

  #go(path: string): string {
    if (path !== this.#directory) this.#previous = this.#directory;
    this.#directory = path;
    this.#status = 0;
    return path;
  }

  /** Null when it was refused, and the client has been told. */
  async #clear(statement: Statement): Promise<ClearedLine | null> {
    const { guard, variables } = this.#options;
    const clearance = await guard.clear(withVariables(statement, variables), this.#hold());
    if (clearance.outcome === 'cleared') {
      const bytes = await guard.release([clearance.bytes]);
      this.#intake.drop();
      if (!this.#isGone && this.#withdrawal.signal.reason !== 'cancelled') return { bytes, number: clearance.number };
      await this.#complete(clearance.number, this.#gone ?? 'taken back');
      this.#status = INTERRUPTED;
      return null;
    }
    this.#intake.drop();
    this.#show(refusalLines(clearance.refusal, true));
    this.#status = this.#withdrawal.signal.aborted ? INTERRUPTED : REFUSED;
    return null;
  }

  /** What is typed while somebody is asked means nothing, but for Ctrl-C. */
  #hold(): Hold {
    const withdrawal = new AbortController();
    if (this.#isGone) withdrawal.abort('disconnected');
    this.#withdrawal = withdrawal;
    this.#intake.read(
      (bytes) => {
        if (bytes.includes(INTERRUPT)) withdrawal.abort('cancelled');
      },
      () => withdrawal.abort('disconnected'),
    );
    return {
      ready: () => true,
      inTransaction: false,
      held: (request) => {
        this.#show(heldLines(request, true));
        return withdrawal.signal;
      },
      sever: this.#options.sever,
    };
  }

  #open(bytes: Cleared<Buffer>, terminal: PseudoTtyInfo | null, offers: readonly Offer[]): Promise<ClientChannel> {
    const { upstream, variables } = this.#options;
    return openProgram(upstream.client, { start: { kind: 'exec', command: '' }, bytes, terminal, variables, offers });
  }

  #complete(statement: number, tag: string): Promise<void> {
    const { guard, line } = this.#options;
    return guard.note({ type: 'complete', connection: line.number, statement, tag, rows: 0, bytes: 0 });
  }

  #say(words: readonly string[]): void {
    this.#show(wordLines(words, true));
  }

  #list(lines: readonly string[]): void {
    this.#show(Buffer.from(lines.map((line) => `${visible(line)}\r\n`).join(''), 'utf8'));
  }

  /** Words of hoopctl's own. */
  #show(bytes: Buffer): void {
    void this.#options.outlet.write('output', this.#record.push(bytes));
  }

  /** What is written, and not submitted yet, is on no record. */
  #draw(text: string): Promise<void> | null {
    const { guard, outlet } = this.#options;
    return outlet.write('output', guard.shown(Buffer.from(text, 'utf8')));
  }
}

function windowOf({ cols, rows }: { readonly cols: number; readonly rows: number }): Window {
  return { columns: cols, rows };
}
