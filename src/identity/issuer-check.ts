import type { Clock } from '../core/clock.ts';
import { boundedFetch } from './oidc/bounded-fetch.ts';
import { Discovery } from './oidc/discovery.ts';
import { cancellable } from './oidc/failure.ts';
import { keySetAt } from './oidc/keys.ts';

/** What an issuer says that it can do. */
export interface IssuerAbilities {
  /** Logs people in with a code (RFC 8628). */
  readonly codes: boolean;
  /** Logs people in on a page of this machine's browser (RFC 8252). */
  readonly browser: boolean;
  /** Can be told that a login has ended (RFC 7009). */
  readonly revocation: boolean;
}

/** Milliseconds for each of its answers. */
const PATIENCE = 10_000;

/**
 * Asks an issuer what it can do, and for its keys. Nobody is logged in.
 * @throws HoopError `identity.unreachable`, `identity.provider` when it is none, or not the one that is named
 */
export function checkIssuer(issuer: string, clock: Clock, signal: AbortSignal): Promise<IssuerAbilities> {
  return cancellable(signal, async () => {
    const bounds = { milliseconds: PATIENCE, signal, issuers: [issuer] };
    const bounded = boundedFetch((url, init) => fetch(url, init), bounds);
    const metadata = await new Discovery(clock).of(issuer, bounded);
    await keySetAt(metadata.jwks, bounded);
    const { token, deviceAuthorization, authorization, revocation } = metadata;
    return {
      codes: token !== null && deviceAuthorization !== null,
      browser: token !== null && authorization !== null,
      revocation: revocation !== null,
    };
  });
}
