import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Child, ChildRequest, Exit } from './child.ts';

/**
 * Runs a program whose output goes through pipes, in a process group of its own.
 * @param input what it reads; null for hoopctl's own input, as it is. A terminal is not handed over: what can read from it
 *   can write to it as well, past whoever looks on.
 */
export function runOnPipes(request: ChildRequest, input: Readable | null): Child {
  const child = spawn(request.file, request.args, {
    cwd: request.cwd,
    env: request.env,
    stdio: [input === null ? 'inherit' : 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  if (input !== null && child.stdin !== null) feed(input, child.stdin);
  const exited = new Promise<Exit>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  const streams = (
    [
      ['stdout', child.stdout],
      ['stderr', child.stderr],
    ] as const
  ).flatMap(([name, stream]) => (stream === null ? [] : [[name, stream] as const]));
  return {
    pid: child.pid ?? 0,
    onOutput: (listener) => {
      for (const [name, stream] of streams) stream.on('data', (chunk: Buffer) => listener(name, chunk));
    },
    pause: () => streams.forEach(([, stream]) => stream.pause()),
    resume: () => streams.forEach(([, stream]) => stream.resume()),
    abandon: () => streams.forEach(([, stream]) => stream.destroy()),
    kill: (signal) => void child.kill(signal),
    exited,
    gone: new Promise((resolve) => child.once('exit', () => resolve()).once('error', () => resolve())),
  };
}

/** Until the program has had enough of it. */
function feed(input: Readable, to: Writable): void {
  const stop = (): void => {
    input.unpipe(to);
    input.pause();
  };
  to.on('error', stop).on('close', stop);
  input.pipe(to);
}
