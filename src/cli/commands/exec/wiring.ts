import type { GuardedSession } from '../../../local/guarded-session.ts';
import { candidatePorts } from '../../../local/ports.ts';
import { sshVariables } from '../../../local/ssh-clients.ts';
import { OWN, ownVariable, urlVariable } from '../connect/doors.ts';

/** How a sandboxed program comes to a door. */
export interface Way {
  readonly session: GuardedSession;
  /** On the sandbox's own loopback. */
  readonly port: number;
  /** Of the door, outside. */
  readonly socket: string;
}

/** A port inside for each door: the one that its target has outside, too, where it is free. */
export function waysTo(sessions: readonly GuardedSession[]): readonly Way[] {
  const taken = new Set<number>();
  return sessions.flatMap((session): Way[] => {
    if (session.address.kind !== 'unix') return [];
    const port = freePort(session.target.name, taken);
    return [{ session, port, socket: session.address.path }];
  });
}

/** A port for something that is no door. */
export function portBeside(ways: readonly Way[], name: string): number {
  return freePort(name, new Set(ways.map(({ port }) => port)));
}

function freePort(name: string, taken: Set<number>): number {
  for (const port of candidatePorts(name)) {
    if (taken.has(port)) continue;
    taken.add(port);
    return port;
  }
  throw new RangeError('there are more doors than ports');
}

/** What a program reads to find its doors: the first target's own names, `DATABASE_URL`, and a URL for each. */
export function programVariables(
  seen: readonly {
    readonly target: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly url: string;
  }[],
): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const { target, environment, url } of seen) {
    for (const [name, value] of Object.entries(environment)) {
      variables[name] ??= value;
      if (name.startsWith(OWN)) variables[ownVariable(target, name)] = value;
    }
    if (!url.startsWith('ssh:')) variables['DATABASE_URL'] ??= url;
    variables[urlVariable(target)] = url;
  }
  return { ...variables, ...sshVariables(variables) };
}
