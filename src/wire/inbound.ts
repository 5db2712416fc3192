import type { Readable } from 'node:stream';
import { HoopError } from '../core/errors.ts';
import type { Arena } from './arena.ts';

/**
 * The bytes of a stream, read in one place. During a handshake exact numbers of bytes are taken; what a peer sent
 * early stays here and can be looked at, so that nothing slips from a plain connection into an encrypted one.
 */
export class Inbound {
  readonly #stream: Readable;
  readonly #arena: Arena | null;
  #early: Buffer = Buffer.alloc(0);
  #wake: (() => void) | null = null;
  #over = false;
  #detached = false;
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
    else arena.arrived = this.#onReadable;
    stream.on('end', this.#onOver);
    stream.on('close', this.#onOver);
    stream.on('error', this.#onOver);
  }

  /** Bytes that arrived and were not taken. */
  get early(): number {
    return this.#early.length + (this.#arena?.waiting ?? this.#stream.readableLength);
  }

  /** The next bytes, as many as have arrived; null at the end. Those of an arena are valid until the next call. */
  async chunk(): Promise<Buffer | null> {
    if (this.#detached) return null;
    if (this.#early.length > 0) {
      const bytes = this.#early;
      this.#early = Buffer.alloc(0);
      return bytes;
    }
    for (;;) {
      const chunk = this.#detached ? null : this.#next();
      if (chunk !== null) return chunk;
      if (this.#over || this.#stream.readableEnded || this.#stream.destroyed || this.#detached) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #next(): Buffer | null {
    if (this.#arena === null) return this.#stream.read() as Buffer | null;
    const filled = this.#arena.take();
    if (filled === null) this.#stream.resume();
    return filled;
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
   * Lets go of the stream, for whoever takes it over: whoever waits here, or asks again, is at the end. Unread early
   * bytes are lost: look at `early` first. Errors of the stream are no longer heard here.
   */
  detach(): void {
    this.#detached = true;
    this.#stream.off('readable', this.#onReadable);
    this.#stream.off('end', this.#onOver);
    this.#stream.off('close', this.#onOver);
    this.#stream.off('error', this.#onOver);
    this.#stir();
  }

  #stir(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
