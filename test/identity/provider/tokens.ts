import { createHmac, sign } from 'node:crypto';
import type { Confirmation, Provider, TokenSet } from '../../../src/core/provider.ts';
import { Secret } from '../../../src/core/secret.ts';
import type { SigningKey } from './signing.ts';

/** Tokens as a provider hands them out. */
export function tokenSet(
  idToken: string | null,
  accessToken: string | null = null,
  expires: number | null = null,
): TokenSet {
  const secret = (token: string | null): Secret | null => (token === null ? null : new Secret(token));
  return { idToken: secret(idToken), accessToken: secret(accessToken), refreshToken: null, expires };
}

/** Confirms an ID token that nothing is known of before. */
export async function confirmed(provider: Provider, idToken: string): Promise<Confirmation> {
  return await provider.confirm(tokenSet(idToken), null, new AbortController().signal);
}

/** A token put together by hand, for what no library would sign: RS256 over the parts as they are. */
export function forged(header: unknown, payload: unknown, { privateKey }: SigningKey): string {
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
}

/** A token signed with a secret that everybody knows. */
export function signedWithSecret(header: unknown, payload: unknown, secret: string): string {
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

export function part(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}
