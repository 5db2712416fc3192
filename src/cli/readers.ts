import { constants } from 'node:os';
import { errnoOf } from '../core/errors.ts';
import { EXIT } from './failure.ts';

/** 128+n: what shells say of a program that ended because nobody read it. */
const UNREAD = 128 + constants.signals.SIGPIPE;

const lost = new AbortController();
let isOutlived = false;

/**
 * Aborts when stdout or stderr cannot be written any more, with the exit code that stands for it as the reason: whoever
 * read it has gone away (`hoopctl connect pg --json | head -1`), or the disk is full. From the first call on, that does not
 * end this process by itself: whoever calls this ends what is open in order, or goes on unheard.
 */
export function outliveReaders(): AbortSignal {
  isOutlived = true;
  return lost.signal;
}

/**
 * Ends this process when what it says cannot be written, unless a command outlives that. It never claims to have
 * succeeded: what it had to say was not said.
 */
export function watchReaders(streams: Iterable<NodeJS.WritableStream>): void {
  for (const stream of streams) {
    stream.on('error', (error: Error) => {
      const errno = errnoOf(error);
      // The terminal is gone: what comes with it, SIGHUP, ends the command in order.
      if (errno === 'EIO') return;
      const code = errno === 'EPIPE' ? UNREAD : EXIT.failure;
      if (!isOutlived) process.exit(code);
      lost.abort(code);
    });
  }
}
