import { createConnection } from 'node:net';
import type { WireClient, WireOptions } from '../postgres/wire-client.ts';

/** The number that a CancelRequest has in place of a protocol's version. */
const CANCEL_REQUEST = (1234 << 16) | 5678;

/** Sends a CancelRequest on a connection of its own, and waits until the other side has closed it. */
export async function requestCancel(
  { host, port }: Pick<WireOptions, 'host' | 'port'>,
  key: NonNullable<WireClient['key']>,
): Promise<void> {
  const head = Buffer.alloc(12);
  head.writeInt32BE(head.length + key.secret.length, 0);
  head.writeInt32BE(CANCEL_REQUEST, 4);
  head.writeInt32BE(key.pid, 8);
  const socket = createConnection({ host, port });
  socket.end(Buffer.concat([head, key.secret]));
  socket.resume();
  await new Promise<void>((resolve, reject) => socket.once('close', () => resolve()).once('error', reject));
}
