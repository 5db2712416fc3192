import { createHash } from 'node:crypto';
import type { SessionEvent } from '../core/recorder.ts';

/** What shows it. */
export interface Showing {
  readonly connection: number;
  /** Left out for the program that the session was opened for. */
  readonly statement?: number;
  readonly stream: 'output' | 'input' | 'errors';
}

/** What is known of a stream that is not kept: as it was shown, since the hash of a short secret tells it. */
export class StreamSummary {
  readonly #showing: Showing;
  readonly #record: (event: SessionEvent) => Promise<void> | null;
  readonly #hash = createHash('sha256');
  #bytes = 0;

  constructor({ connection, statement, stream }: Showing, record: (event: SessionEvent) => Promise<void> | null) {
    this.#showing = { connection, ...(statement === undefined ? {} : { statement }), stream };
    this.#record = record;
  }

  add(bytes: Buffer): void {
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
  }

  /** To be called once. */
  end(): void {
    if (this.#bytes === 0) return;
    const about = { ...this.#showing, direction: 'out', path: null, complete: true } as const;
    void this.#record({ type: 'transfer', ...about, bytes: this.#bytes, sha256: this.#hash.digest('hex') });
  }
}
