import { hash } from 'node:crypto';
import { OS_ISSUER } from '../../core/identity.ts';
import type { Proven } from '../../core/proof.ts';
import type { ApprovalRequest } from '../../core/request.ts';

/** Milliseconds that the clocks of this machine and of the provider may be apart. */
const SKEW = 30_000;

/** What a login that is made to approve this request carries as its nonce: of no other request, and of nothing else. */
export function freshNonce({ id, digest }: Pick<ApprovalRequest, 'id' | 'digest'>): string {
  return hash('sha256', `hoopctl fresh login 1\n${JSON.stringify([id, digest])}`, 'base64url');
}

/**
 * Why a login does not count as one that was made to approve this request, for people to read; null when it does. A nonce
 * is of this request or none at all: not every provider hands one back of a login with a code.
 */
export function staleness(request: ApprovalRequest, { identity, authenticated, nonce }: Proven): string | null {
  if (identity.issuer === OS_ISSUER) return `${WANTED}, and without a provider of logins there is none`;
  if (authenticated === null) return `${WANTED}, and the provider does not say when you logged in (auth_time)`;
  if (authenticated < Date.parse(request.asked) - SKEW) return `${WANTED}, and yours is older than the request`;
  if (nonce !== null && nonce !== freshNonce(request)) return `${WANTED}, and yours was made for something else`;
  return null;
}

const WANTED = 'the policy wants a fresh login for this';
