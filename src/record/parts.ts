import { dirname } from 'node:path';
import { recordPath } from './layout.ts';
import type { RecordFile, RecordStorage } from './storage.ts';

/**
 * The files a record is written to. A record is one run of bytes; it is cut between frames into parts
 * of a bounded size, so that joining the parts in order gives it back.
 */
export class Parts {
  readonly #storage: RecordStorage;
  readonly #pathOf: (part: number) => string;
  readonly #maxBytes: number;
  readonly #durable: boolean;
  #file: RecordFile;
  #part = 0;
  #bytes = 0;
  /** Full parts that a `sync` has still to cover. */
  #full: RecordFile[] = [];
  /** Of full parts that no `sync` covers. */
  #closing: Promise<unknown> = Promise.resolve();
  #named = true;

  /** @param durable true when what is written will be covered by `sync` */
  constructor(storage: RecordStorage, state: string, session: string, maxBytes: number, durable: boolean) {
    this.#storage = storage;
    this.#maxBytes = maxBytes;
    this.#durable = durable;
    this.#pathOf = (part) => recordPath(state, session, part);
    this.#file = storage.create(this.#pathOf(0));
  }

  /** The file to write `size` bytes of whole frames to. */
  #fileFor(size: number): RecordFile {
    if (this.#bytes > 0 && this.#bytes + size > this.#maxBytes) {
      const next = this.#storage.create(this.#pathOf(this.#part + 1));
      this.#retire(this.#file);
      this.#file = next;
      this.#part += 1;
      this.#bytes = 0;
      this.#named = true;
    }
    this.#bytes += size;
    return this.#file;
  }

  /** A session may go on for days: its full parts are not all to be kept open. */
  #retire(file: RecordFile): void {
    if (this.#durable) {
      this.#full.push(file);
      return;
    }
    this.#closing = Promise.all([this.#closing, file.close()]);
    // What goes wrong is told by `close`.
    this.#closing.catch(() => undefined);
  }

  /** Writes all of `bytes`, or throws the system's error: then a part of them may be there. */
  writeSync(bytes: Buffer): void {
    const file = this.#fileFor(bytes.length);
    for (let from = 0; from < bytes.length;) from += progress(file.writeSync(bytes.subarray(from)));
  }

  /** As `writeSync`, off the event loop. */
  async write(bytes: Buffer): Promise<void> {
    const file = this.#fileFor(bytes.length);
    for (let from = 0; from < bytes.length;) from += progress(await file.write(bytes.subarray(from)));
  }

  /** Resolves once all that was written before the call would survive the machine's end. */
  async sync(): Promise<void> {
    const full = this.#full;
    // Taken before the first wait: writing goes on meanwhile, maybe in the next part.
    const current = this.#file;
    const named = this.#named;
    this.#full = [];
    this.#named = false;
    for (const file of full) {
      await file.sync();
      await file.close();
    }
    await current.sync();
    if (named) await this.#storage.syncDirectory(dirname(this.#pathOf(0)));
  }

  /** Closes every file. */
  async close(): Promise<void> {
    const files = [...this.#full, this.#file];
    this.#full = [];
    await Promise.all([this.#closing, ...files.map((file) => file.close())]);
  }
}

/** A write that takes nothing and reports nothing would be tried for ever. */
function progress(written: number): number {
  if (written > 0) return written;
  throw Object.assign(new Error('the write made no progress'), { code: 'EIO' });
}
