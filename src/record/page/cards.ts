import type { StoredEvent } from '../event.ts';
import type { RecordEntry } from '../reader.ts';
import { closeLine, endLine, openLine, transferLine } from '../replay-lines.ts';
import type { RequestEvent } from '../replay-requests.ts';
import { Results } from '../results.ts';
import type { RowDecoder, ShownResult } from '../results.ts';
import { StatementTexts } from '../statement-texts.ts';
import { isRefused } from '../tally.ts';
import { visible, visibleLines } from '../../core/visible.ts';
import type { Card, Part } from './card.ts';
import { refusalPart, resultPart, statementPart } from './event-parts.ts';
import { requestPart } from './request-parts.ts';
import { TerminalParts } from './terminal-parts.ts';

type Of<T extends StoredEvent['type']> = Extract<StoredEvent, { type: T }>;

/** Cards that are kept for what may still come of them: with pipelining that comes late. */
const KEPT_DONE = 64;
const KEPT = 4096;
/** Of them, characters: about as much memory as one result may take. */
const KEPT_SIZE = 32 * 1024 * 1024;

/** About the most that a part of a command's output holds. */
const PIPED_SIZE = 16 * 1024;

interface OpenCard extends Card {
  readonly parts: Part[];
  /** Nothing more is expected. */
  done: boolean;
  size: number;
}

/** Gathers what belongs together, from events in their order. Cards come out in the order in which they began. */
export class Cards {
  readonly #texts = new StatementTexts();
  readonly #results: Results;
  readonly #open = new Map<number, OpenCard>();
  /** The latest statement of each connection, and the statement of each request. */
  readonly #latest = new Map<number, number>();
  readonly #requests = new Map<string, number>();
  readonly #terminals = new TerminalParts();
  #size = 0;

  constructor(decode: RowDecoder, maxRows: number) {
    this.#results = new Results({ decode, maxRows });
  }

  /** The cards that are whole now. */
  add(entry: RecordEntry): Card[] {
    const { event, number } = entry;
    for (const result of this.#results.endedBy(event)) this.#result(result, entry);
    this.#event(entry);
    if (event.type === 'close') this.#latest.delete(event.connection);
    if (event.type === 'statement') this.#latest.set(event.connection, number);
    return this.#ripe();
  }

  /** All the others. */
  finish(): Card[] {
    const cards = [...this.#open.values()].map(plain);
    this.#open.clear();
    return cards;
  }

  #event(entry: RecordEntry): void {
    const { event, offsetMicros: at } = entry;
    switch (event.type) {
      case 'header':
        return;
      case 'open':
        return this.#note(entry, event.connection, openLine(event));
      case 'statement':
        return this.#statement(entry, event);
      case 'columns':
        return this.#results.columns(event.connection, event.statement, event.columns);
      case 'rows':
        return this.#results.rows(event);
      case 'complete':
        return this.#complete(entry, event);
      case 'error': {
        const { severity, code, message } = event;
        const said = { severity: visible(severity), code: visible(code), message: visibleLines(message) };
        return this.#belonging(entry, event.connection, event.statement, { kind: 'error', at, ...said }, true);
      }
      case 'notice': {
        const said = { code: visible(event.code), message: visibleLines(event.message) };
        return this.#belonging(entry, event.connection, null, { kind: 'notice', at, ...said }, false);
      }
      case 'request':
      case 'preview':
      case 'answer':
      case 'settled':
      case 'granted':
      case 'revoked':
        return this.#request(entry, event);
      case 'transfer':
        return this.#belonging(
          entry,
          event.connection,
          event.statement ?? null,
          { kind: 'lines', role: 'note', lines: [transferLine(event)] },
          false,
        );
      case 'terminal':
      case 'resize':
        return this.#terminal(entry, event);
      case 'cancel':
        return this.#note(entry, event.connection, `connection ${event.connection}: asked to cancel`);
      case 'close':
        return this.#note(entry, event.connection, closeLine(event));
      case 'end':
        return this.#begin(entry, null, { kind: 'lines', role: 'end', lines: [endLine(event)] }, true);
    }
  }

  #statement(entry: RecordEntry, event: Of<'statement'>): void {
    const text = this.#texts.of(entry.number, event);
    const refused = isRefused(event);
    const runs = event.phase === 'query' || event.phase === 'execute';
    this.#begin(entry, event.connection, statementPart(event, text), refused || !runs);
    if (refused) this.#append(entry.number, refusalPart(event), true);
  }

  #complete(entry: RecordEntry, event: Of<'complete'>): void {
    const number = event.statement ?? this.#latest.get(event.connection) ?? null;
    const began = number === null ? undefined : this.#open.get(number)?.at;
    const took = began === undefined ? null : entry.offsetMicros - began;
    const outcome = { kind: 'outcome', at: entry.offsetMicros, tag: visible(event.tag), took } as const;
    this.#belonging(entry, event.connection, event.statement, outcome, true);
  }

  #result(result: ShownResult, entry: RecordEntry): void {
    const { event } = entry;
    const connection = 'connection' in event ? event.connection : null;
    this.#belonging(entry, connection, result.statement, resultPart(result), false);
  }

  #request(entry: RecordEntry, event: RequestEvent): void {
    const id = event.type === 'answer' ? event.answer.request : event.request;
    if (event.type === 'request') this.#requests.set(id, event.statement);
    const number = 'statement' in event ? event.statement : (this.#requests.get(id) ?? null);
    const connection = 'connection' in event ? event.connection : null;
    const over = event.type === 'settled' && event.outcome !== 'approved';
    this.#belonging(entry, connection, number, requestPart(event, entry.offsetMicros), over);
  }

  #terminal(entry: RecordEntry, event: Of<'terminal'> | Of<'resize'>): void {
    const part = this.#terminals.add(event, entry.offsetMicros);
    if (part === null) return;
    const isResult = event.type === 'terminal' && event.piped === true && event.statement !== undefined;
    if (isResult) this.#belonging(entry, event.connection, event.statement, part, false);
    else this.#begin(entry, event.connection, part, true);
  }

  #note(entry: RecordEntry, connection: number, line: string): void {
    this.#begin(entry, connection, { kind: 'lines', role: 'connection', lines: [visible(line)] }, true);
  }

  /** Puts a part where it belongs: with a statement, the connection's latest one, or on a card of its own. */
  #belonging(entry: RecordEntry, connection: number | null, statement: number | null, part: Part, done: boolean): void {
    const latest = connection === null ? undefined : this.#latest.get(connection);
    const number = statement ?? latest ?? null;
    if (number !== null && this.#append(number, part, done)) return;
    const known = this.#open.get(entry.number);
    if (known === undefined) this.#begin(entry, connection, part, true);
    else this.#append(entry.number, part, true);
    // Its statement was given out already, long ago.
    if (number !== null) this.#append(entry.number, { kind: 'lines', role: 'note', lines: [`of #${number}`] }, true);
  }

  #begin(entry: RecordEntry, connection: number | null, part: Part, done: boolean): void {
    if (connection !== null && part.kind !== 'terminal') this.#terminals.end(connection);
    const { number, offsetMicros: at } = entry;
    this.#open.set(number, { number, at, connection, parts: [], done, size: 0 });
    this.#append(number, part, done);
  }

  /** False when there is no such card, or no longer. */
  #append(number: number, part: Part, done: boolean): boolean {
    const card = this.#open.get(number);
    if (card === undefined) return false;
    card.parts.push(part);
    card.done ||= done;
    const size = sizeOf(part);
    card.size += size;
    this.#size += size;
    return true;
  }

  #ripe(): Card[] {
    const ripe: Card[] = [];
    for (const [number, card] of this.#open) {
      const pressed = this.#open.size > KEPT || this.#size > KEPT_SIZE;
      if (!pressed && (this.#open.size <= KEPT_DONE || !card.done)) break;
      this.#open.delete(number);
      this.#size -= card.size;
      const { connection } = card;
      if (connection !== null)
        for (const part of card.parts) if (part.kind === 'terminal') this.#terminals.endPart(connection, part);
      ripe.push(plain(card));
    }
    return ripe;
  }
}

function plain({ number, at, connection, parts }: OpenCard): Card {
  return { number, at, connection, parts };
}

/** About how many characters a part holds. */
function sizeOf(part: Part): number {
  switch (part.kind) {
    case 'statement':
      return part.text.length;
    case 'result':
      return part.rows?.reduce((sum, row) => row.reduce((length, value) => length + (value?.length ?? 4), sum), 0) ?? 0;
    case 'error':
    case 'notice':
      return part.message.length;
    case 'terminal':
      // It grows to about as much.
      return part.piped ? PIPED_SIZE : 0;
    default:
      return 0;
  }
}
