import { stateDirectory } from '../config/paths.ts';
import { suggestion } from '../config/suggest.ts';
import { systemClock } from '../core/clock.ts';
import { HoopError } from '../core/errors.ts';
import type { Profile, Profiles } from '../core/profile.ts';
import type { Provider, ProviderSettings, TokenSet } from '../core/provider.ts';
import { openProfiles } from '../identity/profiles.ts';
import { TOKEN, TOKEN_FILE } from '../local/given-token.ts';
import { openSecretStore } from '../local/secrets/store.ts';
import type { Invocation } from './invocation.ts';
import type { Terminal } from './terminal.ts';

/** The logins of this user, and the way to whoever vouches for them. */
export interface Logins {
  readonly profiles: Profiles;
  readonly open: (settings: ProviderSettings) => Promise<Provider>;
  /** The provider of a login, as far as it takes to end it. */
  readonly openFor: (profile: Profile) => Promise<Provider>;
}

/**
 * Nothing is read, and nobody asked, before it is needed: `status` must not wait for what only asking takes.
 * @throws HoopError `config.invalid`
 */
export function openLogins(invocation: Invocation): Logins {
  const { env, home, terminal } = invocation;
  const state = stateDirectory(env, home);
  const waiting = (text: string): void => terminal.progress(text);
  const open = async (settings: ProviderSettings): Promise<Provider> => {
    const { openProvider } = await import('../identity/provider.ts');
    return openProvider(settings, { clock: systemClock });
  };
  return {
    profiles: openProfiles({ state, secrets: openSecretStore({ kind: 'login', state, env, home, waiting }) }),
    open,
    openFor: async (profile) => {
      const { settingsFor } = await import('./issuer.ts');
      return open(await settingsFor(invocation, profile));
    },
  };
}

/**
 * The profile that was asked for with `--profile` or `HOOPCTL_PROFILE`; null when none was.
 * @throws HoopError `cli.usage` when it is empty: a variable of a script that was not set must not mean another login
 */
export function profileAsked({ options, env }: Pick<Invocation, 'options' | 'env'>): string | null {
  const option = options.text('profile');
  const [name, by] = option === null ? [env['HOOPCTL_PROFILE'] ?? null, 'HOOPCTL_PROFILE'] : [option, '--profile'];
  if (name?.trim() !== '') return name;
  throw new HoopError('cli.usage', `${by} is empty`, { hint: `name a profile, or leave ${by} out` });
}

/** The login of this name. @throws HoopError `cli.usage` when there is none, with those that there are */
export function profileOf(all: readonly Profile[], name: string): Profile {
  const found = all.find((profile) => profile.name === name);
  if (found !== undefined) return found;
  const known = all.map((profile) => profile.name);
  throw new HoopError('cli.usage', `there is no login ${JSON.stringify(name)}${suggestion(name, known)}`, {
    hint: known.length === 0 ? 'hoopctl status' : `the logins are: ${known.join(', ')}`,
  });
}

/** Says that a token in the environment goes before any login, where there is one. */
export function warnOfToken(terminal: Terminal, env: Invocation['env']): void {
  for (const name of [TOKEN, TOKEN_FILE]) {
    if ((env[name] ?? '') !== '')
      terminal.warn(`${name} is set: sessions are opened with that token, whoever is logged in`);
  }
}

/**
 * What became of a login at its provider: it was told, has no way to be told, could not be, or there was nothing to tell it
 * with, because the tokens could not be read here.
 */
export type Ending = 'revoked' | 'unsupported' | 'failed' | 'unread';

/** Milliseconds for a provider to answer: whoever logs out must not wait for one that is down. */
const PATIENCE = 10_000;

/** Tells the provider that tokens are not to hold any more. Never rejects for what the provider does, or does not. */
export async function endAtProvider(
  { openFor }: Logins,
  profile: Profile,
  tokens: TokenSet,
  signal: AbortSignal,
): Promise<Ending> {
  try {
    const provider = await openFor(profile);
    const told = await provider.revoke(tokens, AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]));
    return told ? 'revoked' : 'unsupported';
  } catch (error) {
    if (error instanceof HoopError) return 'failed';
    throw error;
  }
}
