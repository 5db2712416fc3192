import type { LiveDoor, LiveEvent, LiveStatement } from './feed.ts';
import { Ring } from './ring.ts';

/** A statement as it is kept to be looked at. */
export interface Seen extends LiveStatement {
  /** Counts from 1. */
  readonly number: number;
  /** Wall clock, milliseconds. */
  readonly at: number;
  /** Characters of the text; `text` may be its beginning only. */
  readonly length: number;
}

/** What is known at one moment. */
export interface Snapshot {
  readonly doors: readonly LiveDoor[];
  readonly statements: readonly Seen[];
  readonly refused: readonly Seen[];
  readonly warnings: readonly string[];
  readonly totals: Totals;
}

export interface Totals {
  readonly letThrough: number;
  readonly refused: number;
  /** Values that were masked in what clients were shown. */
  readonly masked: number;
  /** Connections that have asked for something. */
  readonly connections: number;
}

export const NOTHING: Snapshot = {
  doors: [],
  statements: [],
  refused: [],
  warnings: [],
  totals: { letThrough: 0, refused: 0, masked: 0, connections: 0 },
};

const STATEMENTS_KEPT = 1000;
const REFUSED_KEPT = 500;
const WARNINGS_KEPT = 50;
/** Characters of a text that are kept: all of it is on record. */
const TEXT_KEPT = 8000;

/** Adds up what happens. What it costs does not depend on what came before, and little on what comes. */
export class Tally {
  readonly #statements = new Ring<Seen>(STATEMENTS_KEPT);
  readonly #refused = new Ring<Seen>(REFUSED_KEPT);
  readonly #warnings = new Ring<string>(WARNINGS_KEPT);
  readonly #connections = new Map<string, Set<number>>();
  #doors: readonly LiveDoor[] = [];
  #letThrough = 0;
  #refusedCount = 0;
  #masked = 0;
  #number = 0;

  add(event: LiveEvent, at: number): void {
    switch (event.type) {
      case 'door':
        this.#doors = [...this.#doors, event.door];
        return;
      case 'identity':
        this.#doors = this.#doors.map((door) => ({ ...door, identity: event.identity }));
        return;
      case 'warning':
        this.#warnings.push(event.message);
        return;
      case 'masked':
        this.#masked += event.values;
        return;
      case 'statement':
        this.#statement(event.statement, at);
    }
  }

  snapshot(): Snapshot {
    return {
      doors: this.#doors,
      statements: this.#statements.toArray(),
      refused: this.#refused.toArray(),
      warnings: this.#warnings.toArray(),
      totals: {
        letThrough: this.#letThrough,
        refused: this.#refusedCount,
        masked: this.#masked,
        connections: [...this.#connections.values()].reduce((sum, { size }) => sum + size, 0),
      },
    };
  }

  #statement(statement: LiveStatement, at: number): void {
    const { session, connection, phase, refusal } = statement;
    let connections = this.#connections.get(session);
    if (connections === undefined) this.#connections.set(session, (connections = new Set()));
    connections.add(connection);
    // What is prepared has not been run: it is told when it is.
    if (refusal === null && (phase === 'prepare' || phase === 'bind')) return;
    this.#number += 1;
    const seen: Seen = { ...kept(statement), number: this.#number, at, length: statement.text.length };
    this.#statements.push(seen);
    if (refusal === null) {
      this.#letThrough += 1;
    } else {
      this.#refusedCount += 1;
      this.#refused.push(seen);
    }
  }
}

function kept(statement: LiveStatement): LiveStatement {
  if (statement.text.length <= TEXT_KEPT) return statement;
  // A slice of a string holds on to all of it.
  const text = Buffer.from(statement.text.slice(0, TEXT_KEPT), 'utf16le').toString('utf16le');
  return { ...statement, text };
}
