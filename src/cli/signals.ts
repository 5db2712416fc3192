import { constants } from 'node:os';

/** The signals that end a command in order. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export interface Interruption {
  /** Aborts with the first signal. */
  readonly signal: AbortSignal;
  /** The exit code of the signal that came, or null. */
  exitCode(): number | null;
  /** Gives the signals their own meaning back. */
  [Symbol.dispose](): void;
}

/** Turns SIGINT, SIGTERM and SIGHUP into an abort. The third one of them ends the process at once. */
export function interruptible(): Interruption {
  const controller = new AbortController();
  let first: NodeJS.Signals | null = null;
  let count = 0;
  const listener = (name: NodeJS.Signals): void => {
    count += 1;
    first ??= name;
    if (count > 2) process.exit(128 + constants.signals[first]);
    controller.abort(name);
  };
  for (const name of ENDING) process.on(name, listener);
  return {
    signal: controller.signal,
    exitCode: () => (first === null ? null : 128 + constants.signals[first]),
    [Symbol.dispose]: () => {
      for (const name of ENDING) process.off(name, listener);
    },
  };
}
