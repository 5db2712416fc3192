import { HoopError } from '../../core/errors.ts';
import type { Profile, Profiles } from '../../core/profile.ts';
import type { TokenSet } from '../../core/provider.ts';
import { visible } from '../../core/visible.ts';
import { DEFAULT_PROFILE } from '../../identity/login-command.ts';
import type { Run } from '../command.ts';

import { EXIT } from '../failure.ts';
import { refuseInside } from '../inbox.ts';
import type { Invocation } from '../invocation.ts';
import {
  endAtProvider,
  type Ending,
  type Logins,
  openLogins,
  profileAsked,
  profileOf,
  warnOfToken,
} from '../logins.ts';
import { personLabel, siteOf } from '../profile-view.ts';
import { interruptible } from '../signals.ts';
import type { Terminal } from '../terminal.ts';

export const logout: Run = async (invocation) => {
  refuseInside(invocation.env);
  return logOutWith(invocation, openLogins(invocation));
};

/** What became of a login. Its tokens are gone from here whatever it was. */
interface Ended {
  readonly profile: Profile;
  readonly ending: Ending;
}

export async function logOutWith(invocation: Invocation, logins: Logins): Promise<number> {
  const { terminal, options, env } = invocation;
  const chosen = chosenOf(await logins.profiles.list(), invocation);
  using interruption = interruptible();
  const ended: Ended[] = [];
  for (const profile of chosen) ended.push(await end(profile, logins, interruption.signal));
  if (options.flag('json')) terminal.json({ version: 1, logouts: ended.map(shownEnded) });
  else if (ended.length === 0) terminal.progress('No login is kept here.');
  else for (const one of ended) printEnded(terminal, one);
  warnOfToken(terminal, env);
  return interruption.exitCode() ?? EXIT.ok;
}

/** @throws HoopError `cli.usage` when it is not clear which one is meant */
function chosenOf(all: readonly Profile[], invocation: Invocation): readonly Profile[] {
  const asked = profileAsked(invocation);
  if (invocation.options.flag('all')) {
    if (invocation.options.text('profile') === null) return all;
    throw new HoopError('cli.usage', '--all and --profile exclude each other', { hint: 'leave one of them out' });
  }
  if (asked !== null) return [profileOf(all, asked)];
  if (all.length < 2) return all;
  const usual = all.find(({ name }) => name === DEFAULT_PROFILE);
  if (usual !== undefined) return [usual];
  throw new HoopError('cli.usage', 'there are several logins: which one is to end?', {
    hint: `hoopctl logout --profile ${all[0]?.name ?? 'NAME'}, or --all`,
  });
}

/** Removed before the provider is told, so that nothing is left here whatever it does, or does not. */
async function end(profile: Profile, logins: Logins, signal: AbortSignal): Promise<Ended> {
  const { profiles } = logins;
  const tokens = await profiles.exclusively(profile.name, async () => {
    const found = await tokensOf(profiles, profile);
    await profiles.forget(profile.name);
    return found;
  });
  if (tokens === null) return { profile, ending: 'unread' };
  return { profile, ending: await endAtProvider(logins, profile, tokens, signal) };
}

/** Null when they cannot be read: they are removed all the same. */
async function tokensOf(profiles: Profiles, profile: Profile): Promise<TokenSet | null> {
  try {
    return await profiles.tokens(profile);
  } catch (error) {
    if (error instanceof HoopError) return null;
    throw error;
  }
}

function shownEnded({ profile: { name, issuer, identity }, ending }: Ended): Readonly<Record<string, unknown>> {
  return { profile: name, issuer, identity, removed: true, provider: ending };
}

function printEnded(terminal: Terminal, { profile, ending }: Ended): void {
  const { name, identity, issuer } = profile;
  const tick = terminal.styled('stderr', 'green', '✓');
  const site = visible(siteOf(issuer));
  terminal.progress(`${tick} Logged out ${visible(personLabel(identity))} at ${site}`);
  switch (ending) {
    case 'revoked':
      terminal.progress(`  profile ${visible(name)}, tokens revoked there and removed here`);
      break;
    case 'unsupported':
      terminal.warn(`its tokens are removed here, but ${site} has no way to revoke them:`);
      terminal.progress('  they hold there until they lapse.');
      break;
    case 'failed':
      terminal.warn(`its tokens are removed here, but ${site} could not be told:`);
      terminal.progress('  they may hold there until they lapse.');
      break;
    case 'unread':
      terminal.warn(`its tokens are removed here unread, so that ${site} was not told:`);
      terminal.progress('  if they were not gone, they hold there until they lapse.');
      break;
  }
}
