import type { Writable } from 'node:stream';

/**
 * Writes and, when the other side does not keep up, waits until it does: memory stays bounded whoever is slow.
 * Returns null when there is no need to wait. The promise also resolves when the stream is closed; writing to a
 * closed stream does nothing.
 */
export function send(stream: Writable, bytes: Buffer): Promise<void> | null {
  if (bytes.length === 0 || stream.destroyed || stream.writableEnded) return null;
  if (stream.write(bytes)) return null;
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
}

/**
 * Writes, and says when the bytes have left this process, so that their memory may be used again: null when they have
 * already. The promise also resolves when the stream is closed.
 */
export function deliver(stream: Writable, bytes: Buffer): Promise<void> | null {
  if (bytes.length === 0 || stream.destroyed || stream.writableEnded) return null;
  const left = Promise.withResolvers<void>();
  stream.write(bytes, () => left.resolve());
  if (stream.writableLength === 0) return null;
  const closed = (): void => left.resolve();
  stream.once('close', closed);
  return left.promise.finally(() => stream.off('close', closed));
}
