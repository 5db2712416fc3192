import { HoopError } from '../core/errors.ts';

/** How one protocol says where a message ends. */
export interface Framing {
  /** Bytes needed before `length` can tell. */
  readonly header: number;
  /** Whole length in bytes of the message that starts at `offset`, header included; null when the header makes no sense. */
  length(bytes: Buffer, offset: number): number | null;
  /** Longest acceptable message of the kind that starts at `offset`, in bytes. */
  limit(bytes: Buffer, offset: number): number;
  /** What is wrong with a message of `length` bytes that starts at `offset` and is over its limit. */
  over(bytes: Buffer, offset: number, length: number): HoopError;
  /**
   * For messages that come in large numbers and are taken many at a time: where the run of whole messages ends that
   * starts at `offset`, and how many they are. None, and the same offset, when the first one is handled by itself.
   */
  run?(bytes: Buffer, offset: number): Run;
}

/** Whole messages of one kind, one behind the other. */
export interface Run {
  /** Where the last of them ends. */
  readonly end: number;
  readonly count: number;
}

/**
 * Cuts a byte stream into messages, however it was split on the way. Nothing is allocated for a message before its
 * length is known and within its limit; room grows with what has arrived, never with what a peer announces.
 *
 * What is whole within a chunk is handed out as a view of it. Only a message that was split between chunks is copied.
 */
export class Framer {
  readonly #framing: Framing;
  #chunk: Buffer = EMPTY;
  #offset = 0;
  /** The start of a message whose end has not arrived yet, and room for more of it. */
  #rest: Buffer = EMPTY;
  #restLength = 0;
  /** Bytes of the last message that was split, up to `MOST_AT_ONCE`. */
  #usual = 0;
  #count = 0;

  constructor(framing: Framing) {
    this.#framing = framing;
  }

  /** Bytes held for a message that is not complete. */
  get pending(): number {
    return this.#restLength;
  }

  /** How many messages the last call of `next` gave. */
  get count(): number {
    return this.#count;
  }

  /** Goes on with these bytes. All that was complete before must have been taken. */
  feed(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#offset = 0;
  }

  /**
   * The next message, or the next run of messages that belong together; null when there is none before more bytes
   * arrive.
   * @throws HoopError `wire.protocol` for a length that makes no sense, the framing's own for one beyond its limit
   */
  next(): Buffer | null {
    this.#count = 1;
    if (this.#restLength > 0) return this.#finish();
    const from = this.#offset;
    const run = this.#framing.run?.(this.#chunk, from);
    if (run !== undefined && run.count > 0) {
      this.#count = run.count;
      this.#offset = run.end;
      return this.#chunk.subarray(from, run.end);
    }
    const length = this.#lengthAt(this.#chunk, from);
    if (length !== null && from + length <= this.#chunk.length) {
      this.#offset = from + length;
      return this.#chunk.subarray(from, this.#offset);
    }
    this.#append(this.#chunk.length - from, length ?? 0);
    return null;
  }

  #lengthAt(bytes: Buffer, offset: number): number | null {
    if (bytes.length - offset < this.#framing.header) return null;
    const length = this.#framing.length(bytes, offset);
    if (length === null || length < this.#framing.header) {
      throw new HoopError('wire.protocol', 'a message has an impossible length');
    }
    if (length > this.#framing.limit(bytes, offset)) throw this.#framing.over(bytes, offset, length);
    return length;
  }

  /** The message that was begun in an earlier chunk, if this one completes it. */
  #finish(): Buffer | null {
    const { header } = this.#framing;
    if (this.#restLength < header) this.#append(header - this.#restLength, 0);
    const wanted = this.#lengthAt(this.#rest.subarray(0, this.#restLength), 0);
    if (wanted === null) return null;
    this.#append(wanted - this.#restLength, wanted);
    if (this.#restLength < wanted) return null;
    const whole = this.#rest.subarray(0, wanted);
    this.#usual = Math.min(wanted, MOST_AT_ONCE);
    this.#rest = EMPTY;
    this.#restLength = 0;
    return whole;
  }

  /**
   * Keeps up to `length` more bytes of the chunk: a copy, since the chunk may be read into again. Room doubles, up to
   * what is `wanted`, so that a message which comes byte by byte costs time and memory in proportion to its length. It
   * begins with what the last message took: one that is as long is copied once.
   */
  #append(length: number, wanted: number): void {
    const part = Math.min(length, this.#chunk.length - this.#offset);
    if (part === 0) return;
    const held = this.#restLength + part;
    if (held > this.#rest.length) {
      const grown = Buffer.allocUnsafe(Math.max(held, Math.min(Math.max(2 * held, this.#usual), wanted)));
      this.#rest.copy(grown, 0, 0, this.#restLength);
      this.#rest = grown;
    }
    this.#chunk.copy(this.#rest, this.#restLength, this.#offset, this.#offset + part);
    this.#restLength = held;
    this.#offset += part;
  }
}

const EMPTY = Buffer.alloc(0);

/** Bytes that are made room for at most before they have arrived. */
const MOST_AT_ONCE = 256 * 1024;
