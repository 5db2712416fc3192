import type { Readable } from 'node:stream';
import type { ClientChannel, WindowChangeInfo } from 'ssh2';
import type { Guard, Masked, Screen } from '../../core/guard.ts';
import { doneWhen, doneWith } from './arrivals.ts';
import { Sieve, Tally } from './bulk.ts';
import { exitOf } from './exit.ts';
import { flow, written } from './flow.ts';
import type { Outlet } from './outlet.ts';
import type { Exit } from './ssh2.ts';
import { sayBreak, saySignal, sayWindow } from './ssh2-channels.ts';

export interface RunningOptions {
  /** What it is sent: to be read by nobody else. */
  readonly input: Readable;
  /** Tells the client that no more output comes. */
  readonly ended: () => void;
  readonly upstream: ClientChannel;
  readonly outlet: Outlet;
  readonly guard: Guard;
  readonly connection: number;
  /** The record's number of what runs. */
  readonly statement: number;
  /** Resolves when the client has closed the channel, or is gone. */
  readonly closed: Promise<void>;
  /** Of its terminal; null when it has none. */
  readonly size: WindowChangeInfo | null;
  /** What passes is no text: see `isTransfer`. */
  readonly isTransfer: boolean;
}

/**
 * How it ended: by itself; the client went away; the target did, or did not say; something was found that is masked; or
 * it was cut off.
 */
export type Ending = Exit | { readonly kind: 'left' | 'lost' | 'found' | 'cut' };

/** A program that runs: what it is sent, and what it says, until it ends. */
export class Running {
  readonly #options: RunningOptions;
  readonly #sent = new Tally();
  readonly #said = new Tally();
  readonly #stopped = Promise.withResolvers<Ending>();
  #bytes = 0;
  /** Of its terminal, as the client last said. */
  #size: WindowChangeInfo | null;
  #screen: Screen | null = null;
  #isClosed = false;
  /** Whether the client has said that it sends nothing more. */
  #isFed = false;

  constructor(options: RunningOptions) {
    this.#options = options;
    this.#size = options.size;
    // It closes the channel, too, and that is noticed.
    options.upstream.on('error', () => undefined);
    options.upstream.once('close', () => void (this.#isClosed = true));
  }

  resize(size: WindowChangeInfo): void {
    sayWindow(this.#options.upstream, size);
    this.#noteSize(size);
  }

  #noteSize(size: WindowChangeInfo): void {
    const { guard, connection, statement } = this.#options;
    const { rows, cols } = size;
    // What has no terminal has no size, whatever a client says; and one whose size nobody knows has none either.
    if (this.#size === null || cols <= 0 || rows <= 0) return;
    this.#size = size;
    this.#screen?.resize(cols, rows);
    void guard.stream({ type: 'resize', connection, statement, columns: cols, rows });
  }

  /** `name`: without `SIG`. One that no server knows is left out. */
  signal(name: string): void {
    try {
      saySignal(this.#options.upstream, name);
    } catch {
      // ssh2 knows the signals that RFC 4254 names, and takes no other.
    }
  }

  /** Whether there is a terminal that it can reach. */
  break(milliseconds: number): boolean {
    const { size, upstream } = this.#options;
    if (size !== null) sayBreak(upstream, milliseconds);
    return size !== null;
  }

  /** Cuts it off. */
  close(): void {
    this.#stopped.resolve({ kind: 'cut' });
    this.#options.upstream.close();
  }

  /** @throws HoopError `record.append`, `session.unconfirmed`; the program is cut off then */
  async run(): Promise<Ending> {
    const { upstream, ended: sayEnded, closed, outlet, isTransfer } = this.#options;
    // Before that, it may have changed already.
    if (this.#size !== null) this.#noteSize(this.#size);
    const ended = exitOf(upstream).then((exit): Ending => exit ?? { kind: 'lost' });
    const left = closed.then((): Ending => ({ kind: 'left' }));
    const fed = this.#feed();
    const output = isTransfer ? this.#pass() : this.#show('output');
    const said = Promise.all([output, this.#show('errors')]).then(async () => {
      await outlet.flushed();
      // Of a program that goes on after its output; else it is said with the exit, and there may be words before it.
      // A client that sends no more either would close the channel at once, and never hear how it ended.
      if (!this.#isClosed && !this.#isFed) sayEnded();
      return ended;
    });
    try {
      // Input only ever ends it by failing.
      const failed = fed.then(() => said);
      const ending = await Promise.race([said, failed, left, this.#stopped.promise]);
      if (ending.kind === 'left' || ending.kind === 'found') upstream.close();
      await this.#complete(ending);
      return ending;
    } catch (error) {
      upstream.close();
      throw error;
    }
  }

  /** What the client sends. */
  async #feed(): Promise<void> {
    const { input, upstream, guard, isTransfer, statement, size } = this.#options;
    const late = (): void => undefined;
    const typed = isTransfer ? null : guard.screen({ statement, stream: 'input', isTerminal: size !== null, late });
    await flow(input, (bytes) => {
      if (isTransfer) this.#sent.add(bytes);
      typed?.push(bytes);
      const cleared = guard.release([guard.housekeeping(bytes)]);
      const sent = typed?.keepsBytes === true ? undefined : () => doneWith(bytes);
      return cleared instanceof Promise
        ? cleared.then(async (late) => void (await written(upstream, late, sent)))
        : written(upstream, cleared, sent);
    });
    this.#isFed = true;
    typed?.end();
    if (upstream.writable) upstream.end();
  }

  /** What the program says, masked and on record. */
  async #show(stream: 'output' | 'errors'): Promise<void> {
    const { guard, outlet, statement, size, upstream } = this.#options;
    const isTerminal = size !== null;
    const write = (bytes: Masked<Buffer>): Promise<void> | null => outlet.write(stream, bytes);
    const screen: Screen = guard.screen({ statement, stream, isTerminal, late: (bytes) => void write(bytes) });
    if (stream === 'output') this.#screen = screen;
    if (this.#size !== null && this.#size.cols > 0 && this.#size.rows > 0)
      screen.resize(this.#size.cols, this.#size.rows);
    await flow(stream === 'output' ? upstream : upstream.stderr, (bytes) => {
      this.#bytes += bytes.length;
      const sent = write(screen.push(bytes));
      const shown = screen.keepsBytes ? sent : doneWhen(sent, bytes);
      const room = screen.room();
      return room === null ? shown : room.then(() => shown ?? undefined);
    });
    await write(screen.end());
  }

  /** What a program says that copies files: untouched, or not at all. */
  async #pass(): Promise<void> {
    const { guard, outlet, upstream } = this.#options;
    const write = (bytes: Masked<Buffer>): Promise<void> | null => outlet.write('output', bytes);
    const sieve = guard.searches ? new Sieve(guard, (bytes) => void write(bytes)) : null;
    await flow(upstream, (bytes) => {
      const passed = sieve === null ? guard.shown(bytes) : sieve.push(bytes);
      if (passed === null) return this.#breakOff();
      this.#bytes += bytes.length;
      this.#said.add(bytes);
      const sent = write(passed);
      return sieve === null ? doneWhen(sent, bytes) : sent;
    });
    if (sieve !== null) await write(sieve.end());
  }

  /** Never resolves: nothing more is read. */
  #breakOff(): Promise<void> {
    this.#stopped.resolve({ kind: 'found' });
    return new Promise(() => undefined);
  }

  async #complete(ending: Ending): Promise<void> {
    const { guard, connection, statement, isTransfer } = this.#options;
    const complete = ending.kind === 'code' && ending.code === 0;
    if (isTransfer) {
      for (const [direction, tally] of [['in', this.#sent] as const, ['out', this.#said] as const]) {
        const { bytes } = tally;
        const event = { type: 'transfer', connection, statement, direction, path: null, bytes, complete } as const;
        await guard.note({ ...event, sha256: tally.sha256() });
      }
    }
    await guard.note({ type: 'complete', connection, statement, tag: tagOf(ending), rows: 0, bytes: this.#bytes });
  }
}

function tagOf(ending: Ending): string {
  switch (ending.kind) {
    case 'code':
      return `exit ${ending.code}`;
    case 'signal':
      return `signal ${ending.name.replace(/^SIG/, '')}`;
    case 'left':
      return 'client gone';
    case 'lost':
      return 'target gone';
    case 'found':
    case 'cut':
      return 'stopped by hoopctl';
  }
}
