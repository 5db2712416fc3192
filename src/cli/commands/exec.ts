import { HoopError } from '../../core/errors.ts';
import { type Streams, wantsTerminal } from '../../local/child/streams.ts';
import { type GuardedSession, openGuardedSession, type SessionRequest } from '../../local/guarded-session.ts';
import { sandboxTools } from '../../local/sandbox/availability.ts';
import type { Run } from '../command.ts';
import { readConfig } from '../configuration.ts';
import { EXIT } from '../failure.ts';
import { isInside } from '../inbox.ts';
import type { Invocation } from '../invocation.ts';
import { interruptibleBySignals, type Interruption } from '../signals.ts';
import { endAll, firstEnd } from './connect/ends.ts';
import { openSurroundings } from './connect/surroundings.ts';
import { type Plan, planOf } from './exec/plan.ts';
import { runPlanned } from './exec/program.ts';
import { jsonReporter, type Reporter, textReporter } from './exec/reporter.ts';

export const exec: Run = async (invocation) => {
  if (isInside(invocation.env)) {
    throw new HoopError('local.inside', 'this runs inside a guarded session already: there is one way to each target');
  }
  const config = await readConfig(invocation);
  const plan = planOf(invocation, config);
  if (plan.sandboxed) sandboxTools();
  const requests = plan.targets.map((target) => requestOf(plan, target));
  const streams = streamsOf(invocation);
  const reporterFor = (): Reporter =>
    invocation.options.flag('json') ? jsonReporter(invocation) : textReporter(invocation, wantsTerminal(streams));
  await using stack = new AsyncDisposableStack();
  const opening = { invocation, config, requests, announcer: reporterFor };
  const { around, announcer, held } = await openSurroundings(opening, stack);
  using interruption = interruptibleBySignals();
  const sessions: GuardedSession[] = [];
  try {
    for (const request of requests) sessions.push(await openGuardedSession(around, request));
    return await runThrough({ plan, around, held, sessions, cwd: invocation.cwd, streams }, announcer, interruption);
  } finally {
    await endAll(sessions, interruption.signal.aborted ? 'cancelled' : 'client');
  }
};

function requestOf({ sandboxed, ttl, reason, policy }: Plan, target: string): SessionRequest {
  return { target, ttl, reason, policy, place: sandboxed ? { kind: 'unix', port: 5432 } : { kind: 'tcp', port: null } };
}

/** With `--json` what the program prints must not stand among the events. */
function streamsOf({ options }: Invocation): Streams {
  const { stdin, stdout, stderr } = process;
  return { stdin, stdout: options.flag('json') ? stderr : stdout, stderr };
}

async function runThrough(
  running: Omit<Parameters<typeof runPlanned>[0], 'signal' | 'started'>,
  reporter: Reporter,
  interruption: Interruption,
): Promise<number> {
  const { sessions } = running;
  for (const session of sessions) reporter.ready(session);
  const over = firstEnd(sessions, reporter);
  // From its start on signals are for the program: until then one ends what would only be begun.
  const signal = AbortSignal.any([over.signal, interruption.signal]);
  const outcome = await runPlanned({ ...running, signal, started: () => interruption.pause() });
  interruption.resume();
  // Before anything else is said: what the program has left behind must not find its doors open.
  const lost = over.code() ?? interruption.exitCode();
  await endAll(sessions, 'client');
  const code = lost ?? (outcome.exceeded === 'time' ? EXIT.cancelled : outcome.code);
  reporter.exit({ ...outcome, code }, sessions);
  return code;
}
