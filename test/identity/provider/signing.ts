import { generateKeyPairSync, type KeyObject } from 'node:crypto';

export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly privateJwk: Readonly<Record<string, unknown>>;
  readonly publicJwk: Readonly<Record<string, unknown>>;
}

let kept: SigningKey | null = null;

/** One RSA key for all providers of a test file: making one takes a while. */
export function fixtureKeys(): SigningKey {
  kept ??= rsaKey('fixture-1');
  return kept;
}

/** A new RSA key for RS256. */
export function rsaKey(kid: string, bits = 2048): SigningKey {
  return described(kid, 'RS256', generateKeyPairSync('rsa', { modulusLength: bits }));
}

/** A new key for ES256. */
export function ecKey(kid: string): SigningKey {
  return described(kid, 'ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' }));
}

function described(
  kid: string,
  alg: string,
  { privateKey, publicKey }: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
): SigningKey {
  const jwk = (key: KeyObject): Readonly<Record<string, unknown>> => ({
    ...key.export({ format: 'jwk' }),
    kid,
    alg,
    use: 'sig',
  });
  return { kid, alg, privateKey, publicKey, privateJwk: jwk(privateKey), publicJwk: jwk(publicKey) };
}
