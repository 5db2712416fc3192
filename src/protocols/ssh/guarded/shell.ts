import { constants } from 'node:os';
import type { Client, ClientChannel, PseudoTtyInfo, ServerChannel, WindowChangeInfo } from 'ssh2';
import type { Cleared } from '../../../core/brand.ts';
import type { Guard, Hold, Screen } from '../../../core/guard.ts';
import type { LineReader, LineReading } from '../../../core/line-reader.ts';
import type { Statement } from '../../../core/statement.ts';
import { visible } from '../../../core/visible.ts';
import type { Line } from '../line.ts';
import { openProgram } from '../opening.ts';
import type { Outlet } from '../outlet.ts';
import { heldLines, REFUSED, refusalLines, UNCONNECTED, wordLines } from '../refuse.ts';
import { type Ending, Running } from '../running.ts';
import type { Exit } from '../ssh2.ts';
import { framedStatement, moveStatement } from '../statements.ts';
import { lost } from '../upstream.ts';
import { completionOf, NOTHING_FOLLOWS, placeOf, wantedBy } from './completion.ts';
import { directoryFrom, WHERE } from './directory.ts';
import { Intake } from './intake.ts';
import { type EditorEvent, LineEditor } from './line-editor.ts';
import { Listing } from './listing.ts';
import { BACKGROUND, ownCommand } from './own-commands.ts';
import { CONTINUATION, promptOf } from './prompt.ts';

export interface GuardedShellOptions {
  readonly line: Line;
  readonly lines: LineReader;
  readonly channel: ServerChannel;
  /** Resolves when the client has closed the channel, or is gone. */
  readonly closed: Promise<void>;
  readonly client: Client;
  readonly terminal: PseudoTtyInfo;
  /** What the client's programs are given, cleared. */
  readonly variables: ReadonlyMap<string, string>;
  readonly guard: Guard;
  readonly outlet: Outlet;
  /** The record's number of the shell. */
  readonly statement: number;
  /** Something that was approved here is not any more. */
  readonly sever: () => void;
}

type Whole = Extract<LineReading, { readonly kind: 'whole' }>;
/** How the writing of a line ended. */
type Written = Exclude<EditorEvent, { readonly kind: 'complete' }>;

const INTERRUPT = 0x03;
/** Bytes that are typed while names are looked up. */
const MOST_TYPED = 4096;
/** A program may have left colours on, and the cursor hidden. */
const PLAIN = '\u001b[0m\u001b[?25h';

/** A shell of hoopctl's own: each line is read here, decided like any other command, and only then run on the target. */
export class GuardedShell {
  readonly #options: GuardedShellOptions;
  readonly #intake: Intake;
  readonly #editor: LineEditor;
  readonly #listing: Listing;
  readonly #record: Screen;
  #size: WindowChangeInfo;
  #running: Running | null = null;
  /** A line is being written. */
  #isEditing = false;
  #withdrawal = new AbortController();
  #isGone = false;
  #directory = '/';
  #previous: string | null = null;
  #status = 0;
  /** What ran may have left the cursor anywhere. */
  #hasRun = false;

  constructor(options: GuardedShellOptions) {
    const { channel, client, closed, guard, line, statement, terminal } = options;
    this.#options = options;
    this.#size = terminal;
    this.#intake = new Intake(channel);
    this.#editor = new LineEditor(windowOf(terminal));
    this.#listing = new Listing(client, guard, line.number);
    this.#record = guard.screen({ statement, stream: 'output', isTerminal: true, late: () => undefined });
    void closed.then(() => {
      this.#isGone = true;
      this.#withdrawal.abort('disconnected');
    });
  }

  /** Null when nobody is there to be told. @throws HoopError `record.append`, `ssh.closed` */
  async run(): Promise<Exit | null> {
    try {
      if (!(await this.#arrive())) return { kind: 'code', code: UNCONNECTED };
      while (!this.#isGone && (await this.#next()));
      return this.#isGone ? null : { kind: 'code', code: this.#status };
    } finally {
      this.#intake.drop();
      this.#listing.close();
      this.#record.end();
      await this.#complete(this.#options.statement, this.#isGone ? 'client gone' : `exit ${this.#status}`);
    }
  }

  resize(size: WindowChangeInfo): void {
    this.#size = size;
    this.#running?.resize(size);
    if (this.#isEditing) this.#draw(this.#editor.resize(windowOf(size)));
    else this.#editor.setWindow(windowOf(size));
  }

  /** `name`: without `SIG`. */
  signal(name: string): void {
    if (this.#running !== null) this.#running.signal(name);
    else this.#withdrawal.abort('cancelled');
  }

  close(): void {
    this.#isGone = true;
    this.#withdrawal.abort('ended');
    this.#running?.close();
  }

  /** Asks where the shell is. False when that cannot be known. */
  async #arrive(): Promise<boolean> {
    const { guard } = this.#options;
    const bytes = await guard.release([guard.housekeeping(WHERE)]);
    const { path } = await directoryFrom(await this.#open(bytes, null));
    if (path === null) this.#say(['the target does not say in which directory its commands start: no line was run']);
    else this.#directory = path;
    return path !== null;
  }

  /** One line, to its end. False when it was the last. */
  async #next(): Promise<boolean> {
    let text: string | null = null;
    for (;;) {
      const written = await this.#write(text === null ? this.#prompt() : CONTINUATION);
      if (written.kind === 'end' && text === null) return false;
      if (written.kind !== 'submit') {
        if (written.kind === 'end') this.#say(['the line was not complete: it was not run']);
        this.#status = 130;
        return true;
      }
      text = text === null ? written.text : `${text}\n${written.text}`;
      const reading = this.#options.lines.read(text);
      if (reading.kind === 'unfinished') continue;
      this.#editor.history.add(text);
      if (reading.kind === 'whole') return this.#do(text, reading);
      if (reading.kind === 'unreadable') {
        this.#say([`this line cannot be read, and was not run: ${reading.reason}`]);
        this.#editor.forget();
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
      pasted: this.#editor.pasted,
    });
  }

  /** Has one line written. */
  #write(prompt: string): Promise<Written> {
    const begun = this.#hasRun ? `${PLAIN}${' '.repeat(windowOf(this.#size).columns)}\r` : '';
    this.#hasRun = false;
    this.#isEditing = true;
    return new Promise<Written>((resolve) => {
      const done = (written: Written): void => {
        this.#isEditing = false;
        this.#intake.drop();
        if (written.kind === 'submit') this.#record.push(Buffer.from(`${visible(prompt + written.text)}\r\n`, 'utf8'));
        resolve(written);
      };
      const over = (): void => done({ kind: 'end' });
      const take = (bytes: Buffer): void => {
        const { drawn, event } = this.#editor.push(bytes);
        this.#draw(drawn);
        if (event?.kind === 'complete')
          void this.#completion(event.before, over).then((typed) => {
            if (!this.#isEditing) return;
            this.#intake.read(take, over);
            take(typed);
          });
        else if (event !== null) done(event);
      };
      this.#draw(begun + this.#editor.begin(prompt));
      this.#intake.read(take, over);
    });
  }

  /** Puts in what could follow. Resolves with what was typed meanwhile. */
  async #completion(before: string, over: () => void): Promise<Buffer> {
    const stopped = Promise.withResolvers<null>();
    const typed: Buffer[] = [];
    let length = 0;
    this.#intake.read((bytes) => {
      length += bytes.length;
      if (length <= MOST_TYPED) typed.push(bytes);
      if (bytes.includes(INTERRUPT)) stopped.resolve(null);
    }, over);
    const wanted = wantedBy(before);
    const { columns } = windowOf(this.#size);
    let completion = NOTHING_FOLLOWS;
    if (wanted?.kind === 'program') {
      const names = this.#options.lines.programs.map((name) => ({ name, isDirectory: false }));
      completion = completionOf(wanted, names, columns);
    } else if (wanted !== null) {
      const names = await Promise.race([this.#listing.list(placeOf(wanted, this.#directory)), stopped.promise]);
      completion = completionOf(wanted, names ?? [], columns);
    }
    if (this.#isEditing) this.#draw(this.#editor.complete(completion.inserted, completion.shown));
    return Buffer.concat(typed);
  }

  /** What a line says. False when it was the last. */
  async #do(text: string, reading: Whole): Promise<boolean> {
    const own = ownCommand(reading);
    switch (own?.kind) {
      case 'exit':
        this.#status = own.code ?? this.#status;
        return false;
      case 'history':
        this.#list(this.#editor.history.lines);
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
    const cleared = await this.#clear(framedStatement(text, this.#directory));
    if (cleared === null) return;
    const { channel, closed, guard, line, outlet, terminal } = this.#options;
    const size = this.#size;
    const upstream = await this.#open(cleared.bytes, { ...terminal, ...size });
    const input = this.#intake.stream();
    this.#hasRun = true;
    this.#running = new Running({
      input,
      ended: () => undefined,
      upstream,
      outlet,
      guard,
      connection: line.number,
      statement: cleared.number,
      closed,
      size,
      isTransfer: false,
    });
    if (size !== this.#size) this.#running.resize(this.#size);
    try {
      if (this.#isGone) this.#running.close();
      this.#end(await this.#running.run());
    } finally {
      this.#running = null;
      this.#intake.drop();
      input.destroy();
      channel.resume();
    }
  }

  #end(ending: Ending): void {
    switch (ending.kind) {
      case 'code':
        this.#status = ending.code;
        return;
      case 'signal':
        this.#status = 128 + (SIGNALS[ending.name] ?? 0);
        return;
      case 'left':
        this.#isGone = true;
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
    const cleared = await this.#clear(moveStatement(text, this.#directory));
    if (cleared === null) return;
    if (back) {
      // hoopctl knows it: the target's shell, which is another for each line, does not.
      await this.#complete(cleared.number, 'exit 0');
      this.#list([this.#go(this.#previous ?? this.#directory)]);
      return;
    }
    const { path, code, errors } = await directoryFrom(await this.#open(cleared.bytes, null));
    await this.#complete(cleared.number, `exit ${path === null ? code : 0}`);
    if (path !== null) this.#go(path);
    else {
      const said = this.#options.guard.words(errors).split('\n');
      this.#say(errors === '' ? ['that is no directory whose name can be shown'] : said);
      this.#status = code;
    }
  }

  #go(path: string): string {
    if (path !== this.#directory) this.#previous = this.#directory;
    this.#directory = path;
    this.#status = 0;
    return path;
  }

  /** Null when it was refused, and the client has been told. */
  async #clear(statement: Statement): Promise<{ readonly bytes: Cleared<Buffer>; readonly number: number } | null> {
    const { guard } = this.#options;
    const clearance = await guard.clear(statement, this.#hold());
    this.#intake.drop();
    if (clearance.outcome === 'cleared') {
      return { bytes: await guard.release([clearance.bytes]), number: clearance.number };
    }
    this.#show(refusalLines(clearance.refusal, true));
    this.#status = REFUSED;
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

  #open(bytes: Cleared<Buffer>, terminal: PseudoTtyInfo | null): Promise<ClientChannel> {
    const { client, variables } = this.#options;
    return openProgram(client, { start: { kind: 'exec', command: '' }, bytes, terminal, variables });
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
  #draw(text: string): void {
    const { guard, outlet } = this.#options;
    void outlet.write('output', guard.shown(Buffer.from(text, 'utf8')));
  }
}

const SIGNALS: Readonly<Record<string, number | undefined>> = constants.signals;

function windowOf({ cols, rows }: { readonly cols: number; readonly rows: number }): {
  readonly columns: number;
  readonly rows: number;
} {
  return { columns: cols < 2 ? 80 : cols, rows: rows < 1 ? 24 : rows };
}
