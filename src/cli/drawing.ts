import type { ScreenOptions } from '../tui/screen.tsx';
import type { Invocation } from './invocation.ts';
import { interruptible } from './signals.ts';

/** What Ctrl-C ends a command with: in a screen it is a key, and no signal. */
const INTERRUPTED = 130;

/** Draws a screen, which says whether it was left in order. Resolves with the exit code. */
export async function drawn(
  { terminal, env }: Invocation,
  screen: (options: ScreenOptions) => Promise<boolean>,
): Promise<number> {
  using interruption = interruptible();
  const { stdin, stdout } = terminal;
  const left = await screen({ stdin, stdout, env, signal: interruption.signal });
  return left ? 0 : (interruption.exitCode() ?? INTERRUPTED);
}
