import type { Masked } from '../core/brand.ts';
import type { Recorder, SessionEvent } from '../core/recorder.ts';
import type { Detection } from '../policy/mask/detect/detection.ts';

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
/** Characters of a line that wait for its end: what is looked for is never as long. */
const LONGEST = 8192;
/** Milliseconds that a line may wait for its end: a prompt stands there without. */
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
  #line = '';
  #timer: NodeJS.Timeout | null = null;

  constructor(options: TerminalOptions) {
    this.#options = options;
  }

  output(text: string): Promise<void> | null {
    this.#line += text;
    const end = this.#line.lastIndexOf('\n') + 1;
    const ready = this.#line.length - end > LONGEST ? this.#line.length : end;
    const whole = this.#line.slice(0, ready);
    this.#line = this.#line.slice(ready);
    this.#wait();
    return whole === '' ? null : this.#write(whole);
  }

  resize(columns: number, rows: number): void {
    void this.#lay({ type: 'resize', connection: TERMINAL, columns, rows });
  }

  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const rest = this.#line;
    this.#line = '';
    if (rest !== '') void this.#write(rest);
  }

  #wait(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = this.#line === '' ? null : setTimeout(() => this.end(), PATIENCE);
  }

  #write(text: string): Promise<void> | null {
    const bytes = Buffer.from(text, 'utf8');
    const masked = this.#options.detection?.masked(bytes, 0, bytes.length) ?? null;
    const shown = mask(masked === null ? text : masked.toString('utf8'));
    return this.#lay({ type: 'terminal', connection: TERMINAL, stream: 'output', text: shown });
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
