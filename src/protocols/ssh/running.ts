import type { Readable } from 'node:stream';
import type { ClientChannel, ServerChannel, WindowChangeInfo } from 'ssh2';
import type { Guard, Masked, Screen } from '../../core/guard.ts';
import type { Outlet } from './outlet.ts';
import { type Exit, sayEof } from './ssh2.ts';

export interface RunningOptions {
  readonly client: ServerChannel;
  readonly upstream: ClientChannel;
  readonly outlet: Outlet;
  readonly guard: Guard;
  readonly connection: number;
  /** The record's number of what runs. */
  readonly statement: number;
  /** Resolves when the client has closed the channel, or is gone. */
  readonly closed: Promise<void>;
  readonly isTerminal: boolean;
}

/** A program that runs: what it is sent, and what it says, until it ends. */
export class Running {
  readonly #options: RunningOptions;
  #bytes = 0;

  constructor(options: RunningOptions) {
    this.#options = options;
    // It closes the channel, too, and that is noticed.
    options.upstream.on('error', () => undefined);
  }

  resize({ rows, cols, height, width }: WindowChangeInfo): void {
    const { upstream, guard, connection, statement } = this.#options;
    upstream.setWindow(rows, cols, height, width);
    void guard.stream({ type: 'resize', connection, statement, columns: cols, rows });
  }

  /** `name`: without `SIG`. One that no server knows is left out. */
  signal(name: string): void {
    try {
      this.#options.upstream.signal(name);
    } catch {
      // ssh2 knows the signals that RFC 4254 names, and takes no other.
    }
  }

  close(): void {
    this.#options.upstream.close();
  }

  /** Resolves with how the program ended; null when the client left before. */
  async run(): Promise<Exit | null> {
    const { upstream, client, closed } = this.#options;
    const exit = exitOf(upstream);
    const over = closed.then(() => null);
    this.#feed();
    const said = Promise.all([this.#show(upstream, 'output'), this.#show(upstream.stderr, 'errors')]);
    const ended = said.then(async () => {
      await this.#options.outlet.flushed();
      sayEof(client);
      return exit;
    });
    const result = await Promise.race([ended, over]);
    if (result === null) upstream.close();
    await this.#complete(result);
    return result;
  }

  /** What the client sends. */
  #feed(): void {
    const { client, upstream, guard } = this.#options;
    const send = async (bytes: Buffer): Promise<void> => {
      const cleared = await guard.release([guard.housekeeping(bytes)]);
      await written(upstream, cleared);
    };
    void flow(client, send).then(() => {
      if (upstream.writable) upstream.end();
    });
  }

  /** What the program says, masked and on record. */
  async #show(from: Readable, stream: 'output' | 'errors'): Promise<void> {
    const { guard, outlet, statement, isTerminal } = this.#options;
    const write = (bytes: Masked<Buffer>): Promise<void> => outlet.write(stream, bytes);
    const screen: Screen = guard.screen({ statement, stream, isTerminal, late: (bytes) => void write(bytes) });
    await flow(from, async (bytes) => {
      this.#bytes += bytes.length;
      await Promise.all([write(screen.push(bytes)), screen.room()]);
    });
    await write(screen.end());
  }

  async #complete(exit: Exit | null): Promise<void> {
    const { guard, connection, statement } = this.#options;
    const tag =
      exit === null
        ? 'client gone'
        : exit.kind === 'code'
          ? `exit ${exit.code}`
          : `signal ${exit.name.replace(/^SIG/, '')}`;
    await guard.note({ type: 'complete', connection, statement, tag, rows: 0, bytes: this.#bytes });
  }
}

/** How the program has ended, when its channel is closed. A server that does not say is taken to have failed. */
function exitOf(upstream: ClientChannel): Promise<Exit> {
  let exit: Exit = { kind: 'code', code: UNKNOWN };
  upstream.once('exit', (code: number | null, name?: string, coreDumped?: boolean, message?: string) => {
    exit =
      code !== null
        ? { kind: 'code', code }
        : { kind: 'signal', name: name ?? 'KILL', coreDumped: coreDumped === true, message: message ?? '' };
  });
  return new Promise((resolve) => upstream.once('close', () => resolve(exit)));
}

/** What OpenSSH's client gives when it was not told. */
const UNKNOWN = 255;

/** Hands on what comes, one piece at a time. Resolves at the end of it, and when the stream is closed. */
function flow(from: Readable, take: (bytes: Buffer) => Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    let busy = Promise.resolve();
    const finish = (): void => void busy.then(resolve, resolve);
    from.on('data', (bytes: Buffer) => {
      from.pause();
      busy = take(bytes).then(() => void from.resume());
      busy.catch(() => from.destroy());
    });
    from.once('end', finish).once('close', finish);
  });
}

/** Resolves when there is room for more, or nobody takes any more. */
function written(to: ClientChannel, bytes: Buffer): Promise<void> {
  if (!to.writable || to.write(bytes)) return Promise.resolve();
  return new Promise((resolve) => {
    const go = (): void => {
      to.off('drain', go).off('close', go);
      resolve();
    };
    to.once('drain', go).once('close', go);
  });
}
