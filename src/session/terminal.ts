import { StringDecoder } from 'node:string_decoder';
import type { Masked } from '../core/brand.ts';
import type { Recorder, SessionEvent } from '../core/recorder.ts';
import type { Detection } from '../policy/mask/detect/detection.ts';
import { StreamMask } from '../policy/mask/stream/stream-mask.ts';
import { StreamSummary } from './stream-summary.ts';

/** What a program shows on its terminal, beside the statements that it sends. */
export interface TerminalRecord {
  /**
   * Lays down what was shown. Secrets have been taken out of it; what policies look for is masked here: what could be
   * the beginning of it is written when that is known. Null when there is room, else a promise of that.
   */
  output(text: string): Promise<void> | null;
  /** Cells. */
  resize(columns: number, rows: number): void;
  /** Lays down what waits. */
  end(): void;
}

/** A terminal is no connection: those count from 1. */
const TERMINAL = 0;

export interface TerminalOptions {
  readonly recorder: Pick<Recorder, 'write'>;
  /** `summary`: of what is shown, its size and hash are kept. */
  readonly results: 'full' | 'summary';
  /** What policies look for; null for nothing. */
  readonly detection: Detection | null;
  /** Called when the record cannot be written: the session must end. */
  readonly lost: (error: unknown) => void;
}

const mask = (text: string): Masked<string> => text as Masked<string>;

/** The only place where a terminal's text gets its brand. */
export class RecordedTerminal implements TerminalRecord {
  readonly #options: TerminalOptions;
  readonly #decoder = new StringDecoder('utf8');
  readonly #mask: StreamMask | null;
  readonly #summary: StreamSummary | null;

  constructor(options: TerminalOptions) {
    this.#options = options;
    const showing = { connection: TERMINAL, stream: 'output' } as const;
    this.#summary = options.results === 'summary' ? new StreamSummary(showing, (event) => this.#lay(event)) : null;
    this.#mask = options.detection === null ? null : new StreamMask(options.detection.search(), true);
  }

  output(text: string): Promise<void> | null {
    if (this.#mask === null) return this.#write(text);
    return this.#write(this.#decoder.write(this.#mask.push(Buffer.from(text, 'utf8')).recorded));
  }

  resize(columns: number, rows: number): void {
    if (this.#mask !== null) this.#mask.size = { columns, rows };
    void this.#lay({ type: 'resize', connection: TERMINAL, columns, rows });
  }

  end(): void {
    if (this.#mask !== null) void this.#write(this.#decoder.write(this.#mask.end().recorded));
    this.#summary?.end();
  }

  #write(shown: string): Promise<void> | null {
    if (shown === '') return null;
    if (this.#summary !== null) {
      this.#summary.add(Buffer.from(shown, 'utf8'));
      return null;
    }
    return this.#lay({ type: 'terminal', connection: TERMINAL, stream: 'output', text: mask(shown) });
  }

  #lay(event: SessionEvent): Promise<void> | null {
    try {
      const room = this.#options.recorder.write(event);
      return room === null ? null : room.catch((error: unknown) => this.#options.lost(error));
    } catch (error) {
      this.#options.lost(error);
      return null;
    }
  }
}
