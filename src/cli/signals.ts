import { constants } from 'node:os';
import { outliveReaders } from './readers.ts';

/** The signals that end a command in order. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export interface Interruption {
  /** Aborts with the first thing that interrupts. */
  readonly signal: AbortSignal;
  /** The exit code of what came first, or null. */
  exitCode(): number | null;
  /**
   * Leaves the signals to whoever else listens, a program that gets them, until `resume`. They are listened to all the
   * while: a signal that comes when nobody does ends the process at once, or is lost.
   */
  pause(): void;
  resume(): void;
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
  let paused = false;
  const end = (code: number): void => {
    first ??= code;
    controller.abort();
  };
  const listener = (name: NodeJS.Signals): void => {
    if (paused) return;
    count += 1;
    end(128 + constants.signals[name]);
    if (count > 2) process.exit(first ?? 128 + constants.signals[name]);
  };
  for (const name of ENDING) process.on(name, listener);
  const dispose = (): void => {
    for (const name of ENDING) process.off(name, listener);
  };
  const interruption: Interruption = {
    signal: controller.signal,
    exitCode: () => first,
    pause: () => void (paused = true),
    resume: () => void (paused = false),
    [Symbol.dispose]: dispose,
  };
  return { interruption, end };
}
