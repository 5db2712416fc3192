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

/** What a ledger comes to, to be added to another. */
export interface Accounts {
  readonly connections: Range;
  readonly refusals: Range;
  readonly acknowledged: ReadonlySet<string>;
  readonly doubtful: ReadonlySet<string>;
  readonly done: ReadonlyMap<string, number>;
}

/** What nobody knows of a turn whose accounts are lost: more than it can have made. */
const LOST = { connections: 10, refusals: 300 };

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
  readonly #prefix: string;
  readonly #lost = new Set<string>();
  #tokens = 0;

  constructor(prefix = '') {
    this.#prefix = prefix;
  }

  /** A name for a write that no other has. */
  token(): string {
    return `${this.#prefix}${(this.#tokens += 1)}`;
  }

  /** For the tokens of a ledger that will be added to this one. */
  prefix(): string {
    return `${this.token()}-`;
  }

  /** True when it is not known whether the write was done. */
  isDoubtful(token: string): boolean {
    return this.doubtful.has(token) || this.#lost.has(`${token.split('-')[0]}-`);
  }

  accounts(): Accounts {
    const { acknowledged, doubtful, done } = this;
    return { connections: this.connections.range, refusals: this.refusals.range, acknowledged, doubtful, done };
  }

  add(accounts: Accounts): void {
    for (const what of ['connections', 'refusals'] as const) {
      const { least, most } = accounts[what];
      this[what].certainly(least);
      this[what].perhaps(most - least);
    }
    for (const token of accounts.acknowledged) this.acknowledged.add(token);
    for (const token of accounts.doubtful) this.doubtful.add(token);
    for (const [what, times] of accounts.done) this.did(what, times);
  }

  /** Instead of the accounts of the ledger with this prefix. */
  lose(prefix: string): void {
    this.#lost.add(prefix);
    this.connections.perhaps(LOST.connections);
    this.refusals.perhaps(LOST.refusals);
  }

  did(what: string, times = 1): void {
    this.done.set(what, (this.done.get(what) ?? 0) + times);
  }

  complain(who: string, what: string): void {
    // One cause can have a thousand effects.
    if (this.complaints.length < 50) this.complaints.push(`${who}: ${what}`);
  }
}
