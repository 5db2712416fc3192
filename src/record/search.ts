import type { Decision } from '../core/decision.ts';
import { HoopError } from '../core/errors.ts';
import type { Outcome } from '../core/request.ts';
import type { StoredEvent } from './event.ts';
import { readEvents } from './reader.ts';
import type { RecordEntry } from './reader.ts';
import { sessionIdTime } from './session-id.ts';
import { openSessionSource } from './source.ts';
import { sessionIds } from './store.ts';
import { StatementTexts } from './statement-texts.ts';

/** What to look for: all that is set must hold. */
export interface SearchQuery {
  /** Part of a statement's text, in any case. */
  readonly text?: string;
  /** The target's name. */
  readonly target?: string;
  readonly verdict?: Decision['verdict'];
  /** Only what was not let through: by policy, or because nobody approved it. */
  readonly refused?: boolean;
  /** Milliseconds since the epoch, of the statement. */
  readonly since?: number;
  readonly until?: number;
  /** The protocol's code of an error that the statement ended with, such as a SQLSTATE. */
  readonly errorCode?: string;
}

/** A statement that was found. Texts come from the record: show them through `visible`. */
export interface SearchHit {
  readonly session: string;
  /** The event's number. */
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly target: string;
  /** Null when the record does not hold it any more at hand. */
  readonly text: string | null;
  readonly decision: Decision;
  /** Of what was asked for: how that ended; null for what was not, and while it is open. */
  readonly outcome: Outcome | null;
  /** Set when the query asked for one. */
  readonly errorCode: string | null;
}

/** A record that could not be searched to its end. */
export interface SearchFailure {
  readonly session: string;
  readonly error: HoopError;
}

/** Statements kept until their error comes; far more than can be in flight. */
const MAX_PENDING = 4096;

class Matcher {
  readonly #query: SearchQuery;
  readonly #needle: string | null;
  readonly #texts = new StatementTexts();
  readonly #pending = new Map<number, SearchHit>();
  /** Statements that were asked for, until that has ended. */
  readonly #held = new Map<number, SearchHit>();
  readonly #session: string;
  #target = '';
  #started = 0;

  constructor(query: SearchQuery, session: string) {
    this.#query = query;
    this.#needle = query.text?.toLowerCase() ?? null;
    this.#session = session;
  }

  /** False when nothing in a record with this header can match. */
  header(event: Extract<StoredEvent, { type: 'header' }>): boolean {
    const { target, until } = this.#query;
    this.#target = event.header.target.name;
    this.#started = Date.parse(event.header.started);
    return (target === undefined || target === this.#target) && (until === undefined || this.#started <= until);
  }

  event({ number, offsetMicros, event }: RecordEntry): SearchHit | null {
    if (event.type === 'error') return this.#error(event);
    if (event.type === 'complete' && event.statement !== null) this.#pending.delete(event.statement);
    if (event.type === 'settled') return this.#ended(event.statement, event.outcome);
    if (event.type === 'granted') return this.#ended(event.statement, 'approved');
    if (event.type !== 'statement') return null;
    const text = this.#texts.of(number, event);
    const time = this.#started + offsetMicros / 1000;
    if (!this.#matches(text, event.decision, time)) return null;
    const { decision } = event;
    const about = { session: this.#session, number, time, target: this.#target };
    const hit = { ...about, text, decision, outcome: null, errorCode: null };
    // Preparing is not asked for: nothing of it has an end of its own.
    if (decision.verdict !== 'ask' || event.phase === 'prepare') return this.#found(hit);
    this.#held.set(number, hit);
    return null;
  }

  /** What was asked for and has not ended when the record does. */
  rest(): readonly SearchHit[] {
    return [...this.#held.values()].map((hit) => this.#found(hit)).filter((hit) => hit !== null);
  }

  #ended(number: number, outcome: Outcome): SearchHit | null {
    const hit = this.#held.get(number);
    this.#held.delete(number);
    return hit === undefined ? null : this.#found({ ...hit, outcome });
  }

  #found(hit: SearchHit): SearchHit | null {
    const { number, decision, outcome } = hit;
    const refused = decision.verdict === 'deny' || (outcome !== null && outcome !== 'approved');
    if (this.#query.refused === true && !refused) return null;
    if (this.#query.errorCode === undefined) return hit;
    const oldest = this.#pending.keys().next();
    if (this.#pending.size >= MAX_PENDING && oldest.done !== true) this.#pending.delete(oldest.value);
    this.#pending.set(number, hit);
    return null;
  }

  #error(event: Extract<StoredEvent, { type: 'error' }>): SearchHit | null {
    const hit = event.statement === null ? undefined : this.#pending.get(event.statement);
    if (hit === undefined || event.code !== this.#query.errorCode) return null;
    this.#pending.delete(hit.number);
    return { ...hit, errorCode: event.code };
  }

  #matches(text: string | null, decision: Decision, time: number): boolean {
    const { verdict, since, until } = this.#query;
    if (this.#needle !== null && text?.toLowerCase().includes(this.#needle) !== true) return false;
    if (verdict !== undefined && verdict !== decision.verdict) return false;
    return (since === undefined || time >= since) && (until === undefined || time <= until);
  }
}

/**
 * Looks through all records, newest first, one event in memory at a time. A record that is damaged is
 * searched up to the damage and then named as a failure: what it hides may have matched.
 * @throws HoopError `record.unreadable` when the store cannot be listed
 */
export async function* searchSessions(state: string, query: SearchQuery): AsyncGenerator<SearchHit | SearchFailure> {
  for (const id of await sessionIds(state)) {
    if (query.until !== undefined && sessionIdTime(id) > query.until) continue;
    try {
      yield* searchSession(state, id, query);
    } catch (error) {
      if (!(error instanceof HoopError)) throw error;
      if (error.code !== 'record.missing') yield { session: id, error };
    }
  }
}

async function* searchSession(state: string, id: string, query: SearchQuery): AsyncGenerator<SearchHit> {
  const source = await openSessionSource(state, id);
  try {
    const matcher = new Matcher(query, id);
    for await (const entry of readEvents(source)) {
      if (entry.event.type === 'header') {
        if (!matcher.header(entry.event)) return;
        continue;
      }
      const hit = matcher.event(entry);
      if (hit !== null) yield hit;
    }
    yield* matcher.rest();
  } finally {
    await source.close();
  }
}
