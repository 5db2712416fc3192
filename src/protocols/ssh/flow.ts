import type { Readable, Writable } from 'node:stream';

/**
 * Hands on what comes, one piece at a time: the next one is not read before `take` is done with the last. Resolves at
 * the end of it, and when the stream is closed. @throws what `take` throws; nothing is read after that
 */
export function flow(from: Readable, take: (bytes: Buffer) => Promise<void> | null): Promise<void> {
  return new Promise((resolve, reject) => {
    let busy: Promise<void> | null = null;
    const finish = (): void => {
      if (busy === null) resolve();
      else busy.then(resolve, reject);
    };
    from.on('data', (bytes: Buffer) => {
      let taken: Promise<void> | null;
      try {
        taken = take(bytes);
      } catch (error) {
        taken = failed(error);
      }
      if (taken === null) return;
      from.pause();
      const done = taken.then(() => {
        if (busy === done) busy = null;
        from.resume();
      });
      busy = done;
      done.catch(reject);
    });
    from.once('end', finish).once('close', finish);
  });
}

/** Thrown out of a listener it would end the process, and every record with it. */
async function failed(error: unknown): Promise<never> {
  throw error;
}

/** Null when there is room for more, or nobody takes any more; else a promise of one of these. `sent`: they have left. */
export function written(to: Writable, bytes: Buffer, sent?: () => void): Promise<void> | null {
  if (!to.writable || to.write(bytes, sent)) return null;
  return new Promise((resolve) => {
    const go = (): void => {
      to.off('drain', go).off('close', go);
      resolve();
    };
    to.once('drain', go).once('close', go);
  });
}
