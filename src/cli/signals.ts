import { constants } from 'node:os';
import { outliveReaders } from './readers.ts';

/** The signals that end a command in order. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export interface Interruption {
  /** Aborts with the first thing that interrupts. */
  readonly signal: AbortSignal;
  /** The exit code of what came first, or null. */
  exitCode(): number | null;
  /** Gives the signals their own meaning back. */
  [Symbol.dispose](): void;
}

/**
 * Turns SIGINT, SIGTERM and SIGHUP into an abort, and a reader of the output who goes away. The third signal ends the
 * process at once.
 */
export function interruptible(): Interruption {
  const { interruption, end } = bySignals();
  const unread = outliveReaders();
  const unheard = (): void => end(Number(unread.reason));
  if (unread.aborted) unheard();
  else unread.addEventListener('abort', unheard, { once: true });
  const dispose = (): void => {
    interruption[Symbol.dispose]();
    unread.removeEventListener('abort', unheard);
  };
  return { ...interruption, [Symbol.dispose]: dispose };
}

/** The same for a command that goes on unheard: the program that it runs does, and its record with it. */
export function interruptibleBySignals(): Interruption {
  outliveReaders();
  return bySignals().interruption;
}

interface Ending {
  readonly interruption: Interruption;
  readonly end: (code: number) => void;
}

function bySignals(): Ending {
  const controller = new AbortController();
  let first: number | null = null;
  let count = 0;
  const end = (code: number): void => {
    first ??= code;
    controller.abort();
  };
  const listener = (name: NodeJS.Signals): void => {
    count += 1;
    end(128 + constants.signals[name]);
    if (count > 2) process.exit(first ?? 128 + constants.signals[name]);
  };
  for (const name of ENDING) process.on(name, listener);
  const dispose = (): void => {
    for (const name of ENDING) process.off(name, listener);
  };
  return { interruption: { signal: controller.signal, exitCode: () => first, [Symbol.dispose]: dispose }, end };
}
