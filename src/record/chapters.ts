import { DamagedRecord } from './damage.ts';
import { FRAME_TYPE } from './format.ts';
import { type FrameStart, readFrames, readPreamble } from './frame-reader.ts';
import { decodeHead } from './head.ts';
import { IndexBuilder, type IndexEntry } from './index-frame.ts';
import { endOffset, finalHead, readEvents, readIndex, type RecordEntry } from './reader.ts';
import type { RecordSource } from './source.ts';

/** Frames looked at in one go, of a record that has no index yet. */
const STRIDE = 2048;

/** The events of a chapter. */
export interface Chapter {
  /** Rows have memory of their own: they can be kept. */
  readonly entries: readonly RecordEntry[];
  /** Why it ends before it should; null when it is whole. */
  readonly damage: DamagedRecord | null;
}

/** How far a record goes, as far as it is known. */
export interface Extent {
  readonly events: number;
  readonly offsetMicros: number;
  /** True when nothing will follow. */
  readonly sealed: boolean;
}

/**
 * A record as runs of a bounded number of events and bytes, each of which is read without those before it. Of a sealed
 * record its index says where they start; another is looked over from its start, piece by piece, as `grow` is called.
 */
export class Chapters {
  readonly #source: RecordSource;
  readonly #seed: Buffer;
  readonly #builder = new IndexBuilder();
  #next: FrameStart;
  #places: readonly IndexEntry[] = [];
  #extent: Extent = { events: 0, offsetMicros: 0, sealed: false };
  #damage: DamagedRecord | null = null;

  private constructor(source: RecordSource, seed: Buffer, start: FrameStart) {
    this.#source = source;
    this.#seed = seed;
    this.#next = start;
  }

  /**
   * The source stays open for as long as this is used. Null when the record was cut before anything was in it.
   * @throws DamagedRecord when it is no record, `record.unreadable`
   */
  static async open(source: RecordSource): Promise<Chapters | null> {
    const preamble = await readPreamble(source);
    if (preamble === null) return null;
    const chapters = new Chapters(source, preamble.seed, preamble.start);
    if (!(await chapters.#adoptIndex())) await chapters.grow();
    return chapters;
  }

  /** Where the chapters start, in order. */
  get places(): readonly IndexEntry[] {
    return this.#places;
  }

  get extent(): Extent {
    return this.#extent;
  }

  /** Trusts a sealed record's index as far as it makes sense: what is read by it is checked. */
  async #adoptIndex(): Promise<boolean> {
    const head = await finalHead(this.#source);
    if (head === null) return false;
    const [places, offsetMicros] = [await readIndex(this.#source, head), await endOffset(this.#source, head)];
    if (places === null || offsetMicros === null || places[0]?.number !== 0) return false;
    const ordered = places.every((place, index) => {
      const before = places[index - 1];
      return before === undefined || (place.number > before.number && place.position > before.position);
    });
    if (!ordered || (places.at(-1)?.number ?? 0) > head.size) return false;
    this.#places = places;
    this.#extent = { events: head.size, offsetMicros, sealed: true };
    return true;
  }

  /**
   * Looks further into a record that has no index. True when something was found that was not known before: call it
   * again, at once while it is true and later while the session goes on.
   * @throws `record.unreadable`
   */
  async grow(): Promise<boolean> {
    if (this.#extent.sealed || this.#damage !== null) return false;
    const frames = readFrames(this.#source, this.#seed, this.#next);
    let { events, offsetMicros } = this.#extent;
    let sealed: boolean = false;
    let places = false;
    let seen = 0;
    try {
      while (seen < STRIDE) {
        const step = await frames.next();
        if (step.done === true) break;
        const frame = step.value;
        seen += 1;
        offsetMicros = frame.offsetMicros;
        if (frame.isEvent) {
          events = frame.number + 1;
          places = this.#place(frame) || places;
        } else if (frame.type === FRAME_TYPE.head) sealed = decodeHead(frame.payload)?.final === true;
        const position = frame.position + frame.size;
        this.#next = { position, number: events, check: Buffer.from(frame.check) };
      }
    } catch (error) {
      if (!(error instanceof DamagedRecord)) throw error;
      this.#damage = error;
    }
    await frames.return({ cut: false, position: this.#next.position, number: events });
    if (places) this.#places = this.#builder.entries();
    this.#extent = { events, offsetMicros, sealed };
    return seen > 0;
  }

  /** Places are chosen as the writer chooses them: what an event refers to is never before the place of its chapter. */
  #place(frame: {
    readonly number: number;
    readonly position: number;
    readonly offsetMicros: number;
    readonly checkBefore: Buffer;
  }): boolean {
    const { number, position, offsetMicros, checkBefore } = frame;
    if (!this.#builder.wants(number, position)) return false;
    this.#builder.add({ number, position, offsetMicros, check: checkBefore.toString('latin1') });
    return true;
  }

  /** The chapter at an index; of the last one, what there is now. @throws `record.unreadable` */
  async read(index: number): Promise<Chapter> {
    const place = this.#places[index];
    const entries: RecordEntry[] = [];
    if (place === undefined) return { entries, damage: null };
    const end = this.#places[index + 1]?.number ?? Number.POSITIVE_INFINITY;
    try {
      for await (const entry of readEvents(this.#source, { place })) {
        if (entry.number >= end) break;
        entries.push(kept(entry));
      }
    } catch (error) {
      if (!(error instanceof DamagedRecord)) throw error;
      return { entries, damage: error };
    }
    return { entries, damage: null };
  }
}

function kept(entry: RecordEntry): RecordEntry {
  const { event } = entry;
  return event.type === 'rows' ? { ...entry, event: { ...event, bytes: Buffer.from(event.bytes) } } : entry;
}
