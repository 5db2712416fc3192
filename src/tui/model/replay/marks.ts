import { programEnd } from '../../../core/program-end.ts';
import { isOfTerminal, type RecordedEntry } from './recording.ts';
import { isRefused } from './step.ts';

/** What is worth finding again in a record. */
export const MARKS = { statement: 1, refusal: 2, request: 4, error: 8, terminal: 16 } as const;

/** Places on a timeline; enough for the widest terminal. */
const BUCKETS = 1024;

/** What an event is, as bits of `MARKS`; 0 when it is nothing of the kind. */
export function marksOf({ event }: RecordedEntry): number {
  switch (event.type) {
    case 'statement':
      return MARKS.statement | (isRefused(event) ? MARKS.refusal : 0);
    case 'settled':
      return event.outcome === 'approved' ? 0 : MARKS.refusal;
    case 'request':
    case 'granted':
      return MARKS.request;
    case 'error':
      return MARKS.error;
    case 'complete':
      return programEnd(event.tag)?.failed === true ? MARKS.error : 0;
    case 'terminal':
    case 'resize':
      return isOfTerminal(event) ? MARKS.terminal : 0;
    default:
      return 0;
  }
}

/**
 * Where on a timeline something happened, and what is in which chapter. Of a bounded size, however long the record is:
 * as it grows, each place stands for more time.
 */
export class Timeline {
  readonly #buckets = new Uint8Array(BUCKETS);
  readonly #chapters: number[] = [];
  #bucketMicros = 1;

  /** Adds a chapter that was read; again when it has grown. */
  add(chapter: number, entries: readonly RecordedEntry[]): void {
    let all = 0;
    for (const entry of entries) {
      const marks = marksOf(entry);
      all |= marks;
      if (marks !== 0) this.#mark(entry.offsetMicros, marks);
    }
    this.#chapters[chapter] = all;
  }

  #mark(offsetMicros: number, marks: number): void {
    while (offsetMicros / this.#bucketMicros >= BUCKETS) this.#double();
    const bucket = Math.floor(offsetMicros / this.#bucketMicros);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) | marks;
  }

  #double(): void {
    this.#bucketMicros *= 2;
    for (let index = 0; index < BUCKETS; index += 1) {
      const pair = 2 * index < BUCKETS ? (this.#buckets[2 * index] ?? 0) | (this.#buckets[2 * index + 1] ?? 0) : 0;
      this.#buckets[index] = pair;
    }
  }

  /** What a chapter holds, as bits of `MARKS`; null when it was not looked at yet. */
  inChapter(chapter: number): number | null {
    return this.#chapters[chapter] ?? null;
  }

  /** What happened in each of `cells` equal parts of the time up to `totalMicros`, as bits of `MARKS`. */
  cells(cells: number, totalMicros: number): readonly number[] {
    const drawn = Array.from({ length: cells }, () => 0);
    if (totalMicros <= 0) return drawn;
    for (const [bucket, marks] of this.#buckets.entries()) {
      const at = cellAt(bucket * this.#bucketMicros, cells, totalMicros);
      if (marks !== 0) drawn[at] = (drawn[at] ?? 0) | marks;
    }
    return drawn;
  }
}

/** The cell of a timeline that stands for a moment. */
export function cellAt(micros: number, cells: number, totalMicros: number): number {
  if (totalMicros <= 0) return 0;
  return Math.max(0, Math.min(cells - 1, Math.floor((micros / totalMicros) * cells)));
}
