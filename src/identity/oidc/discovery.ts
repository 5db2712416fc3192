import type { Clock } from '../../core/clock.ts';
import { HoopError } from '../../core/errors.ts';
import type { Fetch } from './bounded-fetch.ts';
import { isRecord, type JsonRecord } from './json.ts';
import { webAddress } from './web-address.ts';

/** What an issuer says of itself (OpenID Connect Discovery 1.0, RFC 8414). Every address in it is checked. */
export interface Metadata {
  readonly issuer: string;
  readonly jwks: string;
  readonly token: string | null;
  readonly authorization: string | null;
  readonly deviceAuthorization: string | null;
  readonly revocation: string | null;
  readonly userinfo: string | null;
  /** Ways in which a client may authenticate; null when it does not say. */
  readonly clientAuthentication: readonly string[] | null;
  readonly signingAlgorithms: readonly string[] | null;
  /** RFC 9207: its answers to browsers say whose they are. */
  readonly namesItself: boolean;
}

/** Milliseconds for which a discovery document is good. */
const LIFETIME = 60 * 60 * 1000;

/** The discovery documents of a few issuers, read when first asked for. */
export class Discovery {
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly metadata: Metadata; readonly read: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws HoopError `identity.provider` when it is not what an issuer may say, and what `fetch` throws */
  async of(issuer: string, fetch: Fetch): Promise<Metadata> {
    const known = this.#known.get(issuer);
    const now = this.#clock.now();
    if (known !== undefined && now >= known.read && now - known.read < LIFETIME) return known.metadata;
    const metadata = metadataFrom(await documentOf(issuer, fetch), issuer);
    this.#known.set(issuer, { metadata, read: now });
    return metadata;
  }
}

async function documentOf(issuer: string, fetch: Fetch): Promise<JsonRecord> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    headers: { accept: 'application/json' },
  });
  if (response.status !== 200) throw misconfigured(`has no discovery document (HTTP status ${response.status})`);
  const document: unknown = await response.json().catch(() => null);
  if (!isRecord(document)) throw misconfigured('has a discovery document that is not a JSON object');
  return document;
}

function metadataFrom(document: JsonRecord, issuer: string): Metadata {
  requireIssuer(document['issuer'], issuer);
  const jwks = addressAt(document, 'jwks_uri');
  if (jwks === null) throw misconfigured('does not say where its keys are (jwks_uri)');
  return {
    issuer,
    jwks,
    token: addressAt(document, 'token_endpoint'),
    authorization: addressAt(document, 'authorization_endpoint'),
    deviceAuthorization: addressAt(document, 'device_authorization_endpoint'),
    revocation: addressAt(document, 'revocation_endpoint'),
    userinfo: addressAt(document, 'userinfo_endpoint'),
    clientAuthentication: textsAt(document, 'token_endpoint_auth_methods_supported'),
    signingAlgorithms: textsAt(document, 'id_token_signing_alg_values_supported'),
    namesItself: document['authorization_response_iss_parameter_supported'] === true,
  };
}

/** The very same text (Discovery 1.0, 4.3): one issuer must not speak for another. */
function requireIssuer(said: unknown, issuer: string): void {
  if (said === issuer) return;
  const slash = typeof said === 'string' && said.replace(/\/$/, '') === issuer.replace(/\/$/, '');
  throw new HoopError(
    'identity.provider',
    'the identity provider calls itself by another name than the configured issuer',
    {
      hint: slash
        ? `identity.issuer in hoopctl.yaml ${issuer.endsWith('/') ? 'without' : 'with'} the slash at its end`
        : 'identity.issuer in hoopctl.yaml exactly as the provider writes it',
    },
  );
}

function addressAt(document: JsonRecord, name: string): string | null {
  if (document[name] === undefined || document[name] === null) return null;
  const address = webAddress(document[name]);
  const isEncrypted = address?.startsWith('https:') === true;
  // Only an issuer on this machine may send us to what listens here.
  if (address === null || (!isEncrypted && !isLocal(document['issuer'])))
    throw misconfigured(`names an address that is neither https nor on its own machine (${name})`);
  return address;
}

function isLocal(issuer: unknown): boolean {
  return webAddress(issuer)?.startsWith('http:') === true;
}

function textsAt(document: JsonRecord, name: string): readonly string[] | null {
  const list = document[name];
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'string') : null;
}

function misconfigured(what: string): HoopError {
  return new HoopError('identity.provider', `the identity provider ${what}`, {
    hint: 'check identity.issuer in hoopctl.yaml',
  });
}
