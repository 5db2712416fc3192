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
export function deliver(stream: Writable, pieces: readonly Buffer[]): Promise<void> | null {
  const [first, ...others] = joined(pieces);
  if (first === undefined || stream.destroyed || stream.writableEnded) return null;
  if (others.length > 0) stream.cork();
  stream.write(first);
  for (const piece of others) stream.write(piece);
  if (others.length > 0) stream.uncork();
  return stream.writableLength === 0 ? null : departure(stream);
}

/** The same bytes, with views that follow each other in memory as one. */
function joined(pieces: readonly Buffer[]): readonly Buffer[] {
  const runs: Buffer[] = [];
  for (let index = 0; index < pieces.length;) {
    const first = pieces[index];
    if (first === undefined) break;
    const { buffer, byteOffset } = first;
    let end = byteOffset + first.length;
    for (index += 1; index < pieces.length; index += 1) {
      const next = pieces[index];
      if (next === undefined || next.buffer !== buffer || next.byteOffset !== end) break;
      end += next.length;
    }
    const length = end - byteOffset;
    runs.push(length === first.length ? first : Buffer.from(buffer, byteOffset, length));
  }
  return runs;
}

/** Behind all that was written, an empty write is done when they are. */
function departure(stream: Writable): Promise<void> {
  const left = Promise.withResolvers<void>();
  const done = (): void => left.resolve();
  stream.write(NOTHING, done);
  stream.once('close', done);
  return left.promise.finally(() => stream.off('close', done));
}

const NOTHING = Buffer.alloc(0);
