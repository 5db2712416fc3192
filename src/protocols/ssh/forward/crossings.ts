import type { Line } from '../line.ts';
import { CHANNELS_AT_ONCE } from '../limits.ts';
import { Pipe, type PipeOptions } from './pipe.ts';

/** One connection that is led through. */
export interface Passage {
  /** Of what came from the target. */
  readonly bytes: number;
  /** Never rejects. Both sides are closed, and what passed is on record, when it resolves. */
  run(): Promise<void>;
  /** Breaks it off. */
  drop(): void;
}

/** All that one client has led through at once, and what waits for it. */
export class Crossings {
  readonly line: Line;
  readonly #withdrawal = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #passages = new Set<Passage>();
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

  /** Leads one connection through. `together`: those that end together. `Way`: as what; as bytes when not given. */
  async carry(
    options: Omit<PipeOptions, 'connection' | 'isLost'>,
    together: Set<Passage>,
    Way: new (options: PipeOptions) => Passage = Pipe,
  ): Promise<Passage> {
    const passage = new Way({
      ...options,
      connection: this.line.number,
      isLost: () => this.#isLost || this.#withdrawal.signal.aborted,
    });
    const running = passage.run();
    together.add(passage);
    this.#passages.add(passage);
    this.#running.add(running);
    if (this.#withdrawal.signal.aborted) passage.drop();
    await running;
    together.delete(passage);
    this.#passages.delete(passage);
    this.#running.delete(running);
    return passage;
  }

  /** Ends all of them. Resolves when that is on record. */
  async close(): Promise<void> {
    this.#withdrawal.abort('ended');
    for (const passage of this.#passages) passage.drop();
    await Promise.all(this.#running);
  }
}
