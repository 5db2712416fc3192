import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Child, ChildRequest, Exit } from './child.ts';
import { type KernelPipe, openPipes } from './kernel-pipe.ts';

/**
 * Runs a program whose output goes through pipes, in a process group of its own.
 * @param input what it reads, handed on byte by byte; null for hoopctl's own input, as it is. Whoever has that can open it
 *   anew to write: to a terminal, to the file that it is, or to the pipe that a shell outside reads its commands from.
 */
export async function runOnPipes(request: ChildRequest, input: Readable | null): Promise<Child> {
  const pipes = await openPipes();
  const [stdin, stdout, stderr] = pipes ?? [null, null, null];
  const child = spawn(request.file, request.args, {
    cwd: request.cwd,
    env: request.env,
    stdio: [input === null ? 'inherit' : (stdin?.read ?? 'pipe'), stdout?.write ?? 'pipe', stderr?.write ?? 'pipe'],
    detached: true,
  });
  for (const end of [stdin?.read, stdout?.write, stderr?.write]) if (end !== undefined) closeSync(end);
  const ended = endOf(child);
  const told = stdin === null ? child.stdin : new Socket({ fd: stdin.write, readable: false, writable: true });
  if (input === null) told?.destroy();
  else if (told !== null) feed(input, told, ended);
  const streams = (
    [
      ['stdout', stdout === null ? child.stdout : outputOf(stdout)],
      ['stderr', stderr === null ? child.stderr : outputOf(stderr)],
    ] as const
  ).flatMap(([name, stream]) => (stream === null ? [] : [[name, stream] as const]));
  const drained = Promise.allSettled(streams.map(([, stream]) => finished(stream)));
  return {
    pid: child.pid ?? 0,
    onOutput: (listener) => {
      for (const [name, stream] of streams) stream.on('data', (chunk: Buffer) => listener(name, chunk));
    },
    pause: () => streams.forEach(([, stream]) => stream.pause()),
    resume: () => streams.forEach(([, stream]) => stream.resume()),
    abandon: () => streams.forEach(([, stream]) => stream.destroy()),
    kill: (signal) => void child.kill(signal),
    exited: drained.then(() => ended),
    gone: ended.then(
      () => undefined,
      () => undefined,
    ),
  };
}

/** Rejects when it could not be started. */
function endOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve({ code, signal }));
  });
}

function outputOf({ read }: KernelPipe): Socket {
  return new Socket({ fd: read, readable: true, writable: false });
}

/** Until the program has had enough of it, or is gone: a pipe alone does not tell. */
function feed(input: Readable, to: Writable, ended: Promise<unknown>): void {
  const stop = (): void => {
    input.unpipe(to);
    input.pause();
    to.destroy();
  };
  to.on('error', stop).on('close', stop);
  // A directory, say: for the program it is empty.
  input.on('error', stop);
  void ended.then(stop, stop);
  input.pipe(to);
}
