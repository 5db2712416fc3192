import type { Answer } from './answer.ts';
import type { Given } from './arguments.ts';
import { wholeNumber } from './arguments.ts';
import type { Call } from './call.ts';
import { outcomeOf, underWay } from './outcome.ts';

/** Seconds. Clients give up on a tool after a minute, if nobody has told them to be more patient. */
const USUAL = 20;
const LONGEST = 300;

export const WAIT_FIELD = {
  type: 'integer',
  minimum: 0,
  maximum: LONGEST,
  default: USUAL,
  description: 'seconds to wait while a person is asked, before the answer is status: waiting',
} as const;

/** In milliseconds. @throws HoopError `cli.usage` */
export function waitGiven(given: Given): number {
  return wholeNumber(given, 'wait', { least: 0, most: LONGEST, otherwise: USUAL }) * 1000;
}

/** What came of a statement, or how it stands when people have not answered in time, or the signal aborts. */
export async function settled(call: Call, milliseconds: number, signal: AbortSignal): Promise<Answer> {
  const time = pause(milliseconds, signal);
  try {
    // One that people are not asked about is waited for until it has ended.
    const late = Promise.all([time.over, call.held]).then(() => null);
    const ending = await Promise.race([call.ended, late, time.aborted]);
    return ending === null ? underWay(call) : outcomeOf(call, ending);
  } finally {
    time.stop();
  }
}

interface Pause {
  readonly over: Promise<void>;
  readonly aborted: Promise<null>;
  stop(): void;
}

function pause(milliseconds: number, signal: AbortSignal): Pause {
  const over = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<null>();
  const timer = setTimeout(over.resolve, milliseconds);
  const abort = (): void => aborted.resolve(null);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  const stop = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  };
  return { over: over.promise, aborted: aborted.promise, stop };
}
