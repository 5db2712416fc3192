/** Adds up how many values were masked in what the clients of each session were shown. */
export class MaskedValues {
  readonly #values = new Map<string, number>();

  add(session: string, values: number): void {
    this.#values.set(session, this.of(session) + values);
  }

  of(session: string): number {
    return this.#values.get(session) ?? 0;
  }
}
