/** Lines that are kept, of one shell alone and in memory. */
const MOST = 1000;

/** The lines that were submitted, and where somebody is who looks through them. */
export class History {
  readonly #lines: string[] = [];
  /** Between 0 and the number of lines: there stands what is being written. */
  #at = 0;
  #draft = '';

  get lines(): readonly string[] {
    return this.#lines;
  }

  add(line: string): void {
    if (line.trim() !== '' && this.#lines.at(-1) !== line) this.#lines.push(line);
    if (this.#lines.length > MOST) this.#lines.shift();
    this.rest();
  }

  /** Begins again behind the last line. */
  rest(): void {
    this.#at = this.#lines.length;
    this.#draft = '';
  }

  /** The line before; null when there is none. `current`: what is being written. */
  older(current: string): string | null {
    if (this.#at === 0) return null;
    if (this.#at === this.#lines.length) this.#draft = current;
    this.#at -= 1;
    return this.#lines[this.#at] ?? null;
  }

  newer(): string | null {
    if (this.#at >= this.#lines.length) return null;
    this.#at += 1;
    return this.#lines[this.#at] ?? this.#draft;
  }

  /** The latest line with these words before the one numbered `before`, and its number; null when there is none. */
  find(words: string, before: number): { readonly line: string; readonly index: number } | null {
    for (let index = Math.min(before, this.#lines.length) - 1; index >= 0; index--) {
      const line = this.#lines[index];
      if (line?.includes(words) === true) return { line, index };
    }
    return null;
  }
}
