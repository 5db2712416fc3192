import type { Configuration } from 'openid-client';
import type { Clock } from '../../core/clock.ts';
import { HoopError } from '../../core/errors.ts';
import type { TokenSet } from '../../core/provider.ts';
import { tokensFrom } from './client.ts';
import { timedOut } from './failure.ts';
import { openLoopback } from './loopback.ts';
import { webAddress } from './web-address.ts';

/** A provider that does not know the address shows an error to the person, and tells hoopctl nothing. */
const UNREGISTERED =
  'hoopctl login; the provider must list http://127.0.0.1/callback among the redirect URIs of this client';

export interface BrowserFlow {
  readonly client: Configuration;
  readonly clock: Clock;
  readonly parameters: Readonly<Record<string, string>>;
  readonly nonce: string;
  /** The person must show who they are during this login. */
  readonly again: boolean;
  readonly open: (url: string) => Promise<void>;
  /** Milliseconds that the person has. */
  readonly patience: number;
}

/** RFC 8252 with PKCE (RFC 7636). @throws HoopError, or what `named` makes one of */
export async function browserFlow({
  client,
  clock,
  parameters,
  nonce,
  again,
  open,
  patience,
}: BrowserFlow): Promise<TokenSet> {
  const oidc = await import('openid-client');
  const verifier = oidc.randomPKCECodeVerifier();
  const state = oidc.randomState();
  const started = clock.now();
  const loopback = await openLoopback(state);
  try {
    const page = oidc.buildAuthorizationUrl(client, {
      ...parameters,
      redirect_uri: loopback.redirectUri,
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    // Some openers return when the browser is closed again.
    const opened = shown(open, safe(page)).then(() => loopback.answer);
    const answer = await within(Promise.race([loopback.answer, opened]), patience);
    const elapsed = Math.ceil((clock.now() - started) / 1000);
    return tokensFrom(
      await oidc.authorizationCodeGrant(client, answer, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
        // The last time at which they did must lie within this login, not at the moment of its end.
        ...(again ? { maxAge: elapsed } : {}),
      }),
      clock,
    );
  } finally {
    loopback.close();
  }
}

async function shown(open: BrowserFlow['open'], url: string): Promise<void> {
  try {
    await open(url);
  } catch (error) {
    if (error instanceof HoopError) throw error;
    throw new HoopError('local.child', 'the browser cannot be opened', { cause: error, hint: 'hoopctl login' });
  }
}

function safe(page: URL): string {
  const address = webAddress(page.href);
  if (address === null) throw new HoopError('identity.provider', 'the page to log in at is not a safe web address');
  return address;
}

async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(timedOut(UNREGISTERED)), milliseconds);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
