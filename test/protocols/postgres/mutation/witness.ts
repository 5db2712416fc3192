import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Catalog, CatalogSource } from '../../../../src/core/catalog.ts';
import type { Refusal } from '../../../../src/core/decision.ts';
import { HoopError } from '../../../../src/core/errors.ts';
import type { Clearance, Cleared, Guard, Judged, Masked, Masker } from '../../../../src/core/guard.ts';
import type { SessionEvent } from '../../../../src/core/recorder.ts';
import type { Statement } from '../../../../src/core/statement.ts';
import type { Chance } from '../../../chance.ts';
import { bodyOf, cutMessages, framed } from './cutting.ts';
import { changesOf, FORBIDDEN, spoken } from './dialect.ts';

const NO: Refusal = {
  message: 'the witness says no',
  detail: 'It does.',
  hint: 'Say something else.',
  cause: 'denied',
};

export interface WitnessOptions {
  readonly chance: Chance;
  readonly catalog: CatalogSource;
  /** Rows pass as they are; else every row is replaced by a mark that nobody else makes. */
  readonly transparent: boolean;
  /** Share of the statements that are refused at random, besides those that are forbidden; 0: none at all. */
  readonly refuses: number;
}

interface Judgement {
  readonly bytes: Buffer;
  /** The text that it runs; null when it runs none. */
  readonly runs: string | null;
}

/** A whole message that was let go to the server. */
export interface Released extends Judgement {
  /** False for what was taken for housekeeping. */
  readonly judged: boolean;
}

/** A guard that keeps a copy of everything it was shown, and of what it made of it. */
export class Witness implements Guard {
  readonly #options: WitnessOptions;
  #catalog: Catalog | null = null;
  /** Statements that were let through and not released yet, by the very bytes that were judged. */
  readonly #cleared = new Map<Buffer, Judgement>();
  #numbers = 0;
  /** Messages that were let go to the server, in order. */
  readonly released: Released[] = [];
  /** What the client may see, rows and all else, in order. */
  readonly shownInOrder: Buffer[] = [];
  readonly rowsMasked: Buffer[] = [];
  readonly rowsRecorded: Buffer[] = [];
  readonly dataRecorded: Buffer[] = [];
  readonly events: SessionEvent['type'][] = [];
  /** What went wrong in a way that nobody may meet. */
  readonly failures: unknown[] = [];
  refusals = 0;

  constructor(options: WitnessOptions) {
    this.#options = options;
  }

  begin(): void {
    // It asks when it feels like it.
  }

  clear(statement: Statement): Clearance | Promise<Clearance> {
    const { chance } = this.#options;
    if (chance.happens(0.08)) return this.#readCatalog().then((unread) => this.#clear(statement, unread));
    return chance.happens(0.1) ? nextTurn().then(() => this.#clear(statement, null)) : this.#clear(statement, null);
  }

  #clear(statement: Statement, unread: Refusal | null): Clearance {
    const { chance, refuses } = this.#options;
    const forbidden = refuses > 0 && (chance.happens(refuses) || statement.text.includes(FORBIDDEN));
    if (unread !== null || forbidden) {
      this.refusals += 1;
      return { outcome: 'refused', refusal: unread ?? NO, number: 1 };
    }
    const { bytes, phase, text } = statement;
    this.#cleared.set(bytes, {
      bytes: Buffer.from(bytes),
      runs: phase === 'query' || phase === 'execute' ? text : null,
    });
    return {
      outcome: 'cleared',
      bytes: statement.bytes as Judged<Buffer>,
      number: (this.#numbers += 1),
      changes: spoken(statement.text).map(changesOf),
      results: [],
      approval: null,
    };
  }

  /** A refusal, or null when the catalog is known. */
  async #readCatalog(): Promise<Refusal | null> {
    const { catalog } = this.#options;
    if (!catalog.readable()) return null;
    try {
      this.#catalog = await catalog.read(this.#catalog === null ? [] : [this.#catalog]);
      return null;
    } catch (error) {
      if (!(error instanceof HoopError)) this.failures.push(error);
      return { ...NO, cause: 'unintelligible' };
    }
  }

  housekeeping<T extends Buffer>(frame: T): Judged<T> {
    return frame as Judged<T>;
  }

  release(batch: readonly Judged<Buffer>[]): Cleared<Buffer> | Promise<Cleared<Buffer>> {
    if (!this.#options.chance.happens(0.1)) return this.#release(batch);
    return nextTurn().then(() => this.#release(batch));
  }

  #release(batch: readonly Judged<Buffer>[]): Cleared<Buffer> {
    for (const one of batch) {
      const judged = this.#cleared.get(one) ?? null;
      this.#cleared.delete(one);
      if (judged?.bytes.equals(one) === false) this.failures.push(new Error('what was judged has changed since'));
      const { frames } = cutMessages(Buffer.from(one));
      this.released.push(...frames.map((bytes) => ({ bytes, judged: judged !== null, runs: judged?.runs ?? null })));
    }
    return Buffer.concat(batch) as Buffer as Cleared<Buffer>;
  }

  masker(): Masker {
    const { transparent } = this.#options;
    return {
      transparent,
      mask: (frames) => {
        const masked = transparent ? Buffer.from(frames) : this.#marked(frames);
        this.rowsMasked.push(masked);
        this.shownInOrder.push(masked);
        return masked as Masked<Buffer>;
      },
    };
  }

  #marked(frames: Buffer): Buffer {
    const { frames: rows, rest } = cutMessages(frames);
    if (rest.length > 0) this.failures.push(new Error('the masker was given less than whole messages'));
    return Buffer.concat(rows.map((row) => framed(row[0] ?? 0, mark(bodyOf(row)))));
  }

  readonly searches = false;

  text(bytes: Buffer): Buffer {
    return bytes;
  }

  screen(): never {
    throw new Error('PostgreSQL has no screens');
  }

  words(text: string): string {
    return text;
  }

  countMasked(): void {
    // Nothing is looked for.
  }

  shown(frame: Buffer): Masked<Buffer> {
    this.shownInOrder.push(Buffer.from(frame));
    return frame as Masked<Buffer>;
  }

  async note(event: SessionEvent): Promise<void> {
    this.events.push(event.type);
  }

  stream(event: SessionEvent): Promise<void> | null {
    this.events.push(event.type);
    if (event.type === 'rows') {
      (event.direction === 'in' ? this.dataRecorded : this.rowsRecorded).push(Buffer.from(event.bytes));
    }
    return this.#options.chance.happens(0.02) ? nextTurn() : null;
  }
}

/** A row of one value that says how long the real one was. */
function mark(body: Buffer): Buffer {
  const value = Buffer.from(`masked ${body.length}`);
  const head = Buffer.alloc(6);
  head.writeInt16BE(1, 0);
  head.writeInt32BE(value.length, 2);
  return Buffer.concat([head, value]);
}
