import { systemClock } from '../../../core/clock.ts';
import { HoopError } from '../../../core/errors.ts';
import { isSameOne } from '../../../core/identity.ts';
import type { Profile, Profiles } from '../../../core/profile.ts';
import type { Provider, TokenSet } from '../../../core/provider.ts';
import { confirmedLogin } from '../../../identity/confirmed.ts';
import { confirmedLately } from '../../../identity/lately.ts';
import { endAtProvider, type Logins } from '../../logins.ts';
import type { Replaced } from './announcer.ts';

export interface Settling {
  readonly name: string;
  readonly provider: Provider;
  readonly logins: Logins;
  readonly signal: AbortSignal;
}

export interface Settled {
  readonly profile: Profile;
  readonly replaced: Replaced | null;
}

/**
 * Finds out who the tokens stand for, keeps them, and ends the login whose place they take. Until they are kept, that one
 * stays as it was.
 */
export async function settle(tokens: TokenSet, settling: Settling): Promise<Settled> {
  const { name, provider, logins, signal } = settling;
  const dated = await confirmedLately(tokens, null, { provider, clock: systemClock, signal });
  const fresh = confirmedLogin(name, provider.settings, { ...dated, tokens });
  const { before, profile } = await logins.profiles.exclusively(name, async () => {
    const found = await previous(logins.profiles, name);
    if (signal.aborted) throw new HoopError('cli.cancelled', 'the login was cancelled', { hint: 'hoopctl login' });
    return { before: found, profile: await logins.profiles.keep(fresh, tokens) };
  });
  return { profile, replaced: before === null ? null : await replace(before, profile, settling) };
}

interface Before {
  readonly profile: Profile;
  /** Null when they are gone. */
  readonly tokens: TokenSet | null;
}

async function previous(profiles: Profiles, name: string): Promise<Before | null> {
  const profile = await profiles.read(name);
  if (profile === null) return null;
  try {
    return { profile, tokens: await profiles.tokens(profile) };
  } catch (error) {
    if (error instanceof HoopError) return { profile, tokens: null };
    throw error;
  }
}

/**
 * The same person's old login is left to lapse: there are providers for which all logins of a person with a client are
 * one, and who revoke the new one with it.
 */
async function replace(before: Before, now: Profile, { logins, signal }: Settling): Promise<Replaced> {
  const { identity, issuer, clientId } = before.profile;
  const isSame = clientId === now.clientId && isSameOne(identity, now.identity);
  if (isSame) return { identity, issuer, ending: null };
  const ending = before.tokens === null ? 'unread' : await endAtProvider(logins, before.profile, before.tokens, signal);
  return { identity, issuer, ending };
}
