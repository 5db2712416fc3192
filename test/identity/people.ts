import type { HoopError } from '../../src/core/errors.ts';
import type { Identity } from '../../src/core/identity.ts';
import type { Profile } from '../../src/core/profile.ts';
import type { TokenSet } from '../../src/core/provider.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Kept, SecretStore } from '../../src/core/secret-store.ts';

export const ISSUER = 'https://idp.example';

export const ada: Identity = {
  kind: 'person',
  subject: 'u-1',
  issuer: ISSUER,
  display: 'Ada',
  email: 'ada@example.com',
  service: null,
  groups: ['dba', 'engineering'],
  verified: true,
  actsFor: null,
};

/** Ada's login, as it is kept: made at 2026-01-01T00:00:00Z, for an hour. */
export function login(more: Partial<Profile> = {}): Omit<Profile, 'kept' | 'spent'> {
  return {
    name: 'default',
    issuer: ISSUER,
    clientId: 'hoopctl',
    identity: ada,
    groupsClaim: ['groups'],
    confirmed: '2026-01-01T00:00:00.000Z',
    authenticated: null,
    expires: '2026-01-01T01:00:00.000Z',
    renewable: true,
    ...more,
  };
}

export function tokens(generation: string, more: Partial<TokenSet> = {}): TokenSet {
  return {
    idToken: new Secret(`id ${generation}`),
    accessToken: new Secret(`access ${generation}`),
    refreshToken: new Secret(`refresh ${generation}`),
    expires: null,
    ...more,
  };
}

/** Keeps secrets in memory. */
export class Pocket implements SecretStore {
  readonly secrets = new Map<string, Secret>();
  kept: Kept = 'keychain';
  /** Why nothing can be kept. */
  unfit: HoopError | null = null;

  async get(name: string): Promise<Secret | null> {
    return this.secrets.get(name) ?? null;
  }

  async ready(): Promise<void> {
    if (this.unfit !== null) throw this.unfit;
  }

  async set(name: string, value: Secret): Promise<Kept> {
    this.secrets.set(name, value);
    return this.kept;
  }

  async remove(name: string): Promise<boolean> {
    return this.secrets.delete(name);
  }
}
