import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Inbound } from '../../../src/wire/inbound.ts';
import { server as say } from './messages.ts';

export interface Peer {
  /** The start-up packet or the next message, whole. */
  startup(): Promise<Buffer>;
  next(): Promise<Buffer>;
  send(...bytes: readonly Buffer[]): void;
  /** Everything that is still sent, until the peer closes. */
  rest(): Promise<Buffer>;
  /** Goes over to TLS; the peer has asked for it and was answered. */
  encrypt(certificate: { readonly cert: string; readonly key: string }): Promise<Peer>;
  readonly socket: Socket;
}

function peerOf(socket: Socket): Peer {
  const inbound = new Inbound(socket);
  socket.on('error', () => undefined);
  const sized = async (header: number, at: number): Promise<Buffer> => {
    const head = await inbound.exactly(header);
    return Buffer.concat([head, await inbound.exactly(head.readInt32BE(at) - (header - at))]);
  };
  return {
    socket,
    startup: () => sized(4, 0),
    next: () => sized(5, 1),
    send: (...bytes) => void socket.write(Buffer.concat(bytes)),
    rest: async () => {
      const parts: Buffer[] = [];
      for (;;) {
        const chunk = await inbound.chunk();
        if (chunk === null) return Buffer.concat(parts);
        parts.push(chunk);
      }
    },
    encrypt: async (certificate) => {
      inbound.detach();
      const secure = new TLSSocket(socket, { isServer: true, ...certificate });
      secure.on('error', () => undefined);
      await new Promise<void>((resolve, reject) => {
        secure.once('secure', resolve);
        for (const end of [secure, socket]) end.once('close', () => reject(new Error('the peer gave up')));
      });
      return peerOf(secure);
    },
  };
}

export interface FakeServer {
  readonly port: number;
  /** What each connection's script came to, in order; an error is one, too. */
  readonly outcomes: Promise<unknown>[];
  close(): Promise<void>;
}

/**
 * A server that says what the script says. It closes each connection when its script is over, and before when the
 * other side does, unless that may leave it half open.
 */
export async function fakeServer(
  script: (peer: Peer) => Promise<unknown>,
  { allowHalfOpen = false } = {},
): Promise<FakeServer> {
  const outcomes: Promise<unknown>[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen }, (socket) => {
    sockets.add(socket);
    const run = async (): Promise<unknown> => {
      try {
        return await script(peerOf(socket));
      } catch (error) {
        return error;
      } finally {
        socket.destroySoon();
      }
    };
    outcomes.push(run());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    outcomes,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all(outcomes);
    },
  };
}

/** All that a server says between the start-up packet and the first query. */
export const GREETING: readonly Buffer[] = [
  say.authentication(0),
  say.status('client_encoding', 'UTF8'),
  say.status('standard_conforming_strings', 'on'),
  say.status('server_version', '18.0'),
  say.keyData(7, Buffer.from('abcd')),
  say.ready(),
];
