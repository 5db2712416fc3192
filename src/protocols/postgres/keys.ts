import { randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Target } from '../../core/target.ts';
import { LIMITS } from './limits.ts';
import { cancelRequest } from './startup.ts';
import { type CancelKey, reach } from './upstream.ts';

interface Cancellable {
  readonly key: Buffer;
  readonly cancel: () => void;
}

/**
 * Keys by which clients cancel: made here, so that no client ever holds a key of the server's. They are forgotten with
 * their connection; a key that is not known does nothing, and nobody is told.
 */
export class CancelKeys {
  readonly #live = new Map<number, Cancellable>();

  /** `minor` is the protocol's: keys have 4 bytes in 3.0, and may be longer from 3.2 on. */
  issue(minor: number, cancel: () => void): CancelKey {
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

  use(process: number, key: Buffer): boolean {
    const known = this.#live.get(process);
    if (known === undefined || known.key.length !== key.length || !timingSafeEqual(known.key, key)) return false;
    known.cancel();
    return true;
  }
}

/** Asks the server to cancel what the holder of this key runs. Best effort, as in PostgreSQL. */
export async function cancelUpstream(target: Target, key: CancelKey, warn: (message: string) => void): Promise<void> {
  let socket: Socket;
  try {
    ({ socket } = await reach(target, AbortSignal.timeout(LIMITS.cancel)));
  } catch {
    warn(`a cancel request did not reach target ${target.name}`);
    return;
  }
  // The server answers by closing.
  socket.setTimeout(LIMITS.cancel, () => socket.destroy());
  socket.on('close', () => socket.destroy());
  socket.end(cancelRequest(key.process, key.key));
  socket.resume();
}
