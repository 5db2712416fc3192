import { after, join, type Outcome, type State } from './state.ts';

/** States of a shell where it leaves what it is in: behind `break`, `continue` and `return` it goes on with what it has there. */
export class Departures {
  #states: State[] = [];

  leave(state: State): void {
    this.#states.push(state);
  }

  /** What may be left of what is run, whether it comes to its end or not. Those further out may be left by the same word. */
  within(run: () => Outcome): State {
    const outer = this.#states;
    this.#states = [];
    const end = after(run());
    const [first, ...rest] = this.#states;
    this.#states = outer;
    if (first === undefined) return end;
    const left = rest.reduce(join, first);
    outer.push(left);
    return join(end, left);
  }
}
