/** Milliseconds between two attempts, at most. */
const LONGEST = 15_000;

/** How long to wait before something is tried again that has failed: longer each time, and not for all alike. */
export class Patience {
  readonly #first: number;
  readonly #longest: number;
  #pause: number;
  #until = Number.NEGATIVE_INFINITY;

  /** Milliseconds: the first pause, and the time in which several attempts are wanted. */
  constructor(first: number, within: number) {
    this.#first = first;
    this.#longest = Math.max(first, Math.min(LONGEST, within / 10));
    this.#pause = first;
  }

  isOver(now: number): boolean {
    return now >= this.#until;
  }

  lose(now: number): void {
    this.#until = now + this.#pause * (0.5 + Math.random() / 2);
    this.#pause = Math.min(2 * this.#pause, this.#longest);
  }

  gain(): void {
    this.#pause = this.#first;
    this.#until = Number.NEGATIVE_INFINITY;
  }
}
