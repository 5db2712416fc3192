import type { Catalog, CatalogSource, PrintedCode } from '../../src/core/catalog.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Grammar, ParseOutcome } from '../../src/core/grammar.ts';
import type { Identity } from '../../src/core/identity.ts';
import type { Recorder, SessionEvent } from '../../src/core/recorder.ts';
import type { Standing } from '../../src/core/standing.ts';
import type { Statement } from '../../src/core/statement.ts';
import type { Trials } from '../../src/core/trial.ts';
import { loadModule, parsePlPgSQLSync, parseSync, SqlError } from 'libpg-query';
import { catalog as emptyCatalog, relation } from '../policy/sql/database.ts';

export const TABLES: Catalog = emptyCatalog({ version: 'one', relations: [relation('users'), relation('orders')] });

/** A statement as the protocol would put it. */
export function asked(text: string, more: Partial<Statement> = {}): Statement {
  return {
    protocol: 'postgres',
    phase: 'query',
    bytes: Buffer.from(text),
    text,
    parameters: null,
    parameterTypes: [],
    prepared: null,
    approval: null,
    preparedTexts: () => [],
    ...more,
  };
}

/** A catalog that the test changes, and that counts how often it was read. */
export class ScriptedSource implements CatalogSource {
  catalog: Catalog | null = TABLES;
  canBeRead = true;
  changes = 0;
  reads = 0;
  /** Runs at each read, before it answers. */
  onRead: () => void = () => undefined;

  async read(): Promise<Catalog | null> {
    this.reads += 1;
    this.onRead();
    return this.catalog;
  }

  /** Texts to print, by kind and OID. */
  readonly texts = new Map<string, string>();
  printed = 0;

  async define(codes: readonly PrintedCode[]): Promise<readonly (string | null)[] | null> {
    this.printed += codes.length;
    return codes.map(({ kind, oid }) => this.texts.get(`${kind} ${oid}`) ?? null);
  }

  readable(): boolean {
    return this.canBeRead;
  }

  alone = true;

  seesCommitted(): boolean {
    return this.alone;
  }

  epoch(): number {
    return this.changes;
  }

  /** To be called as if something this connection did had come into force for others. */
  noticed: () => void = () => undefined;

  whenOthersMayNotice(notice: () => void): void {
    this.noticed = notice;
  }
}

/** A connection on which nothing can be tried. */
export const NO_TRIALS: Trials = {
  attempt: async () => ({ withheld: 'nothing can be tried here' }),
  enact: async () => ({ withheld: 'nothing can be tried here' }),
};

/** Somebody of whom there is no doubt, until the test says so. */
export class TestStanding implements Standing {
  trouble: string | null = null;
  identity: Identity;
  readonly #listeners = new Set<(now: Identity | null) => void>();
  /** How often it was asked whether there is doubt. */
  asked = 0;

  constructor(identity: Identity) {
    this.identity = identity;
  }

  doubt(): string | null {
    this.asked += 1;
    return this.trouble;
  }

  listen(listener: (now: Identity | null) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(now: Identity | null): void {
    if (now === null) this.trouble = 'the login has ended';
    else this.identity = now;
    for (const listener of this.#listeners) listener(now);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
  }
}

/** A clock that stands still until it is told to go on. */
export class HandClock implements Clock {
  micros = 0;

  now(): number {
    return this.micros / 1000;
  }

  monotonic(): number {
    return this.micros;
  }
}

await loadModule();

function outcomeOf(parse: () => unknown): ParseOutcome {
  try {
    return { ok: true, tree: parse() };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return { ok: false, reason: 'syntax', message: error.message, position: error.sqlDetails?.cursorPosition ?? null };
  }
}

/** The real grammar, without its worker; counts what it is asked. */
export class CountingGrammar implements Grammar {
  readonly texts: string[] = [];
  onAsk: () => void = () => undefined;

  async sql(text: string): ReturnType<Grammar['sql']> {
    this.texts.push(text);
    this.onAsk();
    return outcomeOf(() => parseSync(text));
  }

  async plpgsql(text: string): ReturnType<Grammar['plpgsql']> {
    this.texts.push(text);
    this.onAsk();
    return outcomeOf(() => parsePlPgSQLSync(text));
  }

  load(): void {
    // It has no worker to start.
  }

  async close(): Promise<void> {
    this.texts.length = 0;
  }
}

/** Keeps events; can be made to fail, or to wait. */
export class ScriptedRecorder implements Recorder {
  readonly events: SessionEvent[] = [];
  readonly closed: string[] = [];
  broken: Error | null = null;
  gate: Promise<void> | null = null;

  append(event: SessionEvent): number {
    if (this.broken !== null) throw this.broken;
    return this.events.push(event);
  }

  flush(): Promise<void> | null {
    return this.gate;
  }

  write(event: SessionEvent): Promise<void> | null {
    if (this.broken !== null) return Promise.reject(this.broken);
    this.events.push(event);
    return null;
  }

  async close(cause: string): Promise<void> {
    this.closed.push(cause);
  }
}
