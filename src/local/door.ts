import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { errnoOf, HoopError } from '../core/errors.ts';
import type { DoorAddress } from '../core/protocol.ts';
import { privateDirectory } from '../config/paths.ts';
import { candidatePorts } from './ports.ts';

const LOOPBACK = '127.0.0.1';

/** Longest path that `sun_path` holds everywhere (104 bytes on macOS), with its NUL. */
const LONGEST_SOCKET_PATH = 103;

export type DoorPlace =
  /** A port on loopback: this one, or the target's own when null. */
  | { readonly kind: 'tcp'; readonly port: number | null }
  /** A socket in a fresh 0700 directory. `port` is the number in its name. */
  | { readonly kind: 'unix'; readonly port: number };

export interface DoorOptions {
  readonly target: string;
  readonly place: DoorPlace;
  /** Where directories of sockets are made. */
  readonly runtime: string;
  /**
   * Sockets at once. Beyond it they are closed without a word: a net under the limits of the protocol, which knows how
   * to say no and to whom.
   */
  readonly sockets: number;
  /** Serves one client until it is gone. Never rejects. */
  readonly serve: (client: Duplex) => Promise<unknown>;
  readonly warn: (message: string) => void;
}

/** A place where clients come in. */
export interface Door {
  readonly address: DoorAddress;
  /** Bytes that passed since it was opened, both ways: grows with every sign of life. */
  traffic(): number;
  /** Clients that are in. */
  connections(): number;
  /** Lets nobody in any more. */
  stop(): void;
  /** Lets nobody in any more, throws out who is in, removes the socket. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens a door. It listens on 127.0.0.1 or on a Unix socket in a 0700 directory, and nowhere else.
 * @throws HoopError `local.listen`
 */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const clients = new Set<Socket>();
  let gone = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true }, (socket) => {
    clients.add(socket);
    socket.on('close', () => {
      gone += socket.bytesRead + socket.bytesWritten;
      clients.delete(socket);
    });
    // The protocol hears of the end through its own reading; without a listener here an error would end the process.
    socket.on('error', () => socket.destroy());
    void options.serve(socket).finally(() => socket.destroySoon());
  });
  limitSockets(server, options.sockets, options.warn);
  const { address, remove } =
    options.place.kind === 'tcp'
      ? { address: await listenOnLoopback(server, options.target, options.place.port), remove: async () => undefined }
      : await listenOnSocket(server, options.runtime, options.place.port);
  server.on('error', (error) => options.warn(`the door reports ${errnoOf(error) ?? error.name}`));

  let closing: Promise<void> | null = null;
  // Not `once` of node:events, which fails with the first error that the server reports.
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  const stop = (): void => void (server.listening && server.close());
  const close = async (): Promise<void> => {
    stop();
    for (const socket of clients) socket.destroy();
    await closed;
    await remove();
  };
  return {
    address,
    traffic: () => gone + [...clients].reduce((sum, socket) => sum + socket.bytesRead + socket.bytesWritten, 0),
    connections: () => clients.size,
    stop,
    close: () => (closing ??= close()),
  };
}

function limitSockets(server: Server, most: number, warn: (message: string) => void): void {
  server.maxConnections = most;
  let said = false;
  server.on('drop', () => {
    if (!said) warn(`more than ${most} sockets at once: further ones are closed`);
    said = true;
  });
}

async function listenOnLoopback(server: Server, target: string, port: number | null): Promise<DoorAddress> {
  const candidates = port === null ? candidatePorts(target) : [port];
  for (const candidate of candidates) {
    const failure = await listen(server, { host: LOOPBACK, port: candidate, exclusive: true });
    if (failure === null) return boundAddress(server);
    if (port === null && (failure === 'EADDRINUSE' || failure === 'EACCES')) continue;
    throw new HoopError('local.listen', `cannot listen on ${LOOPBACK}:${candidate} (${failure})`, {
      hint: failure === 'EADDRINUSE' ? 'leave --port out, or name another one' : `another --port`,
    });
  }
  throw new HoopError('local.listen', 'no local port is free', { hint: '--socket' });
}

/** What the system says it bound, not what was asked for. */
function boundAddress(server: Server): DoorAddress {
  const bound = server.address();
  if (bound === null || typeof bound === 'string' || bound.address !== LOOPBACK) {
    server.close();
    throw new HoopError('local.listen', 'the system bound another address than the loopback one', { hint: '--socket' });
  }
  return { kind: 'tcp', host: bound.address, port: bound.port };
}

async function listenOnSocket(
  server: Server,
  directory: string,
  port: number,
): Promise<{ address: DoorAddress; remove: () => Promise<void> }> {
  const own = join(await privateDirectory(directory), randomBytes(4).toString('hex'));
  const path = join(own, `.s.PGSQL.${port}`);
  if (Buffer.byteLength(path) > LONGEST_SOCKET_PATH) {
    throw new HoopError('local.listen', 'the path of the socket would be too long for this system', {
      hint: 'XDG_RUNTIME_DIR=/a/shorter/path, or a --port',
    });
  }
  // Not recursive: a directory that is there already is not ours.
  await mkdir(own, { mode: 0o700 });
  const remove = (): Promise<void> => rm(own, { recursive: true, force: true });
  const failure = await listen(server, { path });
  if (failure === null) return { address: { kind: 'unix', path }, remove };
  await remove();
  throw new HoopError('local.listen', `cannot listen on ${path} (${failure})`, { hint: 'a --port' });
}

/** Null, or the errno of the failure. */
function listen(server: Server, options: ListenOptions): Promise<string | null> {
  return new Promise((resolve) => {
    const fail = (error: Error): void => {
      server.off('listening', succeed);
      resolve(errnoOf(error) ?? error.name);
    };
    const succeed = (): void => {
      server.off('error', fail);
      resolve(null);
    };
    server.once('error', fail).once('listening', succeed).listen(options);
  });
}
