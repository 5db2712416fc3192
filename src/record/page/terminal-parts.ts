import { placeName } from '../../core/shown-place.ts';
import type { StoredEvent } from '../event.ts';
import { TerminalFilter } from '../terminal-filter.ts';
import type { Part, TerminalPart } from './card.ts';

type TerminalEvent = Extract<StoredEvent, { type: 'terminal' | 'resize' }>;

/** Characters, and microseconds, that one part may hold: what is listed as one thing. */
const MAX_SIZE = 16 * 1024;
const MAX_TIME = 5_000_000;
/** Characters that a page holds of what one command writes without a terminal. */
const MAX_PIPED = 256 * 1024;

type Piece = TerminalPart['pieces'][number];

interface GrowingPart {
  readonly connection: number;
  readonly part: TerminalPart & { readonly pieces: Piece[] };
  readonly began: number;
  size: number;
}

/** Gathers what each terminal showed and was sent, and what commands wrote without one, in parts that can be listed. */
export class TerminalParts {
  readonly #filters = new Map<string, TerminalFilter>();
  readonly #growing = new Map<string, GrowingPart>();
  /** Of commands without a terminal, what they have written so far. */
  readonly #written = new Map<string, number>();

  /** The part that begins with this event; null when the event went into the one before it, or shows nothing. */
  add(event: TerminalEvent, at: number): Part | null {
    const name = placeName(event);
    const stream = event.type === 'resize' ? null : event.stream;
    const piped = event.type === 'terminal' && event.piped === true;
    const piece = this.#piece(event, at);
    if (piece === null) return null;
    const size = typeof piece[1] === 'string' ? piece[1].length : 0;
    if (piped && this.#isTooMuch(name, size)) return this.#cutOff(name, size);
    const growing = this.#growing.get(name);
    const fits = growing !== undefined && growing.size + size <= MAX_SIZE && at - growing.began <= MAX_TIME;
    if (growing !== undefined && fits && (stream === null || stream === growing.part.stream)) {
      growing.part.pieces.push(piece);
      growing.size += size;
      return null;
    }
    const about = { stream: stream ?? 'output', statement: event.statement ?? null, piped } as const;
    const part: TerminalPart & { pieces: Piece[] } = { kind: 'terminal', ...about, pieces: [piece] };
    this.#growing.set(name, { connection: event.connection, part, began: at, size });
    return part;
  }

  /** Whatever the connection's terminals show next begins a new part. */
  end(connection: number): void {
    for (const [name, growing] of this.#growing)
      if (growing.connection === connection && !growing.part.piped) this.#growing.delete(name);
  }

  /** The same for the terminal, or the command, of a part that is given out. */
  endPart(connection: number, { statement }: TerminalPart): void {
    this.#growing.delete(placeName(statement === null ? { connection } : { connection, statement }));
  }

  #isTooMuch(name: string, size: number): boolean {
    const written = (this.#written.get(name) ?? 0) + size;
    this.#written.set(name, written);
    return written > MAX_PIPED;
  }

  /** Says once that there is more. */
  #cutOff(name: string, size: number): Part | null {
    const isFirst = (this.#written.get(name) ?? 0) - size <= MAX_PIPED;
    return isFirst ? { kind: 'lines', role: 'note', lines: ['more of it is on record: export as NDJSON'] } : null;
  }

  #piece(event: TerminalEvent, at: number): Piece | null {
    if (event.type === 'resize') return [at, event.columns, event.rows];
    const key = `${event.stream} ${placeName(event)}`;
    const filter = this.#filters.get(key) ?? new TerminalFilter();
    this.#filters.set(key, filter);
    const shown = filter.push(event.text);
    // Without a terminal nothing goes back to the first column by itself.
    const text = event.piped === true ? shown.replaceAll(/\r?\n/g, '\r\n') : shown;
    return text === '' ? null : [at, text];
  }
}
