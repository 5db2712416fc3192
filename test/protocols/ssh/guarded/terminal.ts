import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Terminal } from '@xterm/headless';
import { eventually, type SshStage } from '../../../ssh/stage.ts';

/** OpenSSH's client in a real terminal, with somebody who looks and types. */
export interface Typist {
  readonly child: ChildProcess;
  /** Bytes that reach the client as they are. */
  send(bytes: string | Buffer): void;
  /** The rows that are seen, and those that have scrolled away. */
  text(): string;
  /** Resolves when the screen is as asked; rejects with what is on it. */
  until(holds: (text: string) => boolean): Promise<string>;
  /** Waits until the last row that is not empty is a prompt with nothing behind it. */
  prompt(): Promise<string>;
  /** Types a line and Enter, and waits for the next prompt. */
  line(text: string): Promise<string>;
  ended(): Promise<number | null>;
  [Symbol.asyncDispose](): Promise<void>;
}

export const PROMPT = /^hoopctl web-1:\S+( \[[^\]]*\])?\$ ?$/;

export function openTypist(stage: SshStage, columns = 100, rows = 30): Typist {
  const terminal = new Terminal({ cols: columns, rows, scrollback: 2000, allowProposedApi: true });
  const command = `stty cols ${columns} rows ${rows}; exec ssh -F ${stage.config} -tt web-1`;
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', TERM: 'xterm-256color', SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdout.on('data', (bytes: Buffer) => terminal.write(bytes));
  child.stdin.on('error', () => undefined);
  const over = once(child, 'close') as Promise<[number | null]>;
  const text = (): string => {
    const { active } = terminal.buffer;
    const all = Array.from({ length: active.length }, (_, row) => {
      const line = active.getLine(row);
      return (line?.isWrapped === true ? '' : '\n') + (line?.translateToString(true) ?? '');
    });
    return all.join('').slice(1).trimEnd();
  };
  const until: Typist['until'] = (holds) => eventually(text, holds);
  const prompt = (): Promise<string> => until((shown) => PROMPT.test(shown.split('\n').at(-1) ?? ''));
  const prompts = (): number =>
    text()
      .split('\n')
      .filter((line) => line.startsWith('hoopctl web-1:')).length;
  return {
    child,
    send: (bytes) => void child.stdin.write(bytes),
    text,
    until,
    prompt,
    line: async (typed) => {
      await prompt();
      const before = prompts();
      child.stdin.write(`${typed}\r`);
      await until((shown) => prompts() > before && PROMPT.test(shown.split('\n').at(-1) ?? ''));
      return text();
    },
    ended: async () => (await over)[0],
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await over;
      terminal.dispose();
    },
  };
}
