import type { Line } from '../line.ts';
import { CHANNELS_AT_ONCE } from '../limits.ts';
import { Pipe, type PipeOptions } from './pipe.ts';

/** All that one client has led through at once, and what waits for it. */
export class Crossings {
  readonly line: Line;
  readonly #withdrawal = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #pipes = new Set<Pipe>();
  #taken = 0;
  #isLost = false;

  constructor(line: Line) {
    this.line = line;
    void line.gone.then(() => this.#withdrawal.abort('disconnected'));
    void line.upstream
      .then(({ closed }) => closed)
      .then(
        () => void (this.#isLost = true),
        () => undefined,
      );
  }

  /** Aborts when the client is gone, or the session ends. */
  get withdrawal(): AbortSignal {
    return this.#withdrawal.signal;
  }

  /** Takes one of the places that there are; null when none is left. What it gives frees it again. */
  enter(): (() => void) | null {
    if (this.#taken >= CHANNELS_AT_ONCE || this.#withdrawal.signal.aborted) return null;
    this.#taken += 1;
    return () => void (this.#taken -= 1);
  }

  /** Leads one connection through. `pipes`: those that end together. */
  async carry(options: Omit<PipeOptions, 'connection' | 'isLost'>, pipes: Set<Pipe>): Promise<Pipe> {
    const pipe = new Pipe({
      ...options,
      connection: this.line.number,
      isLost: () => this.#isLost || this.#withdrawal.signal.aborted,
    });
    const running = pipe.run();
    pipes.add(pipe);
    this.#pipes.add(pipe);
    this.#running.add(running);
    if (this.#withdrawal.signal.aborted) pipe.drop();
    await running;
    pipes.delete(pipe);
    this.#pipes.delete(pipe);
    this.#running.delete(running);
    return pipe;
  }

  /** Ends all of them. Resolves when that is on record. */
  async close(): Promise<void> {
    this.#withdrawal.abort('ended');
    for (const pipe of this.#pipes) pipe.drop();
    await Promise.all(this.#running);
  }
}
