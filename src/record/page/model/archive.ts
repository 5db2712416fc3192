import { FLAG, INDEX_FIELDS } from '../card.ts';
import type { Card } from '../card.ts';

/** Blocks whose cards are kept parsed. */
const KEPT = 12;

/** All cards of a page: what is known of each at once, the rest when it is asked for. */
export class Archive {
  /** By position in the page. */
  readonly numbers: number[] = [];
  readonly at: number[] = [];
  readonly connections: number[] = [];
  readonly flags: number[] = [];
  readonly lines: number[] = [];
  readonly #read: (block: number) => string;
  /** The position of each block's first card. */
  readonly #starts: number[] = [];
  readonly #parsed = new Map<number, readonly Card[]>();

  /** `indexes`: see `INDEX_FIELDS`, one a block. `read` gives a block's JSON. */
  constructor(indexes: readonly (readonly number[])[], read: (block: number) => string) {
    this.#read = read;
    for (const index of indexes) {
      this.#starts.push(this.numbers.length);
      for (let at = 0; at + INDEX_FIELDS <= index.length; at += INDEX_FIELDS) {
        this.numbers.push(index[at] ?? 0);
        this.at.push(index[at + 1] ?? 0);
        this.connections.push(index[at + 2] ?? -1);
        this.flags.push(index[at + 3] ?? 0);
        this.lines.push(index[at + 4] ?? 1);
      }
    }
  }

  get count(): number {
    return this.numbers.length;
  }

  get blocks(): number {
    return this.#starts.length;
  }

  start(block: number): number {
    return this.#starts[block] ?? this.count;
  }

  /** The block's JSON as it stands in the page. */
  text(block: number): string {
    return this.#read(block);
  }

  cardsOf(block: number): readonly Card[] {
    const parsed = this.#parsed.get(block) ?? (JSON.parse(this.#read(block)) as readonly Card[]);
    this.#parsed.delete(block);
    this.#parsed.set(block, parsed);
    const [oldest] = this.#parsed.keys();
    if (this.#parsed.size > KEPT && oldest !== undefined) this.#parsed.delete(oldest);
    return parsed;
  }

  card(position: number): Card | null {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.start(middle) <= position) low = middle;
      else high = middle - 1;
    }
    return this.cardsOf(low)[position - this.start(low)] ?? null;
  }

  /** The position of the card that begins with this event; -1 when there is none. */
  positionOf(number: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.numbers[middle] ?? 0;
      if (found === number) return middle;
      if (found < number) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}

export type Kind = 'all' | 'statements' | 'refused' | 'asked' | 'errors' | 'terminal';

const WANTED: Readonly<Record<Kind, number>> = {
  all: 0,
  statements: FLAG.statement,
  refused: FLAG.refused,
  asked: FLAG.asked,
  errors: FLAG.error,
  terminal: FLAG.terminal,
};

export interface Criteria {
  readonly kind: Kind;
  /** Null: all. */
  readonly connection: number | null;
}

/** Positions of the cards that are wanted, as far as that is known without reading them. */
export function selected({ count, flags, connections }: Archive, { kind, connection }: Criteria): number[] {
  const wanted = WANTED[kind];
  const found: number[] = [];
  for (let position = 0; position < count; position += 1) {
    if (wanted !== 0 && ((flags[position] ?? 0) & wanted) === 0) continue;
    if (connection !== null && connections[position] !== connection) continue;
    found.push(position);
  }
  return found;
}
