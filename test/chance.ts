/** Random choices that are the same for the same seed (mulberry32). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A 32-bit number. */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** At least 0, and less than `end`. */
  below(end: number): number {
    return Math.floor((this.#next() / 2 ** 32) * end);
  }

  /** At least `first`, and at most `last`. */
  between(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }

  happens(probability: number): boolean {
    return this.#next() < probability * 2 ** 32;
  }

  /** @throws when there is nothing to choose from */
  among<T>(list: readonly T[]): T {
    const index = this.below(list.length);
    if (index >= list.length) throw new Error('nothing to choose from');
    return list[index] as T;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  /** Choices of its own, so that how many are made does not change those that follow here. */
  another(): Chance {
    return new Chance(this.#next());
  }
}

/**
 * HOOPCTL_TEST_SEED: a number that other examples are drawn from. Without it they are the same in every run: what fails
 * is then about what was changed.
 */
export const SEED = Number(process.env['HOOPCTL_TEST_SEED'] ?? 1) >>> 0;
