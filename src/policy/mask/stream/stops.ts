const EVERY = 8;

/** The columns that a tab goes to: every eighth, unless a program says otherwise. */
export class Stops {
  /** Null as long as they are every eighth. */
  #own: Set<number> | null = null;

  get isUsual(): boolean {
    return this.#own === null;
  }

  /** Of a line of so many columns. */
  set(column: number, columns: number): void {
    this.#ownOf(columns).add(column);
  }

  clear(column: number, columns: number): void {
    this.#ownOf(columns).delete(column);
  }

  clearAll(): void {
    this.#own = new Set();
  }

  reset(): void {
    this.#own = null;
  }

  #ownOf(columns: number): Set<number> {
    this.#own ??= new Set(Array.from({ length: Math.ceil(columns / EVERY) }, (_, index) => index * EVERY));
    return this.#own;
  }

  /** The column after so many tabs; the last one when there are no more stops. */
  next(column: number, by: number, last: number): number {
    if (this.#own === null) return Math.min(last, (Math.floor(column / EVERY) + by) * EVERY);
    let at = column;
    for (let left = by; left > 0 && at < last; left--) {
      do at++;
      while (at < last && !this.#own.has(at));
    }
    return at;
  }

  /** The column so many tabs before; 0 when there are no more stops. */
  previous(column: number, by: number): number {
    if (this.#own === null) return Math.max(0, (Math.ceil(column / EVERY) - by) * EVERY);
    let at = column;
    for (let left = by; left > 0 && at > 0; left--) {
      do at--;
      while (at > 0 && !this.#own.has(at));
    }
    return at;
  }
}
