import { spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Both ends of a pipe, as descriptors that whoever has them closes. */
export interface KernelPipe {
  readonly read: number;
  readonly write: number;
}

/** Whoever makes pipes for others: three of them, which lead to it, its number, and a wait until they have been taken. */
const MAKER = ': | { exec 4<&0; : | { exec 5<&0; : | exec sh -c "exec 6<&0; echo \\$\\$; read _ <&3"; }; }';

/**
 * Makes three pipes. What Node makes for a child are sockets: they cannot be opened again by a name, as what prints to
 * `/dev/stderr` or reads `/dev/stdin` does. A pipe with a name, on the other hand, is waited for once nobody writes to it.
 * So a shell makes them, and they are taken from it.
 * @returns null on a system that does not show what a process has open: there sockets are opened again
 */
export async function openPipes(): Promise<readonly [KernelPipe, KernelPipe, KernelPipe] | null> {
  if (process.platform !== 'linux') return null;
  const maker = spawn('/bin/sh', ['-c', MAKER], { env: {}, stdio: ['ignore', 'pipe', 'ignore', 'pipe'] });
  const opened: number[] = [];
  const open = (path: string, flags: number): number => {
    const descriptor = openSync(path, flags);
    opened.push(descriptor);
    return descriptor;
  };
  try {
    // Where it did not start there is no number, and no such path.
    maker.on('error', () => undefined);
    const pid = await firstLine(maker.stdout);
    const pipeAt = (place: number): KernelPipe => {
      const path = `/proc/${pid}/fd/${place}`;
      return { read: open(path, constants.O_RDONLY), write: open(path, constants.O_WRONLY) };
    };
    return [pipeAt(4), pipeAt(5), pipeAt(6)];
  } catch (error) {
    for (const descriptor of opened) closeSync(descriptor);
    throw error;
  } finally {
    for (const stream of maker.stdio) stream?.destroy();
  }
}

/** Empty when none comes. */
async function firstLine(input: Readable | null): Promise<string> {
  if (input === null) return '';
  for await (const line of createInterface({ input })) return line;
  return '';
}
