/** Heights of what stands in a list, some known and some guessed: sums and positions in logarithmic time. */
export class Heights {
  readonly #heights: Float64Array;
  /** A Fenwick tree, from 1. */
  readonly #sums: Float64Array;

  constructor(count: number, guess: (index: number) => number) {
    this.#heights = new Float64Array(count);
    this.#sums = new Float64Array(count + 1);
    for (let index = 0; index < count; index += 1) {
      const height = guess(index);
      this.#heights[index] = height;
      this.#sums[index + 1] = (this.#sums[index + 1] ?? 0) + height;
      const parent = index + 1 + ((index + 1) & -(index + 1));
      if (parent <= count) this.#sums[parent] = (this.#sums[parent] ?? 0) + (this.#sums[index + 1] ?? 0);
    }
  }

  get count(): number {
    return this.#heights.length;
  }

  get total(): number {
    return this.topOf(this.count);
  }

  /** Gives by how much it changed. */
  set(index: number, height: number): number {
    const change = height - (this.#heights[index] ?? 0);
    if (change === 0 || index >= this.count) return 0;
    this.#heights[index] = height;
    for (let at = index + 1; at <= this.count; at += at & -at) this.#sums[at] = (this.#sums[at] ?? 0) + change;
    return change;
  }

  /** The sum of all before it. */
  topOf(index: number): number {
    let sum = 0;
    for (let at = Math.min(index, this.count); at > 0; at -= at & -at) sum += this.#sums[at] ?? 0;
    return sum;
  }

  /** The one that stands there; the last one below all. */
  indexAt(top: number): number {
    let index = 0;
    let left = top;
    for (let step = 2 ** Math.floor(Math.log2(Math.max(1, this.count))); step >= 1; step /= 2) {
      const sum = this.#sums[index + step];
      if (index + step > this.count || sum === undefined || sum > left) continue;
      index += step;
      left -= sum;
    }
    return Math.max(0, Math.min(index, this.count - 1));
  }
}
