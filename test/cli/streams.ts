import { PassThrough } from 'node:stream';
import type { TerminalStreams } from '../../src/cli/terminal.ts';

export interface Captured {
  readonly streams: TerminalStreams;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

/** Streams that keep what is written; a terminal when `columns` is given. */
export function captured(columns?: number): Captured {
  const kept = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr'): TerminalStreams['stdout'] => {
    const target = new PassThrough();
    target.on('data', (chunk: Buffer) => (kept[name] += chunk.toString('utf8')));
    return columns === undefined ? target : Object.assign(target, { isTTY: true, columns });
  };
  return {
    streams: { stdin: new PassThrough(), stdout: stream('stdout'), stderr: stream('stderr') },
    stdout: () => kept.stdout,
    stderr: () => kept.stderr,
  };
}
