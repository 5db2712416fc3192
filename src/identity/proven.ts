import type { Clock } from '../core/clock.ts';
import { type ErrorCode, HoopError } from '../core/errors.ts';
import type { Identity } from '../core/identity.ts';
import type { Proof, Proven, Unproven } from '../core/proof.ts';
import type { Confirmation, Provider } from '../core/provider.ts';
import { SKEW } from './lately.ts';

/** Milliseconds that a provider has to confirm who somebody is. */
export const CONFIRMING = 10_000;

export interface ProvenOptions {
  readonly provider: Provider;
  readonly clock: Clock;
  /** Aborts when nobody waits any more. */
  readonly signal: AbortSignal;
}

/**
 * The person whom a proof shows, by asking the provider.
 * @throws HoopError `local.approver` when it is none, `identity.login` when it is too long ago that the provider said so and
 *   it cannot be asked again, and what `Provider.confirm` throws
 */
export async function provenPerson(proof: Proof, { provider, clock, signal }: ProvenOptions): Promise<Proven> {
  const patient = AbortSignal.any([signal, AbortSignal.timeout(CONFIRMING)]);
  const shown = await provider.confirm({ ...NO_TOKENS, ...proof }, null, patient);
  requirePerson(shown.identity);
  requireOfIssuer(shown.identity, provider);
  const isOld = shown.issued < clock.now() - provider.settings.recheck - SKEW;
  const { identity } = isOld ? await asOfNow(proof, shown, provider, patient) : shown;
  return { identity, authenticated: shown.authenticated, nonce: shown.nonce };
}

const NO_TOKENS = { idToken: null, accessToken: null, refreshToken: null, expires: null };

/** @throws HoopError `local.approver` */
export function requirePerson({ kind }: Identity): void {
  if (kind !== 'person')
    throw new HoopError('local.approver', 'only a person approves; an agent or a service never does');
}

function requireOfIssuer({ verified, issuer }: Identity, { settings }: Provider): void {
  if (verified && issuer === settings.issuer) return;
  throw new HoopError('identity.token', 'the token is not of a person whom the provider vouches for');
}

/** What the provider said long ago it may not say any more. */
async function asOfNow(
  { accessToken }: Proof,
  { identity }: Confirmation,
  provider: Provider,
  signal: AbortSignal,
): Promise<Confirmation> {
  if (accessToken !== null) return provider.confirm({ ...NO_TOKENS, accessToken }, identity, signal);
  throw new HoopError('identity.login', 'it is too long ago that the provider has confirmed this login');
}

/** The same for a proof that somebody else brings. What does not hold is said in words of hoopctl's own; never rejects. */
export async function examined(proof: Proof, options: ProvenOptions): Promise<Proven | Unproven> {
  try {
    return await provenPerson(proof, options);
  } catch (error) {
    // What went wrong may quote tokens: what is said of it is what its code means.
    return { reason: (error instanceof HoopError ? REASONS[error.code] : undefined) ?? UNCLEAR };
  }
}

const UNCLEAR = 'who gives it could not be confirmed';

const REASONS: Partial<Record<ErrorCode, string>> = {
  'local.approver': 'only a person approves; an agent or a service never does',
  'identity.token': 'the login that it comes with proves nothing here',
  'identity.login': 'the login that it comes with holds no more: hoopctl login',
  'identity.unreachable': 'the provider cannot be reached to confirm who gives it',
};
