import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { HoopError } from '../../core/errors.ts';
import type { Run } from '../command.ts';
import { findClient } from '../demo/client.ts';
import { type Stage, setStage } from '../demo/stage.ts';
import { type Scene, type Step, STEPS } from '../demo/steps.ts';
import { EXIT } from '../failure.ts';
import type { Invocation } from '../invocation.ts';
import { interruptible, type Interruption } from '../signals.ts';

export const demo: Run = async (invocation) => {
  const { terminal, options } = invocation;
  using interruption = interruptible();
  const started = performance.now();
  terminal.line('Starting an embedded PostgreSQL with sample data …');
  const stage = await setStage(invocation);
  try {
    const session = await stage.openSession();
    const client = await findClient(session.environment);
    terminal.line(
      `${outcome(invocation, true)}  a server, a guard and a door, in ${seconds(started)}; the client is ${client.name}`,
    );
    const failed = await walk(invocation, { stage, session, client }, interruption);
    const code = interruption.exitCode();
    if (code !== null) return code;
    const count = `${STEPS.length - failed} of ${STEPS.length} steps did what they claim, in ${seconds(started)}`;
    terminal.line(`\n${outcome(invocation, failed === 0)}  ${count}`);
    if (failed > 0) terminal.progress('Try: hoopctl doctor');
    if (options.flag('keep')) await keep(invocation, stage, interruption);
    return interruption.exitCode() ?? (failed > 0 ? EXIT.failure : EXIT.ok);
  } catch (error) {
    // A signal ends the client in the middle of a step: that is no fault of the step.
    const code = interruption.exitCode();
    if (code === null) throw error;
    return code;
  } finally {
    await stage.close();
  }
};

async function walk(invocation: Invocation, scene: Scene, interruption: Interruption): Promise<number> {
  let failed = 0;
  for (const [index, step] of STEPS.entries()) {
    if (index > 0) await pause(invocation, interruption.signal);
    if (interruption.signal.aborted) break;
    const { terminal } = invocation;
    terminal.line(`\n${terminal.style('bold', `${index + 1}/${STEPS.length}  ${step.title}`)}`);
    if (!(await perform(invocation, scene, step))) failed += 1;
  }
  return failed;
}

async function perform(invocation: Invocation, scene: Scene, step: Step): Promise<boolean> {
  const { terminal } = invocation;
  for (const statement of step.statements) terminal.line(`  ${terminal.style('cyan', `app=> ${statement};`)}`);
  const broken = await attempt(step, scene, (line) => terminal.line(`  ${line}`));
  terminal.line(outcome(invocation, broken.length === 0) + (broken.length > 0 ? `  ${broken.join('; ')}` : ''));
  return broken.length === 0;
}

/** A step that cannot be carried out did not do what it claims either. */
async function attempt(step: Step, scene: Scene, show: (line: string) => void): Promise<readonly string[]> {
  try {
    return await step.run(scene, show);
  } catch (error) {
    if (error instanceof HoopError) return [error.message];
    throw error;
  }
}

function outcome({ terminal }: Invocation, good: boolean): string {
  return good ? terminal.style('green', 'ok') : terminal.style('red', 'FAILED');
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/** Waits for Enter where somebody sits. */
async function pause({ terminal, interactive, options }: Invocation, signal: AbortSignal): Promise<void> {
  if (!interactive || options.flag('yes')) return;
  const questions = createInterface({ input: terminal.stdin, output: process.stderr });
  // While it waits, the terminal's Ctrl-C is a key like any other.
  questions.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    await questions.question('Enter goes on, Ctrl-C ends … ', { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    questions.close();
  }
}

/** Opens the door once more, and leaves it open until a signal or the time limit. */
async function keep({ terminal }: Invocation, stage: Stage, { signal }: Interruption): Promise<void> {
  const session = await stage.openSession();
  terminal.line(
    `\nThe door stays open, until Ctrl-C:\n\n  psql '${session.url}'\n\n  hoopctl --config ${stage.config} policy explain "SELECT 1" --target demo`,
  );
  const aborted = signal.aborted ? Promise.resolve() : once(signal, 'abort');
  await Promise.race([aborted, session.ended]);
}
