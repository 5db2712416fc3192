import { spawn } from '@lydell/node-pty';
import { Terminal } from '@xterm/headless';
import { eventually, type SshStage } from '../../../ssh/stage.ts';

/** OpenSSH's client in a real terminal, with somebody who looks and types. */
export interface Typist {
  /** What reaches the client as it is. */
  send(text: string): void;
  /** The rows that are seen, and those that have scrolled away; rows that wrap are one. */
  text(): string;
  /** What programs have set of it. */
  modes(): Terminal['modes'];
  /** Where the cursor is in the window. */
  cursor(): { readonly row: number; readonly column: number };
  /** Resolves when the screen is as asked; rejects with what is on it. */
  until(holds: (text: string) => boolean): Promise<string>;
  /** Whether the last row is a prompt with nothing behind it. */
  isReady(): boolean;
  /** Waits until the last row is a prompt with nothing behind it. */
  prompt(): Promise<string>;
  /** Types a line and Enter where there is a prompt, and waits for the next. */
  line(text: string): Promise<string>;
  resize(columns: number, rows: number): void;
  /** The client's exit code. */
  readonly ended: Promise<number>;
  close(): Promise<void>;
}

const PROMPT = /^hoopctl web-1:(?:(?!\$ ).)+\$$/;

export interface TypistOptions {
  /** More words for `ssh`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export function openTypist(stage: SshStage, columns = 100, rows = 30, options: TypistOptions = {}): Typist {
  const terminal = new Terminal({ cols: columns, rows, scrollback: 2000, allowProposedApi: true });
  const pty = spawn('ssh', ['-F', stage.config, '-tt', ...(options.args ?? []), 'web-1'], {
    cols: columns,
    rows,
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', TERM: 'xterm-256color', ...options.env },
  });
  let isOver = false;
  const ended = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode }) => {
      isOver = true;
      resolve(exitCode);
    });
  });
  pty.onData((shown) => terminal.write(shown));
  // What a terminal answers to questions of programs.
  terminal.onData((answer) => pty.write(answer));
  const text = (): string => {
    const { active } = terminal.buffer;
    const all = Array.from({ length: active.length }, (_, row) => {
      const line = active.getLine(row);
      const isLast = active.getLine(row + 1)?.isWrapped !== true;
      return (line?.isWrapped === true ? '' : '\n') + (line?.translateToString(isLast) ?? '');
    });
    return all.join('').slice(1).trimEnd();
  };
  const until: Typist['until'] = (holds) => eventually(text, holds);
  const isPrompt = (shown: string): boolean => PROMPT.test(shown.split('\n').at(-1) ?? '');
  const lines = (shown: string): number => shown.split('\n').length;
  return {
    send: (sent) => pty.write(sent),
    text,
    modes: () => terminal.modes,
    cursor: () => ({ row: terminal.buffer.active.cursorY, column: terminal.buffer.active.cursorX }),
    until,
    isReady: () => isPrompt(text()),
    prompt: () => until(isPrompt),
    line: async (typed) => {
      const before = lines(await until(isPrompt));
      pty.write(`${typed}\r`);
      return until((shown) => lines(shown) > before && isPrompt(shown));
    },
    resize: (newColumns, newRows) => {
      terminal.resize(newColumns, newRows);
      pty.resize(newColumns, newRows);
    },
    ended,
    close: async () => {
      if (!isOver) pty.kill('SIGKILL');
      await ended;
    },
  };
}
