import { constants } from 'node:os';
import type { Exit } from '../ssh2.ts';

/** 128 and SIGINT: what shells say of what was given up. */
export const INTERRUPTED = 130;

const SIGNALS: Readonly<Record<string, number | undefined>> = constants.signals;

/** How something ended, in one number, as shells say it. */
export function statusOf(exit: Exit): number {
  return exit.kind === 'code' ? exit.code : 128 + (SIGNALS[exit.name] ?? 0);
}
