import { onTestFinished } from 'vitest';
import type { Clock } from '../../../src/core/clock.ts';
import type { ApprovalRequest, Grant } from '../../../src/core/request.ts';
import { inboxScreen } from '../../../src/tui/inbox.tsx';
import { Stage } from '../stage.ts';
import { FakeInbox } from './fake-inbox.ts';
import { START } from './samples.ts';

export interface Opened {
  readonly stage: Stage;
  readonly inbox: FakeInbox;
  readonly clock: Clock & { wait(milliseconds?: number): void };
  /** False when Ctrl-C or the signal ended it. */
  readonly left: Promise<boolean>;
  readonly close: () => Promise<void>;
}

export interface OpenedOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly grants?: readonly Grant[];
  readonly env?: NodeJS.ProcessEnv;
}

/** The inbox on a terminal of its own, under a clock that a test moves; it is taken down with the test. */
export function openedInbox(requests: readonly ApprovalRequest[], options: OpenedOptions = {}): Opened {
  const stage = new Stage(options.columns, options.rows);
  const inbox = new FakeInbox(requests, options.grants);
  let now = START;
  const clock = {
    now: () => now,
    monotonic: () => now * 1000,
    wait: (milliseconds = 500) => void (now += milliseconds),
  };
  const controller = new AbortController();
  const { stdin, stdout } = stage;
  const left = inboxScreen(inbox, {
    profile: null,
    clock,
    env: options.env ?? {},
    signal: controller.signal,
    stdin,
    // Of a stream, these are what Ink uses.
    stdout: stdout as unknown as NodeJS.WriteStream,
  });
  const close = async (): Promise<void> => {
    controller.abort();
    await left;
  };
  onTestFinished(close);
  return { stage, inbox, clock, left, close };
}
