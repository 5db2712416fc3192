import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { compileArgument } from '../../../../src/policy/shell/pattern.ts';
import type { CommandRule } from '../../../../src/policy/rules.ts';
import { eventually, type SshStage } from '../../../ssh/stage.ts';

/** OpenSSH's client that goes on until it is told to leave. */
export interface Forwarder {
  readonly child: ChildProcess;
  /** What it has said on its errors. */
  said(): string;
  leave(): Promise<void>;
}

/** `ssh -N …`, which opens no session. */
export function forwarder(stage: SshStage, args: readonly string[]): Forwarder {
  const child = spawn('ssh', ['-F', stage.config, '-N', ...args, 'web-1'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  return {
    child,
    said: () => said,
    leave: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const over = once(child, 'exit');
      child.kill();
      // One that comes just before it waits for what comes next is not noticed until then.
      const again = setInterval(() => void child.kill(), 200);
      await over;
      clearInterval(again);
    },
  };
}

/** A service that sends back, in reverse, all that it was sent: when it has been told that no more comes. */
export async function reversing(place: number | string = 0): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const parts: Buffer[] = [];
    socket.on('data', (bytes: Buffer) => void parts.push(bytes)).on('error', () => undefined);
    socket.on('end', () => socket.end(Buffer.concat(parts).reverse()));
  });
  if (typeof place === 'string') server.listen(place);
  else server.listen(place, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** Sends, says that no more comes, and reads to the end. */
export async function exchange(place: number | string, bytes: Buffer): Promise<Buffer> {
  const socket = await eventually(
    () => reach(place),
    (one) => one !== null,
  );
  if (socket === null) throw new Error('nobody listens');
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => void parts.push(part));
  socket.end(bytes);
  await once(socket, 'close');
  return Buffer.concat(parts);
}

/** Null when nobody listens. */
export function reach(place: number | string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = typeof place === 'string' ? connect(place) : connect(place, '127.0.0.1');
    socket.once('error', () => resolve(null)).once('connect', () => resolve(socket));
    socket.on('error', () => undefined);
  });
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A rule's key for forwards; `args` as a policy writes them. */
export function forwards(...args: readonly string[]): CommandRule {
  const compiled = args.map((source) => {
    const one = compileArgument(source);
    if (!one.ok) throw new Error(one.reason);
    return one.value;
  });
  return {
    program: null,
    args: compiled.length === 0 ? null : compiled,
    path: null,
    operation: null,
    opaque: false,
    channel: ['forward'],
  };
}
