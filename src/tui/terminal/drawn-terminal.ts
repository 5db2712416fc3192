import { Terminal } from '@xterm/headless';
import { placeName } from '../../core/shown-place.ts';
import { isOfTerminal, type RecordedEntry } from '../model/replay/recording.ts';
import type { Line } from '../safe-text.ts';
import { screenLines } from './cells.ts';
import { type Keyframe, textOf } from './keyframe.ts';

/** A terminal that a record does not say the size of, and the largest that one is drawn with. */
const SIZE = { columns: 80, rows: 24 } as const;
const LARGEST = { columns: 500, rows: 200 } as const;
/** Characters of SGR sequences kept since the last one that began anew. */
const MAX_PEN = 512;

/** A terminal of a recording, drawn in memory: it answers no query, and nothing of it reaches the terminal around. */
export class DrawnTerminal {
  readonly #terminal: Terminal;
  #pen = '';
  #margins = '';
  /** Of the last event that was drawn; -1 before the first. */
  number: number;

  private constructor(columns: number, rows: number, number: number) {
    this.#terminal = new Terminal({ cols: columns, rows, scrollback: 0, allowProposedApi: true, logLevel: 'off' });
    this.number = number;
    this.#terminal.parser.registerCsiHandler({ final: 'm' }, (params) => this.#styled(params));
    this.#terminal.parser.registerCsiHandler({ final: 'r' }, (params) => {
      this.#margins = `\u001b[${params.join(';')}r`;
      return false;
    });
  }

  static blank(): DrawnTerminal {
    return new DrawnTerminal(SIZE.columns, SIZE.rows, -1);
  }

  static async at({ number, columns, rows, text }: Keyframe): Promise<DrawnTerminal> {
    const drawn = new DrawnTerminal(columns, rows, number);
    await drawn.#write(text);
    return drawn;
  }

  /** False: the terminal goes on to obey it. */
  #styled(params: readonly (number | number[])[]): false {
    const code = `\u001b[${params.map((part) => (Array.isArray(part) ? part.join(':') : part)).join(';')}m`;
    const anew = params.length === 0 || params[0] === 0;
    this.#pen = (anew ? code : this.#pen + code).slice(-MAX_PEN);
    return false;
  }

  #write(text: string): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(text, resolve));
  }

  /** Draws what entries say of the terminal of that name, in order, but for what it has drawn before. */
  async draw(entries: readonly RecordedEntry[], name: string): Promise<void> {
    let text = '';
    for (const { number, event } of entries) {
      if (number <= this.number || !isOfTerminal(event) || placeName(event) !== name) continue;
      if (event.type === 'terminal' && event.stream === 'output') text += event.text;
      if (event.type === 'resize') {
        await this.#write(text);
        text = '';
        this.#terminal.resize(within(event.columns, LARGEST.columns), within(event.rows, LARGEST.rows));
      }
      this.number = number;
    }
    if (text !== '') await this.#write(text);
  }

  keyframe(): Keyframe {
    const { cols: columns, rows } = this.#terminal;
    return { number: this.number, columns, rows, text: textOf(this.#terminal, this.#pen, this.#margins) };
  }

  lines(): readonly Line[] {
    return screenLines(this.#terminal);
  }

  get columns(): number {
    return this.#terminal.cols;
  }

  dispose(): void {
    this.#terminal.dispose();
  }
}

function within(size: number, most: number): number {
  return Math.max(2, Math.min(size, most));
}
