import { createHash } from 'node:crypto';

/** Below the range that operating systems take ports from by themselves, above the well-known ones. */
const FIRST = 20_000;
const COUNT = 10_000;

/**
 * Ports to try for a target, best first. The first depends on the name alone, so that a target keeps its port
 * from one session to the next while it is free.
 */
export function* candidatePorts(target: string): Generator<number, void> {
  const start = createHash('sha256').update(target, 'utf8').digest().readUInt32BE(0) % COUNT;
  for (let step = 0; step < COUNT; step += 1) yield FIRST + ((start + step) % COUNT);
}
