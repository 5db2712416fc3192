import type { Config } from '../config/load.ts';
import { systemClock } from '../core/clock.ts';
import { HoopError } from '../core/errors.ts';
import { declaredAgent, type Identity } from '../core/identity.ts';
import type { Provider } from '../core/provider.ts';
import type { Standing } from '../core/standing.ts';
import type { HeldTokens } from '../identity/held-tokens.ts';
import { osUser } from '../identity/os-user.ts';
import { givenToken } from '../local/given-token.ts';
import { agentName, profileFor, whoAsks } from '../local/who.ts';
import type { Invocation } from './invocation.ts';
import { issuerSettings } from './issuer.ts';
import { openLogins, profileAsked } from './logins.ts';

/** Who runs a command, as far as targets and policies are concerned. */
export interface Asking {
  readonly standing: Standing;
  /** Their tokens, as far as this process has read them. */
  readonly held: HeldTokens;
  /** Who vouches for them; null: nobody. */
  readonly provider: Provider | null;
}

/** The caller closes the standing. `as`: the agent in whose name it is; null: none. @throws HoopError as `whoAsks` does */
export async function openAsking(
  invocation: Invocation,
  config: Config,
  as = invocation.options.text('as'),
): Promise<Asking> {
  const { profiles, open } = openLogins(invocation);
  const profile = profileWanted(invocation, config);
  const provider = config.identity === null ? null : await open(await issuerSettings(invocation));
  const asker = await whoAsks({ provider, profiles, env: invocation.env, profile, as, clock: systemClock });
  return { ...asker, provider };
}

/**
 * The same where nothing is done in their name, and so what is kept of a login will do: nobody is asked unless there is
 * a token that says nothing before it is verified.
 * @throws HoopError as `whoAsks` does
 */
export async function whoIsKnown(invocation: Invocation, config: Config): Promise<Identity> {
  if (config.identity !== null && givenToken(invocation.env, systemClock) !== null) {
    const { standing } = await openAsking(invocation, config);
    await standing.close();
    return standing.identity;
  }
  const as = agentName(invocation.options.text('as'));
  const profile = profileWanted(invocation, config);
  const { profiles } = openLogins(invocation);
  const person = config.identity === null ? osUser() : (await profileFor(profiles, profile, config.identity)).identity;
  return as === null ? person : declaredAgent(as, person);
}

/** The login that is asked for; null when none is. @throws HoopError `cli.usage` when one is where no login counts */
export function profileWanted(invocation: Invocation, { identity, path }: Config): string | null {
  const profile = profileAsked(invocation);
  if (identity === null && invocation.options.text('profile') !== null) {
    throw new HoopError('cli.usage', `--profile says who asks, and ${path} has no identity: no login counts there`, {
      hint: `leave --profile out, or write identity: { issuer: https://…, client_id: … } in ${path}`,
    });
  }
  return profile;
}
