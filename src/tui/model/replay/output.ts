import type { RecordedEvent } from './recording.ts';

/** Characters that can be looked at of what one command wrote; the rest is named. */
const MOST = 1024 * 1024;

type TerminalEvent = Extract<RecordedEvent, { type: 'terminal' }>;

interface Piece {
  readonly offsetMicros: number;
  readonly stream: TerminalEvent['stream'];
  readonly text: string;
}

export interface OutputLine {
  readonly stream: TerminalEvent['stream'];
  readonly text: string;
}

/** What a command without a terminal wrote, on both of its streams, in the order in which it came. */
export class Output {
  readonly #letters: (text: string) => string;
  readonly #pieces: Piece[] = [];
  #size = 0;

  /** `letters`: see `Recording.letters`. */
  constructor(letters: (text: string) => string) {
    this.#letters = letters;
  }

  add(offsetMicros: number, { stream, text }: TerminalEvent): void {
    const kept = text.slice(0, Math.max(0, MOST - this.#size));
    this.#size += text.length;
    if (kept === '') return;
    this.#pieces.push({ offsetMicros, stream, text: kept });
  }

  /** True when there was more than can be looked at here. */
  get more(): boolean {
    return this.#size > MOST;
  }

  /** What had been written by a moment, in lines; null: all of it. None of it is made safe. */
  lines(untilMicros: number | null): readonly OutputLine[] {
    const runs: { stream: Piece['stream']; text: string }[] = [];
    for (const { offsetMicros, stream, text } of this.#pieces) {
      if (untilMicros !== null && offsetMicros > untilMicros) break;
      const last = runs.at(-1);
      if (last?.stream === stream) last.text += text;
      else runs.push({ stream, text });
    }
    return runs.flatMap(({ stream, text }) => {
      const lines = this.#letters(text).split('\n');
      return (lines.at(-1) === '' ? lines.slice(0, -1) : lines).map((line) => ({ stream, text: line }));
    });
  }
}
