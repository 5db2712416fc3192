import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { Terminal } from '@xterm/headless';
import type { ReactNode } from 'react';
import { onTestFinished } from 'vitest';
import { runScreen } from '../../src/tui/screen.tsx';

const TIMEOUT = 20_000;

/** A terminal that a program draws on, and what it did to it besides drawing. */
export class Stage {
  readonly terminal: Terminal;
  readonly stdin: FakeInput;
  readonly stdout: FakeOutput;
  /** Everything a terminal was asked to do that is no drawing: titles, clipboards, links, answers to queries. */
  readonly deeds: string[] = [];
  readonly #changed = new EventEmitter();

  constructor(columns = 80, rows = 24) {
    this.terminal = new Terminal({ cols: columns, rows, scrollback: 1000, allowProposedApi: true });
    this.stdin = new FakeInput();
    // As a terminal's line discipline does.
    this.stdout = new FakeOutput(columns, rows, (text) => this.draw(text.replaceAll('\n', '\r\n')));
    for (const code of [0, 1, 2, 4, 7, 8, 9, 10, 11, 12, 52, 104, 110, 133, 777, 1337]) {
      this.terminal.parser.registerOscHandler(code, (data) => this.#deed(`OSC ${code} ${data}`));
    }
    this.terminal.parser.registerDcsHandler({ final: 'q' }, (data) => this.#deed(`DCS ${data}`));
    this.terminal.onTitleChange((title) => this.#deed(`title ${title}`));
    this.terminal.onBell(() => this.#deed('bell'));
    this.terminal.onData((data) => this.#deed(`answer ${JSON.stringify(data)}`));
  }

  /** What a program sends, as it comes out of its terminal. */
  draw(text: string): void {
    this.terminal.write(text, () => this.#changed.emit('drawn'));
  }

  #deed(what: string): boolean {
    this.deeds.push(what);
    return false;
  }

  /** The rows that are seen, as text, without the spaces behind them. */
  rows(): readonly string[] {
    const { active } = this.terminal.buffer;
    return Array.from({ length: this.terminal.rows }, (_, row) =>
      (active.getLine(active.baseY + row)?.translateToString(true) ?? '').trimEnd(),
    );
  }

  text(): string {
    return this.rows().join('\n');
  }

  /** True while the program draws on the alternate screen. */
  get alternate(): boolean {
    return this.terminal.buffer.active.type === 'alternate';
  }

  /** Types one key, or pastes: what is typed next is read apart from it. */
  async type(keys: string): Promise<void> {
    this.stdin.write(keys);
    while (this.stdin.readableLength > 0) await setImmediate();
    await setImmediate();
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
    this.stdout.columns = columns;
    this.stdout.rows = rows;
    this.stdout.emit('resize');
  }

  /** Resolves when the screen is as asked; rejects with what is on it when it does not become so. */
  async until(holds: (text: string) => boolean): Promise<string> {
    const ends = performance.now() + TIMEOUT;
    for (;;) {
      const text = this.text();
      if (holds(text)) return text;
      if (performance.now() > ends) throw new Error(`the screen stayed at:\n${text}`);
      await this.#drawn(100);
    }
  }

  /** Waits for the next drawing, `most` milliseconds at most. */
  #drawn(most: number): Promise<void> {
    return new Promise((resolve) => {
      const over = (): void => {
        clearTimeout(timer);
        this.#changed.off('drawn', over);
        resolve();
      };
      const timer = setTimeout(over, most);
      this.#changed.once('drawn', over);
    });
  }
}

class FakeInput extends PassThrough {
  readonly isTTY = true;
  raw = false;

  setRawMode(raw: boolean): this {
    this.raw = raw;
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

class FakeOutput extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  columns: number;
  rows: number;
  readonly #draw: (text: string) => void;
  /** Characters that were sent. */
  sent = '';

  constructor(columns: number, rows: number, draw: (text: string) => void) {
    super();
    this.columns = columns;
    this.rows = rows;
    this.#draw = draw;
  }

  write(text: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean {
    const shown = typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
    this.sent += shown;
    this.#draw(shown);
    const after = typeof encoding === 'function' ? encoding : callback;
    if (typeof after === 'function') after();
    return true;
  }

  end(): this {
    return this;
  }
}

export interface Played<T> {
  readonly stage: Stage;
  readonly result: Promise<T | null>;
  readonly controller: AbortController;
}

export interface PlayOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a view on a terminal of its own; it is taken down with the test. */
export function play<T>(view: (done: (value: T) => void) => ReactNode, options: PlayOptions = {}): Played<T> {
  const stage = new Stage(options.columns, options.rows);
  const controller = new AbortController();
  const { stdin, stdout } = stage;
  // Of a stream, these are what Ink uses.
  const streams = { stdin, stdout: stdout as unknown as NodeJS.WriteStream };
  const result = runScreen(view, { ...streams, env: options.env ?? {}, signal: controller.signal });
  onTestFinished(() => controller.abort());
  return { stage, result, controller };
}
