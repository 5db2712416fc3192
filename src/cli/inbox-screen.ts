import { systemClock } from '../core/clock.ts';
import { inboxOf } from './inbox.ts';
import type { Invocation } from './invocation.ts';
import { interruptible } from './signals.ts';

/** Shows the inbox on the whole terminal. Resolves with the exit code. */
export async function drawInbox(invocation: Invocation): Promise<number> {
  const { terminal, env } = invocation;
  const { openInbox } = await import('../tui/approve/inbox.tsx');
  using interruption = interruptible();
  const { stdin, stdout } = terminal;
  const inbox = inboxOf(invocation);
  const screen = { inbox, focus: null, clock: systemClock, stdin, stdout, env, signal: interruption.signal };
  const code = await openInbox(screen);
  return interruption.exitCode() ?? code;
}
