/**
 * Two ways to count time, in microseconds: as it passed, and as it is played, with every pause longer than the limit
 * as long as that. Between the events of a pause that is shortened, one is stretched onto the other.
 */
export class Timeline {
  readonly #at: Float64Array;
  readonly #played: Float64Array;

  /** `at`: when each card began, never decreasing. `end`: when the session was over. */
  constructor(at: readonly number[], end: number, idleLimit: number) {
    const count = at.length + 2;
    this.#at = new Float64Array(count);
    this.#played = new Float64Array(count);
    for (let index = 1; index < count; index += 1) {
      const before = this.#at[index - 1] ?? 0;
      const now = Math.max(before, at[index - 1] ?? end);
      this.#at[index] = now;
      this.#played[index] = (this.#played[index - 1] ?? 0) + Math.min(now - before, idleLimit);
    }
  }

  /** How long it plays. */
  get length(): number {
    return this.#played.at(-1) ?? 0;
  }

  played(at: number): number {
    return translate(this.#at, this.#played, at);
  }

  passed(played: number): number {
    return translate(this.#played, this.#at, played);
  }

  /** When a card begins to be seen. */
  playedOf(card: number): number {
    return this.#played[card + 1] ?? this.length;
  }

  /** The last card that has begun; -1 before the first. */
  cardAt(played: number): number {
    return Math.min(lastNotAfter(this.#played, played) - 1, this.#at.length - 3);
  }
}

function translate(from: Float64Array, to: Float64Array, value: number): number {
  const index = lastNotAfter(from, value);
  const [start = 0, end] = [from[index], from[index + 1]];
  const [floor = 0, ceiling] = [to[index], to[index + 1]];
  if (end === undefined || ceiling === undefined || end <= start) return floor;
  return floor + ((value - start) / (end - start)) * (ceiling - floor);
}

/** Of values that never decrease, the position of the last that is not above this one; 0 when all are. */
export function lastNotAfter(values: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((values[middle] ?? Infinity) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
