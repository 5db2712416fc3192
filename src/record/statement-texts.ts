import type { SessionEvent } from '../core/recorder.ts';

type StatementEvent = Extract<SessionEvent, { type: 'statement' }>;

/** Texts of prepared statements kept at hand: what clients keep prepared is small, a record may be large. */
const MAX_KEPT = 16 * 1024 * 1024;

/** The texts of statements while a record is read in order: those that name an earlier event for theirs, too. */
export class StatementTexts {
  readonly #kept = new Map<number, string>();
  #size = 0;

  /** The text of the statement event `number`; null when the event that carried it is too far back. */
  of(number: number, event: StatementEvent): string | null {
    if (event.text === null) return event.prepared === null ? null : this.#recall(event.prepared);
    if (event.phase === 'prepare') this.#keep(number, event.text);
    return event.text;
  }

  #recall(number: number): string | null {
    const text = this.#kept.get(number);
    if (text === undefined) return null;
    // To the end: the one not asked for longest goes first.
    this.#kept.delete(number);
    this.#kept.set(number, text);
    return text;
  }

  #keep(number: number, text: string): void {
    this.#kept.set(number, text);
    this.#size += text.length;
    for (const [oldest, dropped] of this.#kept) {
      if (this.#size <= MAX_KEPT) return;
      this.#kept.delete(oldest);
      this.#size -= dropped.length;
    }
  }
}
