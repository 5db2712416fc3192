import type { Configuration, ServerMetadata } from 'openid-client';
import type { Clock } from '../../core/clock.ts';
import { HoopError } from '../../core/errors.ts';
import type { ProviderSettings, TokenSet } from '../../core/provider.ts';
import { Secret } from '../../core/secret.ts';
import type { Fetch } from './bounded-fetch.ts';
import type { Metadata } from './discovery.ts';
import { ALGORITHMS, LEEWAY } from './verify.ts';
import { MOST_TOKEN_CHARACTERS } from './compact.ts';

/** The part of a token endpoint's answer that is looked at. */
interface TokenAnswer {
  readonly access_token: string;
  readonly id_token?: string | undefined;
  readonly refresh_token?: string | undefined;
  readonly expires_in?: number | undefined;
}

/** A year: what a longer lifetime is taken for, so that a sum of times stays a time. */
const LONGEST_LIFETIME = 366 * 24 * 60 * 60;

/** hoopctl as a client of a provider, for one exchange: with that exchange's fetch, and the clock as it is now. */
export async function clientOf(
  metadata: Metadata,
  { clientId, clientSecret }: ProviderSettings,
  clock: Clock,
  fetch: Fetch,
): Promise<Configuration> {
  const oidc = await import('openid-client');
  const basic = metadata.clientAuthentication?.includes('client_secret_basic') ?? true;
  const authentication = (secret: Secret): ReturnType<typeof oidc.None> =>
    basic ? oidc.ClientSecretBasic(secret.reveal()) : oidc.ClientSecretPost(secret.reveal());
  const client = new oidc.Configuration(
    serverMetadata(metadata),
    clientId,
    {
      [oidc.clockSkew]: Math.round((clock.now() - Date.now()) / 1000),
      [oidc.clockTolerance]: LEEWAY,
    },
    clientSecret === null ? oidc.None() : authentication(clientSecret),
  );
  // Which addresses may be asked is for `fetch` to say, and it lets http pass on loopback only.
  oidc.allowInsecureRequests(client);
  client[oidc.customFetch] = (url, { body, ...init }) =>
    fetch(url, { ...init, body: body instanceof URLSearchParams || typeof body === 'string' ? body : null });
  return client;
}

function serverMetadata(metadata: Metadata): ServerMetadata {
  const said = {
    token_endpoint: metadata.token,
    authorization_endpoint: metadata.authorization,
    device_authorization_endpoint: metadata.deviceAuthorization,
    revocation_endpoint: metadata.revocation,
    id_token_signing_alg_values_supported: metadata.signingAlgorithms?.filter((name) => ALGORITHMS.includes(name)),
  };
  const known = Object.entries(said).filter(([, value]) => value !== null && value !== undefined);
  return {
    issuer: metadata.issuer,
    authorization_response_iss_parameter_supported: metadata.namesItself,
    ...Object.fromEntries(known),
  };
}

/**
 * What a token endpoint answered.
 * @throws HoopError `identity.provider` when a token is longer than one can be
 */
export function tokensFrom(answer: TokenAnswer, clock: Clock): TokenSet {
  const { expires_in: lifetime } = answer;
  return {
    idToken: secretOf(answer.id_token),
    accessToken: secretOf(answer.access_token),
    refreshToken: secretOf(answer.refresh_token),
    expires: lifetime === undefined ? null : clock.now() + Math.min(lifetime, LONGEST_LIFETIME) * 1000,
  };
}

function secretOf(token: string | undefined): Secret | null {
  if (token === undefined) return null;
  if (token.length > MOST_TOKEN_CHARACTERS)
    throw new HoopError('identity.provider', 'the identity provider handed out a token of more than 64 KiB');
  return new Secret(token);
}
