import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client, Connection } from 'ssh2';
import { giveBack } from './memory.ts';
import { interceptArrivals } from './ssh2.ts';

/** Bytes of a packet beside its payload at most: the length of the padding, and the padding. */
const PADDING = 1 + 255;

/** Bytes from which on a packet that came in two reads has memory of its own. */
const LARGE = 8192;

/** By the memory that packets arrived in, while somebody may look at it. */
const loans = new WeakMap<ArrayBufferLike, Loan>();

/**
 * Says that nobody looks any more at bytes that a channel gave, as it gave them. Where it is not said their memory is
 * left to the collector.
 */
export function doneWith(bytes: Uint8Array): void {
  loans.get(bytes.buffer)?.back(bytes);
}

/** The same, when they have been sent; null: they have. */
export function doneWhen(sent: Promise<void> | null, bytes: Uint8Array): Promise<void> | null {
  if (sent !== null) return sent.then(() => doneWith(bytes));
  doneWith(bytes);
  return null;
}

/**
 * Gives the memory in which packets arrive back when all that was in it is done with. To be called when the client has
 * logged in, or the server has let it in.
 */
export function reclaimArrivals(connection: Client | Connection, stream: Duplex): void {
  // Of other streams nobody knows who else looks at what they give.
  if (stream instanceof Socket) interceptArrivals(connection, new Arrivals());
}

/** Messages that lie in one piece of memory, and who has them. */
class Loan {
  readonly #memory: Uint8Array;
  readonly #around: number;
  /** Where those end that are out: what a channel gives is the end of its message. */
  readonly #ends = new Set<number>();
  #isOpen = true;

  /** `around`: bytes beside it that are its own, too. */
  constructor(memory: Uint8Array, around: number) {
    this.#memory = memory;
    this.#around = around;
    loans.set(memory.buffer, this);
  }

  out(message: Uint8Array): void {
    this.#ends.add(message.byteOffset + message.length);
  }

  back(bytes: Uint8Array): void {
    if (this.#ends.delete(bytes.byteOffset + bytes.length)) this.#settle();
  }

  /** Nothing of it is handed out any more. */
  close(): void {
    this.#isOpen = false;
    this.#settle();
  }

  #settle(): void {
    if (!this.#isOpen && this.#ends.size === 0) giveBack(this.#memory, this.#around);
  }
}

/** Messages that came in one read. */
class Arrivals {
  #read: Loan | null = null;
  #buffer: ArrayBufferLike | null = null;

  begin(chunk: Uint8Array): void {
    this.#read = new Loan(chunk, 0);
    this.#buffer = chunk.buffer;
  }

  /** Hands a message on. `isPlain`: ssh2 reads numbers from it alone. */
  message(payload: Uint8Array, isPlain: boolean, handle: () => unknown): unknown {
    if (payload.buffer !== this.#buffer) return this.#own(payload, handle);
    if (!isPlain) this.#read?.out(payload);
    return handle();
  }

  /** A packet that was split between two reads. */
  #own(payload: Uint8Array, handle: () => unknown): unknown {
    if (payload.length < LARGE) return handle();
    const loan = new Loan(payload, PADDING);
    loan.out(payload);
    const result = handle();
    loan.close();
    return result;
  }

  /** All of it was handed on. `rest`: what ssh2 keeps of a packet that is not whole. */
  end(chunk: Uint8Array, rest: Uint8Array | null): void {
    if (rest?.buffer !== chunk.buffer) this.#read?.close();
    this.#read = null;
  }
}
