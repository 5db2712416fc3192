import type { Masked } from '../core/brand.ts';
import type { Recorder, SessionEvent } from '../core/recorder.ts';
import type { Detection } from '../policy/mask/detect/detection.ts';
import { LineMask } from './line-mask.ts';

/** What a program shows on its terminal, beside the statements that it sends. */
export interface TerminalRecord {
  /**
   * Lays down what was shown. Secrets have been taken out of it; what policies look for is masked here. A line is written
   * when it is whole. Null when there is room, else a promise of that.
   */
  output(text: string): Promise<void> | null;
  /** Cells. */
  resize(columns: number, rows: number): void;
  /** Lays down what is left of a line. */
  end(): void;
}

/** A terminal is no connection: those count from 1. */
const TERMINAL = 0;
/** Milliseconds that a line may wait for its end where nothing is looked for: a prompt stands there without. */
const PATIENCE = 200;

export interface TerminalOptions {
  readonly recorder: Pick<Recorder, 'write'>;
  /** What policies look for; null for nothing. */
  readonly detection: Detection | null;
  /** Called when the record cannot be written: the session must end. */
  readonly lost: (error: unknown) => void;
}

const mask = (text: string): Masked<string> => text as Masked<string>;

/** The only place where a terminal's text gets its brand. */
export class RecordedTerminal implements TerminalRecord {
  readonly #options: TerminalOptions;
  readonly #lines: LineMask;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.#lines = new LineMask(options.detection);
  }

  output(text: string): Promise<void> | null {
    const shown = this.#lines.push(text);
    if (this.#options.detection === null) this.#wait();
    return this.#write(shown);
  }

  resize(columns: number, rows: number): void {
    void this.#lay({ type: 'resize', connection: TERMINAL, columns, rows });
  }

  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    void this.#write(this.#lines.end());
  }

  /** Where something is looked for, the half of it is nothing to write down, however long the other half takes. */
  #wait(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end(), PATIENCE);
  }

  #write(shown: string): Promise<void> | null {
    if (shown === '') return null;
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
