import type { JSONWebKeySet, JWK, JWTVerifyGetKey } from 'jose';
import type { Clock } from '../../core/clock.ts';
import { HoopError } from '../../core/errors.ts';
import type { Fetch } from './bounded-fetch.ts';
import { isRecord } from './json.ts';

/** Milliseconds after which a key that the issuer has removed stops working, if not before. */
const LIFETIME = 10 * 60 * 1000;

/** Milliseconds between two readings for the sake of unknown keys: tokens with made-up ones must not make traffic. */
const PAUSE = 5000;

const MOST_KEYS = 100;

interface Known {
  readonly keys: JWTVerifyGetKey;
  readonly read: number;
}

/**
 * The public keys of issuers. A set is read again when it is ten minutes old, and when a token names a key that is not in
 * it: a new key works at once, and a removed one no longer than ten minutes, even where the issuer cannot be asked.
 */
export class Keys {
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Finds keys for `jwtVerify`, only ever among those that the issuer publishes at `address`. */
  at(address: string, fetch: Fetch): JWTVerifyGetKey {
    return async (header, token) => {
      const known = await this.#fresh(address, LIFETIME, fetch);
      try {
        return await known.keys(header, token);
      } catch (error) {
        if (!isNoMatch(error)) throw error;
        const again = await this.#fresh(address, PAUSE, fetch);
        return again.keys(header, token);
      }
    };
  }

  async #fresh(address: string, age: number, fetch: Fetch): Promise<Known> {
    const known = this.#known.get(address);
    const now = this.#clock.now();
    if (known !== undefined && now >= known.read && now - known.read < age) return known;
    const { createLocalJWKSet } = await import('jose');
    const fresh = { keys: createLocalJWKSet(await keySetAt(address, fetch)), read: now };
    this.#known.set(address, fresh);
    return fresh;
  }
}

function isNoMatch(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_JWKS_NO_MATCHING_KEY';
}

/** @throws HoopError `identity.provider` when there is none, and what `fetch` throws */
export async function keySetAt(address: string, fetch: Fetch): Promise<JSONWebKeySet> {
  const response = await fetch(address, { headers: { accept: 'application/json, application/jwk-set+json' } });
  const document: unknown = response.status === 200 ? await response.json().catch(() => null) : null;
  const keys: unknown = isRecord(document) ? document['keys'] : null;
  if (!Array.isArray(keys) || keys.length > MOST_KEYS)
    throw new HoopError('identity.provider', 'the identity provider does not publish a set of keys where it says');
  return { keys: keys.filter(isPublicKey) };
}

/** Symmetric keys have no business in a public set: what is signed with one could have been by anybody. */
function isPublicKey(key: unknown): key is JWK {
  return isRecord(key) && typeof key['kty'] === 'string' && ['RSA', 'EC', 'OKP'].includes(key['kty']);
}
