import { once } from 'node:events';
import { visibleJson } from '../core/visible.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

export interface TerminalStreams {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
}

/** Where output goes: data to stdout, progress and questions to stderr. */
export class Terminal {
  readonly #streams: TerminalStreams;
  readonly #plain: boolean;

  constructor(streams: TerminalStreams, env: Readonly<NodeJS.ProcessEnv>) {
    this.#streams = streams;
    this.#plain = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  }

  /** True when a person reads stdout and types on stdin. */
  get interactive(): boolean {
    return this.#streams.stdin.isTTY === true && this.#streams.stderr.isTTY === true;
  }

  get stdoutIsTerminal(): boolean {
    return this.#streams.stdout.isTTY === true;
  }

  get stdin(): TerminalStreams['stdin'] {
    return this.#streams.stdin;
  }

  /** For screens, which draw on all of it. */
  get stdout(): TerminalStreams['stdout'] {
    return this.#streams.stdout;
  }

  /** Columns that a line of data may take; null when nobody looks at it. */
  get width(): number | null {
    return this.stdoutIsTerminal ? Math.max(this.#streams.stdout.columns ?? 80, 20) : null;
  }

  /** Data, as it is. Resolves when there is room for more. */
  async data(text: string): Promise<void> {
    if (!this.#streams.stdout.write(text)) await once(this.#streams.stdout, 'drain');
  }

  line(text = ''): void {
    this.#streams.stdout.write(`${text}\n`);
  }

  /** One JSON document, or one event of a stream, on a line of its own. What a terminal might obey is escaped. */
  json(value: Readonly<Record<string, unknown>>): void {
    this.#streams.stdout.write(`${visibleJson(JSON.stringify(value))}\n`);
  }

  progress(text: string): void {
    this.#streams.stderr.write(`${text}\n`);
  }

  /** A question whose answer is typed on the same line. */
  ask(text: string): void {
    this.#streams.stderr.write(text);
  }

  /** Something to worry about. */
  warn(text: string): void {
    this.progress(`${this.styled('stderr', 'yellow', 'warning:')} ${text}`);
  }

  style(style: Style, text: string): string {
    return this.styled('stdout', style, text);
  }

  styled(stream: 'stdout' | 'stderr', style: Style, text: string): string {
    if (this.#plain || this.#streams[stream].isTTY !== true) return text;
    const [on, off] = CODES[style];
    return `\u001b[${on}m${text}\u001b[${off}m`;
  }
}
