import type { JWTVerifyGetKey } from 'jose';
import type { Clock } from '../../core/clock.ts';
import { HoopError } from '../../core/errors.ts';
import { unchecked, unproven } from './compact.ts';
import type { JsonRecord } from './json.ts';

/** Signatures that prove something. Never `none`, and no HMAC: a client's secret is not the issuer's key. */
export const ALGORITHMS: readonly string[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** Seconds by which an issuer's clock and ours may differ. */
export const LEEWAY = 30;

/** The last second of the year 9999: a later time is no time. */
const LAST_SECOND = 253_402_300_799;

const MOST_SUBJECT_CHARACTERS = 255;

/**
 * Headers that name a key of the token's own, change what is signed, or wrap another token in it. A key is found by
 * `kid`, among those that the issuer publishes.
 */
const REFUSED_HEADERS = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'cty', 'zip', 'enc'];

export interface Expectation {
  readonly issuer: string;
  readonly audience: string;
  /** What the token is for: an ID token shows a person to this client; any other signed token may show a service. */
  readonly use: 'id-token' | 'service';
  readonly keys: JWTVerifyGetKey;
  readonly clock: Clock;
}

/** Claims of a token that holds: `sub`, `iat` and `exp` are there, and are what they must be. */
export interface VerifiedClaims {
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly issued: number;
  readonly expires: number;
  readonly authenticated: number | null;
  readonly nonce: string | null;
  readonly all: JsonRecord;
}

/**
 * Checks a token for everything but the identity in it (OpenID Connect Core 3.1.3.7, RFC 8725). There is no greatest age:
 * how long a token is believed is for its `exp` and for whoever asks the issuer again.
 * @throws HoopError `identity.token` when it does not hold, and what reading the issuer's keys throws
 */
export async function verified(token: string, expected: Expectation): Promise<VerifiedClaims> {
  const { header } = unchecked(token);
  requireHeader(header, expected.use);
  const all = await signedClaims(token, expected);
  requirePurpose(all, expected);
  const issued = timeAt(all, 'iat');
  const expires = timeAt(all, 'exp');
  if (issued === null || expires === null)
    throw unproven('the token does not say when it was issued and until when it holds');
  if (issued > expected.clock.now() + LEEWAY * 1000)
    throw unproven('the token was issued in the future: compare the clocks');
  return {
    subject: subjectOf(all),
    issued,
    expires,
    authenticated: timeAt(all, 'auth_time'),
    nonce: nonceOf(all),
    all,
  };
}

function requireHeader(header: JsonRecord, use: Expectation['use']): void {
  const refused = REFUSED_HEADERS.find((name) => Object.hasOwn(header, name));
  if (refused !== undefined) throw unproven(`the token has a header that is not accepted (${refused})`);
  const type = header['typ'] ?? 'JWT';
  const accepted = use === 'id-token' ? ['jwt'] : ['jwt', 'at+jwt', 'application/at+jwt'];
  if (typeof type !== 'string' || !accepted.includes(type.toLowerCase()))
    throw unproven('the token is of another kind than is asked for (typ)');
}

async function signedClaims(token: string, { issuer, audience, keys, clock }: Expectation): Promise<JsonRecord> {
  const { jwtVerify } = await import('jose');
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: [...ALGORITHMS],
      issuer,
      audience,
      clockTolerance: LEEWAY,
      currentDate: new Date(clock.now()),
      requiredClaims: ['sub', 'iat', 'exp'],
    });
    return payload;
  } catch (error) {
    // Ours come from reading the issuer's keys.
    if (error instanceof HoopError) throw error;
    throw unproven(reasonOf(error));
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const claim = error instanceof Error && 'claim' in error ? error.claim : null;
  switch (code) {
    case 'ERR_JOSE_ALG_NOT_ALLOWED':
      return 'the token is not signed with an algorithm that proves anything';
    case 'ERR_JWT_EXPIRED':
      return 'the token has expired';
    case 'ERR_JWT_CLAIM_VALIDATION_FAILED':
      return `the token is not for this use (${typeof claim === 'string' && /^[a-z_]{1,20}$/.test(claim) ? claim : 'claim'})`;
    case 'ERR_JWKS_NO_MATCHING_KEY':
      return 'the token is signed with a key that its issuer does not publish';
    case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
      return 'the token was not signed by its issuer';
    default:
      return 'the token is malformed, or signed with a key that proves nothing';
  }
}

function requirePurpose(claims: JsonRecord, { audience, use }: Expectation): void {
  const kinds = use === 'id-token' ? ['id', 'jwt'] : ['id', 'jwt', 'bearer', 'at+jwt'];
  // Keycloak says in the payload what others say in the header, and AWS in a claim of its own; logout tokens have events.
  const type = claims['typ'] ?? 'jwt';
  const tokenUse = claims['token_use'] ?? 'id';
  const isOther = typeof type !== 'string' || !kinds.includes(type.toLowerCase());
  if (isOther || Object.hasOwn(claims, 'events') || (use === 'id-token' && tokenUse !== 'id'))
    throw unproven('the token is of another kind than is asked for');
  if (use === 'service') return;
  const parties = claims['azp'];
  const severalAudiences = Array.isArray(claims['aud']) && claims['aud'].length > 1;
  if (parties === undefined ? severalAudiences : parties !== audience)
    throw unproven('the token was handed out to another client (azp)');
}

function subjectOf(claims: JsonRecord): string {
  const subject = claims['sub'];
  if (typeof subject !== 'string' || subject === '' || subject.length > MOST_SUBJECT_CHARACTERS)
    throw unproven('the token does not say whom it is about (sub)');
  return subject;
}

function nonceOf(claims: JsonRecord): string | null {
  const nonce = claims['nonce'];
  if (nonce === undefined) return null;
  if (typeof nonce !== 'string') throw unproven('the token is malformed (nonce)');
  return nonce;
}

/** Milliseconds since the epoch; null when it is not said. */
function timeAt(claims: JsonRecord, name: string): number | null {
  const seconds = claims[name];
  if (seconds === undefined) return null;
  if (typeof seconds !== 'number' || !(seconds >= 0 && seconds <= LAST_SECOND))
    throw unproven(`the token is malformed (${name})`);
  return seconds * 1000;
}
