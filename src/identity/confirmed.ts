import type { Profile } from '../core/profile.ts';
import type { Confirmation, ProviderSettings, TokenSet } from '../core/provider.ts';

/** A login as it is kept once its tokens were confirmed. `now`: milliseconds since the epoch. */
export function confirmedLogin(
  name: string,
  { issuer, clientId }: ProviderSettings,
  {
    tokens,
    confirmation,
    now,
  }: { readonly tokens: TokenSet; readonly confirmation: Confirmation; readonly now: number },
): Omit<Profile, 'kept' | 'spent'> {
  const { identity, authenticated, expires } = confirmation;
  return {
    name,
    issuer,
    clientId,
    identity,
    confirmed: iso(now),
    authenticated: authenticated === null ? null : iso(authenticated),
    expires: iso(expires),
    renewable: tokens.refreshToken !== null,
  };
}

const iso = (time: number): string => new Date(time).toISOString();
