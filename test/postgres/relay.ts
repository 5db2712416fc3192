import { connect, createServer, type Socket } from 'node:net';

/** Turns one chunk into the chunks that are passed on. */
export type Bend = (chunk: Buffer) => readonly Buffer[];

export interface Relay {
  readonly port: number;
  /** How bytes of connections accepted from now on are bent, towards the server and back. */
  bend(forth: () => Bend, back: () => Bend): void;
  close(): Promise<void>;
}

export const straight: Bend = (chunk) => [chunk];

function pump(from: Socket, to: Socket, bend: Bend): void {
  from.on('data', (chunk: Buffer) => {
    for (const part of bend(chunk)) to.write(part);
  });
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}

/** Stands between the door and its target, and passes on what `bend` makes of the bytes. */
export async function startRelay(target: { readonly host: string; readonly port: number }): Promise<Relay> {
  let bends: { readonly forth: () => Bend; readonly back: () => Bend } = {
    forth: () => straight,
    back: () => straight,
  };
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ ...target, noDelay: true });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    }
    pump(near, far, bends.forth());
    pump(far, near, bends.back());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    bend: (forth, back) => {
      bends = { forth, back };
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
