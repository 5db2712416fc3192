import type { TerminalStreams } from '../../terminal.ts';

/**
 * Calls back once, when a line was typed, until the returned function is called. The terminal keeps its own keys: Ctrl-C
 * is a signal as ever.
 */
export function onEnter(stdin: TerminalStreams['stdin'], act: () => void): () => void {
  const stop = (): void => {
    stdin.off('data', listener);
    stdin.pause();
  };
  const listener = (chunk: Buffer | string): void => {
    if (!/[\r\n]/.test(chunk.toString())) return;
    stop();
    act();
  };
  stdin.on('data', listener);
  stdin.resume();
  return stop;
}
