import type { Clock } from '../core/clock.ts';
import { HoopError } from '../core/errors.ts';
import type { Identity } from '../core/identity.ts';
import type { Confirmation, Provider, TokenSet } from '../core/provider.ts';

/** Milliseconds that the clocks of this machine and of the provider may be apart. */
export const SKEW = 30_000;

/** What tokens prove, and when the provider said so: milliseconds since the epoch. */
export interface Dated {
  readonly confirmation: Confirmation;
  readonly said: number;
}

export interface LatelyOptions {
  readonly provider: Provider;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * What tokens prove by what the provider has said lately. What an ID token says of people was so when it was issued:
 * whoever has kept one must not keep with it what was taken away since, so that the provider is asked again with the
 * access token. A service has what its conditions give it for as long as its token holds.
 * @throws HoopError `identity.token` when it is longer ago than `recheck` and cannot be asked, and as `Provider.confirm`
 */
export async function confirmedLately(
  tokens: TokenSet,
  before: Identity | null,
  { provider, clock, signal }: LatelyOptions,
): Promise<Dated> {
  const { recheck } = provider.settings;
  const confirmation = await provider.confirm(tokens, before, signal);
  const now = clock.now();
  if (tokens.idToken === null || confirmation.identity.kind === 'service') return { confirmation, said: now };
  const said = Math.min(now, confirmation.issued + SKEW);
  if (now < said + recheck / 2) return { confirmation, said };
  try {
    const identity = await asOfNow(tokens, confirmation.identity, { provider, clock, signal });
    return { confirmation: { ...confirmation, identity }, said: clock.now() };
  } catch (error) {
    // It need not be asked yet.
    if (now < said + recheck && error instanceof HoopError && error.code === 'identity.token')
      return { confirmation, said };
    throw error;
  }
}

/** What the provider said long ago it may not say any more. */
async function asOfNow(tokens: TokenSet, before: Identity, { provider, signal }: LatelyOptions): Promise<Identity> {
  if (tokens.accessToken !== null)
    return (await provider.confirm({ ...tokens, idToken: null }, before, signal)).identity;
  throw new HoopError(
    'identity.token',
    'it is too long ago that the provider has said this, and there is no access token to ask it with',
    { hint: 'hoopctl login, or a token that was issued just now' },
  );
}
