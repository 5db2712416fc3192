import { setTimeout } from 'node:timers/promises';

/** Bytes of one result after which it is bulk: smaller ones are never kept waiting. */
const BULK = 128 * 1024;
/** Bytes: a read that brings at least this is worth a wake-up. */
const WORTHWHILE = 64 * 1024;
/** Milliseconds; in one of them a server makes a few hundred KiB. */
const REST = 1;

/**
 * Slows reading down where that is faster: a server that sends 8 KiB at a time wakes its reader for every piece. In
 * the middle of bulk, reading rests a moment, and takes what came meanwhile in one piece.
 */
export class Pace {
  #run = 0;

  /** `goesOn`: more of the same is to come. Null when the next read should follow at once. */
  after(bytes: number, goesOn: boolean): Promise<void> | null {
    this.#run = goesOn ? this.#run + bytes : 0;
    return this.#run > BULK && bytes < WORTHWHILE ? setTimeout(REST) : null;
  }
}
