import type { Line } from '../line.ts';
import { Crossings } from './crossings.ts';
import { LocalForwards } from './local.ts';
import { RemoteForwards } from './remote.ts';

/** Connections that one client has led through, in either direction. Each is put before the guard first. */
export class Forwards {
  readonly #crossings: Crossings;
  readonly #remote: RemoteForwards;

  constructor(line: Line) {
    this.#crossings = new Crossings(line);
    new LocalForwards(this.#crossings).attend();
    this.#remote = new RemoteForwards(this.#crossings);
    this.#remote.attend();
  }

  /** Ends all of them. Resolves when that is on record. */
  async close(): Promise<void> {
    await this.#crossings.close();
    await this.#remote.close();
  }
}
