import type { Clock } from '../core/clock.ts';
import { HoopError } from '../core/errors.ts';
import type { Profile, Profiles } from '../core/profile.ts';
import type { Provider, ProviderSettings, TokenSet } from '../core/provider.ts';
import type { Standing } from '../core/standing.ts';
import { fittingProfile, requireFitting } from '../identity/fitting-profile.ts';
import { HeldTokens } from '../identity/held-tokens.ts';
import { loginCommand } from '../identity/login-command.ts';
import { agentStanding } from '../identity/standing/agent.ts';
import { loginStanding } from '../identity/standing/login.ts';
import { osStanding } from '../identity/standing/os.ts';
import { tokenStanding } from '../identity/standing/token.ts';
import { givenToken, withToken } from './given-token.ts';

export interface WhoOptions {
  /** Who vouches for people and services; null: nobody, so that the operating system's user asks. */
  readonly provider: Provider | null;
  readonly profiles: Profiles;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** The login that is asked for; null: whichever fits. */
  readonly profile: string | null;
  /** The agent in whose name it is; null: none. */
  readonly as: string | null;
  readonly clock: Clock;
}

/** Who asks, and the tokens of theirs that this process holds for it: never to be shown to anybody. */
export interface Asker {
  readonly standing: Standing;
  readonly held: HeldTokens;
}

/** Names of agents are shown everywhere, and written in policies. */
const AGENT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/**
 * Who asks: whom a token in the environment stands for, else whoever has logged in under a profile, else nobody; and the
 * operating system's user where the configuration names nobody who vouches. The caller closes it.
 * @throws HoopError `cli.usage`, `identity.login` when nobody has logged in or the login has ended, `identity.token`,
 *   `identity.unreachable` and others when it has to be confirmed and cannot be
 */
export async function whoAsks(options: WhoOptions): Promise<Asker> {
  const as = agentName(options.as);
  const held = new HeldTokens();
  const standing = await confirmed({ ...options, profiles: held.noticing(options.profiles) }, held);
  return { standing: as === null ? standing : agentStanding(as, standing), held };
}

/** A name that an agent may have; null: there is no agent. @throws HoopError `cli.usage` */
export function agentName(as: string | null): string | null {
  if (as === null || AGENT.test(as)) return as;
  throw new HoopError('cli.usage', `--as ${JSON.stringify(as)} is no name for an agent`, {
    hint: '--as with up to 63 letters, digits, dots, hyphens and underscores',
  });
}

async function confirmed(options: WhoOptions, held: HeldTokens): Promise<Standing> {
  const { provider, profiles, clock } = options;
  if (provider === null) return osStanding();
  const token = givenToken(options.env, clock);
  if (token !== null) {
    const read = async (): Promise<TokenSet> => held.noted(await token.read());
    return withToken(token, () => tokenStanding({ provider, clock, ...token, read }));
  }
  const profile = await profileFor(profiles, options.profile, provider.settings);
  return loginStanding({ provider, profiles, profile, clock });
}

/**
 * The login that is meant, as it is kept.
 * @throws HoopError `identity.login` when there is none, or it is of another provider or client
 */
export async function profileFor(
  profiles: Profiles,
  name: string | null,
  settings: Pick<ProviderSettings, 'issuer' | 'clientId'>,
): Promise<Profile> {
  if (name === null) return fittingProfile(await profiles.list(), settings);
  const profile = await profiles.read(name);
  if (profile === null) {
    throw new HoopError('identity.login', `nobody is logged in as "${name}"`, { hint: loginCommand(name) });
  }
  requireFitting(profile, settings);
  return profile;
}
