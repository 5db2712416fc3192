/**
 * The sparse index that a sealed record ends with: where to start reading for an event or a moment.
 *
 * ```
 * index = entry*
 * entry = number:u48 position:u48 offset:u48 check-before[16]
 * ```
 */
import { CHECK_SIZE } from './format.ts';

export interface IndexEntry {
  /** Of the first event at or after `position`. */
  readonly number: number;
  /** Of its frame, in bytes from the start of the record. */
  readonly position: number;
  readonly offsetMicros: number;
  /** The check of the frame before: with it, reading from here verifies. */
  readonly check: Buffer;
}

const ENTRY_SIZE = 18 + CHECK_SIZE;
/** Keeps the index of the longest record under 2 MiB: beyond it every other entry goes. */
const MAX_ENTRIES = 32_768;
const BYTES_APART = 1024 * 1024;
const EVENTS_APART = 1024;

/**
 * An entry while the record is written. Of the check, one byte a character: a small Buffer would keep alive the much
 * larger one that it was cut from, for as long as the record is open.
 */
type NewEntry = Omit<IndexEntry, 'check'> & { readonly check: string };

/** Collects the index while a record is written. */
export class IndexBuilder {
  #entries: NewEntry[] = [];
  #stride = 1;
  #nextPosition = 0;
  #nextNumber = 0;

  /** The number of the event that the newest entry names. */
  get last(): number {
    return this.#entries.at(-1)?.number ?? 0;
  }

  /** True when the event at this place should get an entry. */
  wants(number: number, position: number): boolean {
    return position >= this.#nextPosition || number >= this.#nextNumber;
  }

  add(entry: NewEntry): void {
    if (this.#entries.length >= MAX_ENTRIES) {
      this.#entries = this.#entries.filter((_, index) => index % 2 === 0);
      this.#stride *= 2;
    }
    this.#entries.push(entry);
    this.#nextPosition = entry.position + BYTES_APART * this.#stride;
    this.#nextNumber = entry.number + EVENTS_APART * this.#stride;
  }

  /** The entries so far. */
  entries(): readonly IndexEntry[] {
    return this.#entries.map((entry) => ({ ...entry, check: Buffer.from(entry.check, 'latin1') }));
  }

  encode(): Buffer {
    const bytes = Buffer.alloc(this.#entries.length * ENTRY_SIZE);
    for (const [index, entry] of this.#entries.entries()) {
      const at = index * ENTRY_SIZE;
      bytes.writeUIntBE(entry.number, at, 6);
      bytes.writeUIntBE(entry.position, at + 6, 6);
      bytes.writeUIntBE(entry.offsetMicros, at + 12, 6);
      bytes.write(entry.check, at + 18, CHECK_SIZE, 'latin1');
    }
    return bytes;
  }
}

/** Null when the payload is no index. */
export function decodeIndex(payload: Buffer): IndexEntry[] | null {
  if (payload.length % ENTRY_SIZE !== 0) return null;
  return Array.from({ length: payload.length / ENTRY_SIZE }, (_, index) => {
    const at = index * ENTRY_SIZE;
    return {
      number: payload.readUIntBE(at, 6),
      position: payload.readUIntBE(at + 6, 6),
      offsetMicros: payload.readUIntBE(at + 12, 6),
      check: Buffer.from(payload.subarray(at + 18, at + ENTRY_SIZE)),
    };
  });
}
