import { setImmediate as nextTurn } from 'node:timers/promises';

/** Turns of the event loop in which nothing moved, after which nothing will. */
const STILL = 30;

/** Counts whatever moves, so that it can be told when nothing does. */
export class Motion {
  #count = 0;

  readonly moved = (): void => void (this.#count += 1);

  /** Resolves when nothing has moved for a while, or it is over. */
  async settled(over: () => boolean): Promise<void> {
    let seen = -1;
    for (let still = 0; still < STILL && !over(); still += 1) {
      await nextTurn();
      if (this.#count !== seen) still = 0;
      seen = this.#count;
    }
  }
}

/** Waits for a number of turns of the event loop. */
export async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) await nextTurn();
}

/** Whether it resolves in time. */
export async function soon(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), milliseconds);
  try {
    return await Promise.race([promise.then(() => true), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
