import { setTimeout as pause } from 'node:timers/promises';

/**
 * Looks again and again: what happens in its own time is waited for as long as on a machine that does much else.
 * @returns what was found as soon as it is as wanted
 * @throws when it never is
 */
export async function eventually<T>(
  look: () => T | Promise<T>,
  wanted: (found: T) => boolean = Boolean,
  milliseconds = 20_000,
): Promise<T> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    const found = await look();
    if (wanted(found)) return found;
    if (performance.now() > deadline) throw new Error(`it stayed ${JSON.stringify(found)}`);
    await pause(10);
  }
}
