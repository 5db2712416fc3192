/** From how many to how many there must be. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Counts what happened for certain, and what may have happened unseen. */
class Count {
  #certain = 0;
  #doubtful = 0;

  certainly(times = 1): void {
    this.#certain += times;
  }

  perhaps(times = 1): void {
    this.#doubtful += times;
  }

  /** What may have happened has. */
  confirm(times = 1): void {
    this.settle(times);
    this.certainly(times);
  }

  /** What may have happened was counted, or did not happen. */
  settle(times = 1): void {
    this.#doubtful -= times;
  }

  get range(): Range {
    return { least: this.#certain, most: this.#certain + this.#doubtful };
  }
}

/** What all players together know of what they did. */
export class Ledger {
  readonly connections = new Count();
  readonly refusals = new Count();
  /** Writes that were acknowledged, and those of which nobody knows, by their tokens. */
  readonly acknowledged = new Set<string>();
  readonly doubtful = new Set<string>();
  /** Things that must never be. */
  readonly complaints: string[] = [];
  /** Things done, by their name, and how often. */
  readonly done = new Map<string, number>();
  #tokens = 0;

  /** A name for a write that no other has. */
  token(): string {
    return `t${(this.#tokens += 1)}`;
  }

  did(what: string): void {
    this.done.set(what, (this.done.get(what) ?? 0) + 1);
  }

  complain(who: string, what: string): void {
    // One cause can have a thousand effects.
    if (this.complaints.length < 50) this.complaints.push(`${who}: ${what}`);
  }
}
