import type { Limits } from '../core/limits.ts';

/** One client's place, from its arrival on. */
export interface Place {
  /** It has logged in: false when there is no place for it among those who have. */
  enter(): boolean;
  /** It is gone. Idempotent. */
  leave(): void;
}

/**
 * Counts one session's clients: those on their way in and those who are in.
 *
 * Logging in takes milliseconds for who knows the secret. So where too many are on their way, the one that has been
 * there longest gives way to the newcomer: a flood displaces itself and keeps nobody out.
 */
export class Entrance {
  readonly #limits: Limits;
  readonly #crowded: () => void;
  /** In the order of their arrival, each with how it is turned away. */
  readonly #arriving = new Map<Place, () => void>();
  readonly #inside = new Set<Place>();

  /** `crowded` is called whenever somebody is turned away because too many are on their way in. */
  constructor(limits: Limits, crowded: () => void) {
    this.#limits = limits;
    this.#crowded = crowded;
  }

  /** How many have logged in. */
  get inside(): number {
    return this.#inside.size;
  }

  /** `turnAway` is called when the client must give way before it has entered. */
  arrive(turnAway: () => void): Place {
    const place: Place = {
      enter: () => {
        this.#arriving.delete(place);
        if (this.#inside.size >= this.#limits.connections) return false;
        this.#inside.add(place);
        return true;
      },
      leave: () => {
        this.#arriving.delete(place);
        this.#inside.delete(place);
      },
    };
    if (this.#arriving.size >= this.#limits.unauthenticated) this.#makeRoom();
    this.#arriving.set(place, turnAway);
    return place;
  }

  #makeRoom(): void {
    const [oldest] = this.#arriving;
    if (oldest === undefined) return;
    const [place, turnAway] = oldest;
    this.#arriving.delete(place);
    this.#crowded();
    turnAway();
  }
}
