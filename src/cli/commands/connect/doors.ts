import type { GuardedSession } from '../../../local/guarded-session.ts';

/**
 * What a client's environment gets: the first target's own names (`PGHOST`, …), and with several targets
 * `HOOPCTL_<TARGET>_URL` for each.
 */
export function doorVariables(sessions: readonly GuardedSession[]): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const session of sessions) {
    for (const [name, value] of Object.entries(session.environment)) variables[name] ??= value;
    if (sessions.length > 1) variables[urlVariable(session.target.name)] = session.url;
  }
  return variables;
}

export function urlVariable(target: string): string {
  return `HOOPCTL_${target.toUpperCase().replaceAll('-', '_')}_URL`;
}
