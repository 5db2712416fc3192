import type { Config } from '../../config/load.ts';
import { systemClock } from '../../core/clock.ts';
import { HoopError } from '../../core/errors.ts';
import type { Profile } from '../../core/profile.ts';
import { confirmedLately } from '../../identity/lately.ts';
import { loginCommand } from '../../identity/login-command.ts';
import { osUser } from '../../identity/os-user.ts';
import { loginStanding } from '../../identity/standing/login.ts';
import { type GivenToken, givenToken, withToken } from '../../local/given-token.ts';
import { profileFor } from '../../local/who.ts';
import { profileWanted } from '../asking.ts';
import type { Run } from '../command.ts';
import { readConfig } from '../configuration.ts';
import { EXIT } from '../failure.ts';
import type { Invocation } from '../invocation.ts';
import { issuerSettings } from '../issuer.ts';
import { openLogins } from '../logins.ts';
import { printSomebody, shownSomebody, type Somebody } from './whoami/somebody.ts';

export const whoami: Run = async (invocation) => {
  const { terminal, options } = invocation;
  const config = await readConfig(invocation);
  const somebody = await nextOne(invocation, config);
  if (options.flag('json')) terminal.json(shownSomebody(somebody));
  else printSomebody(terminal, somebody, systemClock.now());
  if (somebody.source === 'os') {
    terminal.progress(`${config.path} has no identity: sessions are the operating system user's, and not verified.`);
  }
  return EXIT.ok;
};

/** Who asks in the next session, as far as it is known. @throws HoopError `identity.login` when nobody does */
async function nextOne(invocation: Invocation, config: Config): Promise<Somebody> {
  const asked = profileWanted(invocation, config);
  const { identity } = config;
  if (identity === null) return { source: 'os', identity: osUser() };
  const token = givenToken(invocation.env, systemClock);
  if (token !== null) return bearer(invocation, token);
  const { profiles } = openLogins(invocation);
  const profile = await profileFor(profiles, asked, identity);
  const { renewable, expires } = profile;
  if (!renewable && Date.parse(expires) <= systemClock.now()) throw lapsed(profile);
  return {
    source: 'login',
    profile: invocation.options.flag('refresh') ? await renewed(invocation, profile) : profile,
  };
}

/** A token says nothing before it is verified. */
async function bearer(invocation: Invocation, token: GivenToken): Promise<Somebody> {
  const provider = await openLogins(invocation).open(await issuerSettings(invocation));
  return withToken(token, async () => {
    const lately = { provider, clock: systemClock, signal: AbortSignal.timeout(PATIENCE) };
    const { identity, expires } = (await confirmedLately(await token.read(), null, lately)).confirmation;
    return { source: 'token', variable: token.variable, identity, expires };
  });
}

/** Milliseconds for the provider to say who it is. */
const PATIENCE = 30_000;

/** As the provider says now, whatever it said before. */
async function renewed(invocation: Invocation, profile: Profile): Promise<Profile> {
  const { profiles, open } = openLogins(invocation);
  // What was confirmed longer ago than this is not believed.
  const provider = await open({ ...(await issuerSettings(invocation)), recheck: 1 });
  const standing = await loginStanding({ provider, profiles, profile, clock: systemClock });
  await standing.close();
  return (await profiles.read(profile.name)) ?? profile;
}

function lapsed({ name }: Profile): HoopError {
  return new HoopError('identity.login', `the login "${name}" has lapsed`, { hint: loginCommand(name) });
}
