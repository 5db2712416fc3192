import type { Profile } from '../core/profile.ts';
import type { ProviderSettings, TokenSet } from '../core/provider.ts';
import type { Dated } from './lately.ts';

/** A login as it is kept once its tokens were confirmed. */
export function confirmedLogin(
  name: string,
  { issuer, clientId, groups: groupsClaim }: ProviderSettings,
  { tokens, confirmation, said }: Dated & { readonly tokens: TokenSet },
): Omit<Profile, 'kept' | 'spent'> {
  const { identity, authenticated, expires } = confirmation;
  return {
    name,
    issuer,
    clientId,
    identity,
    groupsClaim,
    confirmed: iso(said),
    authenticated: authenticated === null ? null : iso(authenticated),
    expires: iso(expires),
    renewable: tokens.refreshToken !== null,
  };
}

const iso = (time: number): string => new Date(time).toISOString();
