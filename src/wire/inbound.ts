import type { Readable } from 'node:stream';
import { HoopError } from '../core/errors.ts';
import type { Arena } from './arena.ts';

/** Takes bytes as they arrive; null when they are done with, else a promise of that. */
export type Taker = (chunk: Buffer) => Promise<void> | null;

/**
 * The bytes of a stream, read in one place. During a handshake exact numbers of bytes are taken; what a peer sent
 * early stays here and can be looked at, so that nothing slips from a plain connection into an encrypted one. After
 * it, bytes `flow`.
 */
export class Inbound {
  readonly #stream: Readable;
  readonly #arena: Arena | null;
  #early: Buffer = EMPTY;
  /** What arrived in the arena and was not taken. */
  #filled: Buffer | null = null;
  #wake: (() => void) | null = null;
  #over = false;
  #detached = false;
  #flow: Flow | null = null;
  readonly #onReadable = (): void => this.#stir();
  readonly #onOver = (): void => {
    this.#over = true;
    this.#stir();
  };

  /** `arena`: the one the stream reads into, if it does. */
  constructor(stream: Readable, arena: Arena | null = null) {
    this.#stream = stream;
    this.#arena = arena;
    if (arena === null) stream.on('readable', this.#onReadable);
    else {
      arena.arrived = (bytes) => {
        this.#filled = bytes;
        this.#stir();
        return false;
      };
    }
    stream.on('end', this.#onOver);
    stream.on('close', this.#onOver);
    stream.on('error', this.#onOver);
  }

  /** Bytes that arrived and were not taken. */
  get early(): number {
    return this.#early.length + (this.#arena === null ? this.#stream.readableLength : (this.#filled?.length ?? 0));
  }

  /** Resolves when something has arrived and can be read, or the stream is over; never when somebody reads meanwhile. */
  async arrival(): Promise<void> {
    if (this.early > 0 || this.#isOver()) return;
    if (this.#arena !== null) this.#stream.resume();
    // An end that came already is told only to who reads.
    else this.#stream.read(0);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  /** The next bytes, as many as have arrived; null at the end. Those of an arena are valid until the next call. */
  async chunk(): Promise<Buffer | null> {
    for (;;) {
      const chunk = this.#arrived();
      if (chunk !== null) return chunk;
      if (this.#isOver()) return null;
      if (this.#arena !== null) this.#stream.resume();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #arrived(): Buffer | null {
    if (this.#detached) return null;
    const early = this.#early;
    this.#early = EMPTY;
    if (early.length > 0) return early;
    if (this.#arena === null) return this.#stream.read() as Buffer | null;
    const filled = this.#filled;
    this.#filled = null;
    return filled;
  }

  #isOver(): boolean {
    return this.#over || this.#stream.readableEnded || this.#stream.destroyed || this.#detached;
  }

  /**
   * Exactly `length` bytes.
   * @throws HoopError `wire.closed` when the stream ends before
   */
  async exactly(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      const chunk = await this.chunk();
      if (chunk === null) throw new HoopError('wire.closed', 'the connection was closed in the middle of a message');
      const part = chunk.subarray(0, missing);
      parts.push(this.#arena === null ? part : Buffer.from(part));
      if (chunk.length > missing) this.#early = chunk.subarray(missing);
      missing -= Math.min(missing, chunk.length);
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, length);
  }

  /** Puts bytes back to be read first. */
  unread(bytes: Buffer): void {
    this.#early = this.#early.length === 0 ? bytes : Buffer.concat([bytes, this.#early]);
  }

  /**
   * From now on every chunk goes to `take` as it arrives, in the very turn of the event loop. While it is not done with
   * one, what comes next is kept, and no more is read than `AHEAD` (nothing, of an arena): so that an end is noticed.
   * Resolves at the end of the stream or when detached, after the last chunk was done with.
   * @throws what `take` throws or rejects with; nothing more is read then
   */
  async flow(take: Taker): Promise<void> {
    const flow = new Flow(take, () => this.#isOver(), this.#stream);
    this.#flow = flow;
    if (this.#arena === null) {
      for (let chunk = this.#arrived(); chunk !== null; chunk = this.#arrived()) flow.onData(chunk);
      this.#stream.off('readable', this.#onReadable);
      this.#stream.on('data', flow.onData);
    } else {
      for (let chunk = this.#arrived(); chunk !== null; chunk = this.#arrived()) await take(chunk);
      if (this.#isOver()) return;
      this.#arena.arrived = flow.onBytes;
    }
    this.#wake = () => flow.stir();
    flow.stir();
    this.#stream.resume();
    try {
      await flow.done;
    } finally {
      this.#wake = null;
      this.#stream.off('data', flow.onData);
      if (this.#arena !== null) this.#arena.arrived = () => false;
      this.#stream.pause();
    }
  }

  /**
   * Lets go of the stream, for whoever takes it over: whoever waits here, or asks again, is at the end. Unread early
   * bytes are lost: look at `early` first. Errors of the stream are no longer heard here.
   */
  detach(): void {
    this.#detached = true;
    this.#flow?.drop();
    this.#stream.off('readable', this.#onReadable);
    this.#stream.off('end', this.#onOver);
    this.#stream.off('close', this.#onOver);
    this.#stream.off('error', this.#onOver);
    this.#stir();
  }

  #stir(): void {
    this.#wake?.();
  }
}

const EMPTY = Buffer.alloc(0);

/** Bytes that are read ahead of a taker who is busy. */
const AHEAD = 64 * 1024;

/** Bytes on their way from a stream to one taker. */
class Flow {
  readonly #take: Taker;
  readonly #isOver: () => boolean;
  readonly #stream: Readable;
  readonly #end = Promise.withResolvers<void>();
  #busy = false;
  #dropped = false;
  #ahead: Buffer[] = [];
  #size = 0;

  constructor(take: Taker, isOver: () => boolean, stream: Readable) {
    this.#take = take;
    this.#isOver = isOver;
    this.#stream = stream;
    // Whoever waits for it hears of it; nobody may be waiting yet.
    this.#end.promise.catch(() => undefined);
  }

  get done(): Promise<void> {
    return this.#end.promise;
  }

  /** Forgets what was read ahead, and whatever still comes. */
  drop(): void {
    this.#dropped = true;
    this.#ahead = [];
    this.#size = 0;
  }

  /** Looks whether the stream is over. */
  stir(): void {
    if (!this.#busy && this.#ahead.length === 0 && this.#isOver()) this.#end.resolve();
  }

  readonly onData = (bytes: Buffer): void => {
    if (this.#dropped) return;
    if (!this.#busy) {
      this.onBytes(bytes);
      return;
    }
    this.#ahead.push(bytes);
    this.#size += bytes.length;
    if (this.#size >= AHEAD) this.#stream.pause();
  };

  /** False when it cannot be taken at once: the bytes are to stay as they are until then. */
  readonly onBytes = (bytes: Buffer): boolean => {
    this.#busy = true;
    try {
      const wait = this.#take(bytes);
      if (wait !== null) {
        wait.then(this.#goOn, this.#end.reject);
        return false;
      }
    } catch (error) {
      this.#end.reject(error);
      return false;
    }
    this.#busy = false;
    this.stir();
    return true;
  };

  readonly #goOn = (): void => {
    this.#busy = false;
    for (let next = this.#ahead.shift(); next !== undefined; next = this.#ahead.shift()) {
      this.#size -= next.length;
      if (!this.onBytes(next)) return;
    }
    this.stir();
    if (!this.#isOver()) this.#stream.resume();
  };
}
