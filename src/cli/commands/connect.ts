import { type Config, targetNamed } from '../../config/load.ts';
import { HoopError } from '../../core/errors.ts';
import type { Standing } from '../../core/standing.ts';
import { runClient } from '../../local/client.ts';
import type { DoorPlace } from '../../local/door.ts';
import { clientEnvironment } from '../../local/environment.ts';
import {
  type GuardedSession,
  openGuardedSession,
  type SessionRequest,
  type Surroundings,
} from '../../local/guarded-session.ts';
import { shareConfiguration } from '../../local/shared-configuration.ts';
import { sshArguments, sshVariables } from '../../local/ssh-clients.ts';
import { answeringFor } from '../answering.ts';
import type { Run } from '../command.ts';
import { credentialVariables, readConfig } from '../configuration.ts';
import { EXIT } from '../failure.ts';
import { inboxOf, isInside } from '../inbox.ts';
import type { Invocation } from '../invocation.ts';
import { interruptible, interruptibleBySignals, type Interruption } from '../signals.ts';
import { doorVariables } from './connect/doors.ts';
import { type Announcer, jsonAnnouncer, textAnnouncer } from './connect/announcer.ts';
import { endAll, firstEnd } from './connect/ends.ts';
import { isWatched, liveAnnouncer } from './connect/live-announcer.ts';
import { openSurroundings } from './connect/surroundings.ts';

export const connect: Run = async (given) => {
  const requests = requestsOf(given);
  const config = await readConfig(given);
  const invocation = withShell(given, config);
  await using stack = new AsyncDisposableStack();
  const announcerFor = (standing: Standing): Announcer => announcerOf(invocation, standing);
  const { around, announcer } = await openSurroundings(
    { invocation, config, requests, announcer: announcerFor },
    stack,
  );
  using interruption = invocation.rest === null ? interruptible() : interruptibleBySignals();
  const sessions: GuardedSession[] = [];
  try {
    for (const request of requests) sessions.push(await openGuardedSession(around, request));
    const shared = await shareConfiguration(sessions, around.runtime, stack);
    return await keepOpen(invocation, around, shared, announcer, interruption);
  } finally {
    const cause = interruption.signal.aborted ? 'cancelled' : 'client';
    await endAll(sessions, cause);
  }
};

/** Where somebody sits at a terminal, and the one target is a machine, the client is a shell on it. */
function withShell(invocation: Invocation, config: Config): Invocation {
  const { arguments: targets, options, interactive, rest } = invocation;
  const [target] = targets;
  if (!interactive || rest !== null || target === undefined || targets.length > 1) return invocation;
  if (options.flag('json') || options.flag('plain')) return invocation;
  return targetNamed(config, target).protocol === 'ssh' ? { ...invocation, rest: ['ssh', target] } : invocation;
}

function announcerOf(invocation: Invocation, standing: Standing): Announcer {
  if (invocation.options.flag('json')) return jsonAnnouncer(invocation);
  if (!isWatched(invocation)) return textAnnouncer(invocation);
  const inbox = isInside(invocation.env) ? null : inboxOf(invocation, answeringFor(invocation, false));
  return liveAnnouncer(invocation, { standing, inbox });
}

function requestsOf({ arguments: targets, options }: Invocation): readonly SessionRequest[] {
  if (new Set(targets).size < targets.length) {
    throw new HoopError('cli.usage', 'a target is named twice', { hint: 'name every target once' });
  }
  const port = options.integer('port', 1, 65_535);
  if (port !== null && options.flag('socket')) {
    throw new HoopError('cli.usage', '--port and --socket exclude each other', { hint: 'leave one of them out' });
  }
  const [ttl, reason] = [options.duration('ttl'), options.text('reason')];
  return targets.map((target, index) => ({ target, ttl, reason, place: placeOf(options.flag('socket'), port, index) }));
}

function placeOf(socket: boolean, port: number | null, index: number): DoorPlace {
  if (!socket) return { kind: 'tcp', port: port === null ? null : port + index };
  return { kind: 'unix', port: 5432 };
}

async function keepOpen(
  invocation: Invocation,
  around: Surroundings,
  sessions: readonly GuardedSession[],
  announcer: Announcer,
  interruption: Interruption,
): Promise<number> {
  const variables = doorVariables(sessions);
  for (const session of sessions) announcer.ready(session, variables);
  const over = firstEnd(sessions, announcer);
  const [command, ...args] = invocation.rest ?? [];
  if (command !== undefined) {
    // A client that would only be begun is not.
    const early = interruption.exitCode();
    if (early !== null) return early;
    const session = sessions.map(({ id }) => id).join(',');
    const inside = { ...variables, ...sshVariables(variables), HOOPCTL_SESSION: session };
    const env = clientEnvironment(invocation.env, credentialVariables(around.config), inside);
    const client = runClient({ command, args: sshArguments(command, args, inside), env, signal: over.signal });
    // From here on Ctrl-C is for the client, and what else comes is passed on to it.
    interruption.pause();
    around.grammar.load();
    const code = await client.finally(() => interruption.resume());
    return over.code() ?? code;
  }
  around.grammar.load();
  await announcer.hold(AbortSignal.any([over.signal, interruption.signal]));
  return over.code() ?? interruption.exitCode() ?? EXIT.ok;
}
