import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { TerminalRecord } from '../../session/index.ts';
import type { Child } from './child.ts';
import { Leftovers } from './leftovers.ts';
import { SecretFilter } from './secrets.ts';

export interface OutputOptions {
  readonly stdout: Shown;
  readonly stderr: Shown;
  /** What is never shown, as known by now: the same list while nothing has come to it. */
  readonly secrets: () => readonly string[];
  /** Where what is shown is laid down. */
  readonly records: readonly TerminalRecord[];
  /** Through pipes lines end without a carriage return, and a terminal wants one. */
  readonly pipes: boolean;
}

type Shown = Writable & { readonly isTTY?: boolean };

/** Milliseconds that what may be a secret's beginning waits for its end. */
const PATIENCE = 50;

/** Shows what a program prints, without secrets, and has it written down. */
export class Output {
  readonly #options: OutputOptions;
  readonly #child: Child;
  readonly #streams: Readonly<Record<'stdout' | 'stderr', Stream>>;
  /** What was left of the terminal where it was shown on one. */
  readonly leftovers = new Leftovers();
  /** Whoever has no room at the moment. */
  #waiting = 0;

  constructor(child: Child, options: OutputOptions) {
    this.#child = child;
    this.#options = options;
    const stream = (to: Shown): Stream => ({
      to,
      filter: new SecretFilter(options.secrets),
      text: new TextDecoder(),
      timer: null,
      gone: hasFailed(to),
    });
    this.#streams = { stdout: stream(options.stdout), stderr: stream(options.stderr) };
    for (const one of Object.values(this.#streams)) one.to.on('error', () => (one.gone = true));
    child.onOutput((name, chunk) => this.#show(this.#streams[name], (filter) => filter.push(chunk)));
  }

  /** Shows what was held back. */
  end(): void {
    for (const stream of Object.values(this.#streams)) {
      this.#show(stream, (filter) => filter.end());
      if (stream.timer !== null) clearTimeout(stream.timer);
      const half = stream.text.decode();
      if (half !== '') for (const record of this.#options.records) void record.output(half);
    }
    for (const record of this.#options.records) record.end();
  }

  #show(stream: Stream, next: (filter: SecretFilter) => Buffer): void {
    if (stream.timer !== null) clearTimeout(stream.timer);
    const bytes = next(stream.filter);
    stream.timer = setTimeout(() => this.#settle(stream), PATIENCE);
    if (bytes.length === 0) return;
    if (!this.#write(stream, bytes)) this.#wait(once(stream.to, 'drain'));
    const text = stream.text.decode(bytes, { stream: true });
    const lines = this.#options.pipes ? text.replaceAll(/\r?\n/g, '\r\n') : text;
    for (const record of this.#options.records) {
      const room = record.output(lines);
      if (room !== null) this.#wait(room);
    }
  }

  #settle(stream: Stream): void {
    stream.timer = null;
    const bytes = stream.filter.settle();
    if (bytes.length === 0) return;
    this.#write(stream, bytes);
    for (const record of this.#options.records) void record.output(stream.text.decode(bytes, { stream: true }));
  }

  /** False when whoever reads it has no room at the moment. */
  #write({ to, gone }: Stream, bytes: Buffer): boolean {
    if (gone) return true;
    if (to.isTTY === true) this.leftovers.push(bytes);
    return to.write(bytes);
  }

  #wait(room: Promise<unknown>): void {
    this.#waiting += 1;
    this.#child.pause();
    const go = (): void => {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#child.resume();
    };
    room.then(go, go);
  }
}

/** Nobody may have read what hoopctl itself said there before. */
function hasFailed(to: Writable): boolean {
  return to.destroyed || to.errored !== null;
}

interface Stream {
  readonly to: Shown;
  readonly filter: SecretFilter;
  readonly text: InstanceType<typeof TextDecoder>;
  timer: NodeJS.Timeout | null;
  /** Nobody reads it any more: what follows is written down alone. */
  gone: boolean;
}
