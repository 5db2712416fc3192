/** What was found in one text, in any order. Reused from text to text, so that it takes no memory anew. */
export class Findings {
  #triples = new Int32Array(3 * 64);
  #count = 0;

  clear(): void {
    this.#count = 0;
  }

  add(start: number, end: number, detector: number): void {
    if ((this.#count + 1) * 3 > this.#triples.length) {
      const wider = new Int32Array(this.#triples.length * 2);
      wider.set(this.#triples);
      this.#triples = wider;
    }
    this.#triples[this.#count * 3] = start;
    this.#triples[this.#count * 3 + 1] = end;
    this.#triples[this.#count * 3 + 2] = detector;
    this.#count++;
  }

  /**
   * Gives them in order, none of them overlapping: those that overlap are one, of the detector whose finding begins first
   * or, of those, is longest. True when there was any.
   */
  each(found: (start: number, end: number, detector: number) => void): boolean {
    const order = this.#ordered();
    let start = 0;
    let end = -1;
    let detector = 0;
    for (const index of order) {
      const from = this.#triples[index * 3] ?? 0;
      const to = this.#triples[index * 3 + 1] ?? 0;
      if (from < end) {
        end = Math.max(end, to);
        continue;
      }
      if (end >= 0) found(start, end, detector);
      [start, end, detector] = [from, to, this.#triples[index * 3 + 2] ?? 0];
    }
    if (end >= 0) found(start, end, detector);
    return end >= 0;
  }

  #ordered(): Iterable<number> {
    const order = new Uint32Array(this.#count).map((_, index) => index);
    if (this.#count < 2) return order;
    const at = (index: number, part: number): number => this.#triples[index * 3 + part] ?? 0;
    return order.sort(
      (one, other) => at(one, 0) - at(other, 0) || at(other, 1) - at(one, 1) || at(one, 2) - at(other, 2),
    );
  }
}
