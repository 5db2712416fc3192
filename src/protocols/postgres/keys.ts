import { randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Target } from '../../core/target.ts';
import { cancelRequest } from './startup.ts';
import { type CancelKey, reach } from './upstream.ts';

interface Cancellable {
  readonly key: Buffer;
  readonly cancel: () => Promise<void>;
}

/**
 * Keys by which clients cancel: made here, so that no client ever holds a key of the server's. They are forgotten with
 * their connection; a key that is not known does nothing, and nobody is told.
 */
export class CancelKeys {
  readonly #live = new Map<number, Cancellable>();

  /** `minor` is the protocol's: keys have 4 bytes in 3.0, and may be longer from 3.2 on. */
  issue(minor: number, cancel: () => Promise<void>): CancelKey {
    const key = randomBytes(minor >= 2 ? 32 : 4);
    let process: number;
    do process = randomInt(1, 2 ** 31 - 1);
    while (this.#live.has(process));
    this.#live.set(process, { key, cancel });
    return { process, key };
  }

  revoke(process: number): void {
    this.#live.delete(process);
  }

  /** Resolves when what the key's holder runs has been cancelled, as far as that is known; at once for an unknown key. */
  async use(process: number, key: Buffer): Promise<void> {
    const known = this.#live.get(process);
    if (known === undefined || known.key.length !== key.length || !timingSafeEqual(known.key, key)) return;
    await known.cancel();
  }
}

/**
 * Does the task now, or once more when it is at it already, for however many have asked meanwhile: a flood of
 * requests becomes no flood at the target. The promise resolves when it has been done after the call.
 */
export function oneAtATime(task: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const start = (): Promise<void> => {
    running = task().finally(() => {
      running = null;
    });
    return running;
  };
  const again = async (before: Promise<void>): Promise<void> => {
    await before;
    next = null;
    await start();
  };
  return () => {
    if (running === null) return start();
    next ??= again(running);
    return next;
  };
}

/** Asks the server to cancel what the holder of this key runs. Best effort, as in PostgreSQL. Resolves when it has heard. */
export async function cancelUpstream(target: Target, key: CancelKey, warn: (message: string) => void): Promise<void> {
  let socket: Socket;
  try {
    // The signal destroys the socket also later.
    ({ socket } = await reach(target, AbortSignal.timeout(target.limits.cancel)));
  } catch {
    warn(`a cancel request did not reach target ${target.name}`);
    return;
  }
  // The server answers by closing.
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.end(cancelRequest(key.process, key.key));
  socket.resume();
  await closed;
}
