/** `use`: a path is looked at and made use of. `change`: it may lead somewhere else afterwards. */
export type Turn = 'use' | 'change';

interface Waiting {
  readonly turn: Turn;
  readonly go: () => void;
}

/**
 * Keeps the conversations of a session out of each other's way: between finding out where a path leads and the server's
 * answer nobody of them changes where paths lead. Many may use paths at once; whoever changes them is alone.
 */
export class Turns {
  #using = 0;
  #isChanging = false;
  readonly #waiting: Waiting[] = [];

  /** False when it is not one's turn: nothing is waited for. */
  try(turn: Turn): boolean {
    if (this.#waiting.length > 0 || !this.#isFree(turn)) return false;
    this.#take(turn);
    return true;
  }

  /** Resolves when it is one's turn: in the order of those who wait. To be given back with `leave`. */
  enter(turn: Turn): Promise<void> {
    if (this.try(turn)) return Promise.resolve();
    return new Promise((go) => this.#waiting.push({ turn, go }));
  }

  leave(turn: Turn): void {
    if (turn === 'use') this.#using -= 1;
    else this.#isChanging = false;
    for (let [next] = this.#waiting; next !== undefined && this.#isFree(next.turn); [next] = this.#waiting) {
      this.#waiting.shift();
      this.#take(next.turn);
      next.go();
    }
  }

  #isFree(turn: Turn): boolean {
    return !this.#isChanging && (turn === 'use' || this.#using === 0);
  }

  #take(turn: Turn): void {
    if (turn === 'use') this.#using += 1;
    else this.#isChanging = true;
  }
}
