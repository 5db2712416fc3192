import { HoopError } from '../core/errors.ts';

/** How one protocol says where a message ends. */
export interface Framing {
  /** Bytes needed before `length` can tell. */
  readonly header: number;
  /** Whole length in bytes of the message that starts at `offset`, header included; null when the header makes no sense. */
  length(bytes: Buffer, offset: number): number | null;
  /** Longest acceptable message of the kind that starts at `offset`, in bytes. */
  limit(bytes: Buffer, offset: number): number;
}

/**
 * Cuts a byte stream into messages, however it was split on the way. Nothing is allocated for a message before its
 * length is known and within its limit.
 *
 * At most one incomplete message is kept; everything that was complete in a chunk is handed out as views of that chunk.
 */
export class Framer {
  readonly #framing: Framing;
  /** The start of a message that is not complete yet, and room for more of it. */
  #rest: Buffer = EMPTY;
  #restLength = 0;
  /** Whole length of the message in `rest`, once known. */
  #wanted: number | null = null;

  constructor(framing: Framing) {
    this.#framing = framing;
  }

  /** Bytes held for a message that is not complete. */
  get pending(): number {
    return this.#restLength;
  }

  /**
   * Gives every message that is complete now as one run of bytes and the offsets at which each starts.
   * @throws HoopError `wire.protocol` for a length that makes no sense, `wire.limit` for one beyond its limit
   */
  push(chunk: Buffer): Run {
    const bytes = this.#join(chunk);
    if (bytes === null) return NOTHING;
    const starts: number[] = [];
    let offset = 0;
    for (;;) {
      const length = this.#lengthAt(bytes, offset);
      if (length === null || offset + length > bytes.length) {
        this.#keep(bytes.subarray(offset), length);
        break;
      }
      starts.push(offset);
      offset += length;
    }
    return { bytes: bytes.subarray(0, offset), starts };
  }

  #lengthAt(bytes: Buffer, offset: number): number | null {
    if (bytes.length - offset < this.#framing.header) return null;
    const length = this.#framing.length(bytes, offset);
    if (length === null || length < this.#framing.header) {
      throw new HoopError('wire.protocol', 'a message has an impossible length');
    }
    const limit = this.#framing.limit(bytes, offset);
    if (length > limit) throw new HoopError('wire.limit', `a message of ${length} bytes is over the limit of ${limit}`);
    return length;
  }

  #keep(rest: Buffer, wanted: number | null): void {
    // A copy: the chunk may be read into again.
    this.#rest = rest.length === 0 ? EMPTY : Buffer.from(rest);
    this.#restLength = rest.length;
    this.#wanted = wanted;
  }

  /** What was kept and the chunk as one, or null while that is still no whole message. */
  #join(chunk: Buffer): Buffer | null {
    if (this.#restLength === 0) return chunk;
    this.#append(chunk);
    const held = this.#rest.subarray(0, this.#restLength);
    this.#wanted ??= this.#lengthAt(held, 0);
    if (this.#wanted === null || this.#restLength < this.#wanted) return null;
    this.#keep(EMPTY, null);
    return held;
  }

  /**
   * Room grows with what has arrived, never with what a peer announces, and by doubling: a message that comes byte by
   * byte costs time and memory in proportion to its length.
   */
  #append(chunk: Buffer): void {
    const length = this.#restLength + chunk.length;
    if (length > this.#rest.length) {
      const room = Math.max(length, Math.min(2 * length, this.#wanted ?? 0));
      const grown = Buffer.allocUnsafe(room);
      this.#rest.copy(grown, 0, 0, this.#restLength);
      this.#rest = grown;
    }
    chunk.copy(this.#rest, this.#restLength);
    this.#restLength = length;
  }
}

const EMPTY = Buffer.alloc(0);

/** Whole messages, one behind the other, and where each starts. */
export interface Run {
  readonly bytes: Buffer;
  readonly starts: readonly number[];
}

const NOTHING: Run = { bytes: EMPTY, starts: [] };
