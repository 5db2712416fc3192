import type { StoredEvent } from '../event.ts';
import { TerminalFilter } from '../terminal-filter.ts';
import type { TerminalPart } from './card.ts';

type TerminalEvent = Extract<StoredEvent, { type: 'terminal' | 'resize' }>;

/** Characters, and microseconds, that one part may hold: what is listed as one thing. */
const MAX_SIZE = 16 * 1024;
const MAX_TIME = 5_000_000;

type Piece = TerminalPart['pieces'][number];

interface GrowingPart {
  readonly part: TerminalPart & { readonly pieces: Piece[] };
  readonly began: number;
  size: number;
}

/** Gathers what each connection's terminal showed and was sent, in parts that can be listed. */
export class TerminalParts {
  readonly #filters = new Map<string, TerminalFilter>();
  readonly #growing = new Map<number, GrowingPart>();

  /** The part that begins with this event; null when the event went into the one before it, or shows nothing. */
  add(event: TerminalEvent, at: number): TerminalPart | null {
    const { connection } = event;
    const stream = event.type === 'resize' ? null : event.stream;
    const piece = this.#piece(event, at);
    if (piece === null) return null;
    const size = typeof piece[1] === 'string' ? piece[1].length : 0;
    const growing = this.#growing.get(connection);
    const fits = growing !== undefined && growing.size + size <= MAX_SIZE && at - growing.began <= MAX_TIME;
    if (growing !== undefined && fits && (stream === null || stream === growing.part.stream)) {
      growing.part.pieces.push(piece);
      growing.size += size;
      return null;
    }
    const part: TerminalPart & { pieces: Piece[] } = { kind: 'terminal', stream: stream ?? 'output', pieces: [piece] };
    this.#growing.set(connection, { part, began: at, size });
    return part;
  }

  /** Whatever the connection's terminal shows next begins a new part. */
  end(connection: number): void {
    this.#growing.delete(connection);
  }

  #piece(event: TerminalEvent, at: number): Piece | null {
    if (event.type === 'resize') return [at, event.columns, event.rows];
    const key = `${event.stream} ${event.connection} ${event.statement ?? 0}`;
    const filter = this.#filters.get(key) ?? new TerminalFilter();
    this.#filters.set(key, filter);
    const text = filter.push(event.text);
    return text === '' ? null : [at, text];
  }
}
