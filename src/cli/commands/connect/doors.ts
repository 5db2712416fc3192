import type { GuardedSession } from '../../../local/guarded-session.ts';

/** What names a file of a door's, and of which door where there are several. */
export const OWN = 'HOOPCTL_';

/**
 * What a client's environment gets: the first target's own names (`PGHOST`, …), and with several targets
 * `HOOPCTL_<TARGET>_URL` for each, and `HOOPCTL_<TARGET>_…` for each of its own names that begins with `HOOPCTL_`.
 */
export function doorVariables(sessions: readonly GuardedSession[]): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const session of sessions) {
    const several = sessions.length > 1;
    for (const [name, value] of Object.entries(session.environment)) {
      variables[name] ??= value;
      if (several && name.startsWith(OWN)) variables[ownVariable(session.target.name, name)] = value;
    }
    if (several) variables[urlVariable(session.target.name)] = session.url;
  }
  return variables;
}

export function urlVariable(target: string): string {
  return ownVariable(target, `${OWN}URL`);
}

/** The name of a variable that says the same of one target alone. */
export function ownVariable(target: string, name: string): string {
  return `${OWN}${target.toUpperCase().replaceAll('-', '_')}_${name.slice(OWN.length)}`;
}
