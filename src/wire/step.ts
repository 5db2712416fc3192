import type { Duplex } from 'node:stream';

/** Bytes of answers that may wait for the other side to read them. */
const MOST_UNREAD = 4 * 1024 * 1024;

/**
 * Has no more read from whoever does not read, for a library that answers by itself: all its answers would be kept. To be
 * called before anybody else reads.
 */
export function keepStep(stream: Duplex): void {
  stream.on('data', () => {
    if (stream.writableLength <= MOST_UNREAD) return;
    stream.pause();
    stream.once('drain', () => void stream.resume());
  });
}
