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
    if (this.#count === 0) return false;
    const order = this.#count === 1 ? ONLY : this.#ordered();
    let { start, end, detector } = this.#at(order[0] ?? 0);
    for (let place = 1; place < order.length; place++) {
      const next = this.#at(order[place] ?? 0);
      if (next.start < end) {
        end = Math.max(end, next.end);
        continue;
      }
      found(start, end, detector);
      ({ start, end, detector } = next);
    }
    found(start, end, detector);
    return true;
  }

  #at(index: number): { readonly start: number; readonly end: number; readonly detector: number } {
    const place = index * 3;
    return {
      start: this.#triples[place] ?? 0,
      end: this.#triples[place + 1] ?? 0,
      detector: this.#triples[place + 2] ?? 0,
    };
  }

  #ordered(): Uint32Array {
    const part = (index: number, which: number): number => this.#triples[index * 3 + which] ?? 0;
    return Uint32Array.from({ length: this.#count }, (_, index) => index).sort(
      (one, other) => part(one, 0) - part(other, 0) || part(other, 1) - part(one, 1) || part(one, 2) - part(other, 2),
    );
  }
}

const ONLY = Uint32Array.of(0);
