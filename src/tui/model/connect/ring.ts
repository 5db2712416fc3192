/** The last things of a kind, in the order in which they came; older ones give way. */
export class Ring<T> {
  readonly #most: number;
  #kept: T[] = [];
  /** Where the next one goes once all places are taken: the oldest is there. */
  #next = 0;

  constructor(most: number) {
    this.#most = most;
  }

  push(one: T): void {
    if (this.#kept.length < this.#most) {
      this.#kept.push(one);
      return;
    }
    this.#kept[this.#next] = one;
    this.#next = (this.#next + 1) % this.#most;
  }

  /** All that is kept, the oldest first. */
  toArray(): readonly T[] {
    return [...this.#kept.slice(this.#next), ...this.#kept.slice(0, this.#next)];
  }
}
