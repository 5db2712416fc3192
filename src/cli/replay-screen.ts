import type { RecordSource } from '../record/source.ts';
import type { Invocation } from './invocation.ts';
import { recordingOf } from './recording.ts';
import { interruptible } from './signals.ts';

/** What Ctrl-C ends a command with: in a screen it is a key, and no signal. */
const INTERRUPTED = 130;

/** Replays a record on the whole terminal. Resolves with the exit code. */
export async function drawReplay(invocation: Invocation, source: RecordSource, speed: number): Promise<number> {
  const { terminal, env } = invocation;
  // Only who looks at a screen waits until it is loaded, and the record is opened meanwhile.
  const [recording, { replayScreen }] = await Promise.all([recordingOf(source), import('../tui/replay.tsx')]);
  using interruption = interruptible();
  const { stdin, stdout } = terminal;
  const left = await replayScreen(recording, { stdin, stdout, env, signal: interruption.signal, speed });
  return left ? 0 : (interruption.exitCode() ?? INTERRUPTED);
}
