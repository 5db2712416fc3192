import type { Identity } from '../../core/identity.ts';
import type { ServiceSettings } from '../../core/provider.ts';
import { claimAt } from './claim-path.ts';
import { displayOf } from './claims.ts';
import { unproven } from './compact.ts';
import type { JsonRecord } from './json.ts';
import type { VerifiedClaims } from './verify.ts';

/** The services whose tokens say this issuer and audience, before anything is checked. */
export function candidatesFor(claims: JsonRecord, services: readonly ServiceSettings[]): readonly ServiceSettings[] {
  const audiences: readonly unknown[] = Array.isArray(claims['aud']) ? claims['aud'] : [claims['aud']];
  return services.filter(({ issuer, audience }) => claims['iss'] === issuer && audiences.includes(audience));
}

/**
 * The service that a token stands for, of those with its issuer and audience.
 * @throws HoopError `identity.token` when it meets the conditions of none, or of several: which of their policies hold
 *   must not be a matter of order
 */
export function serviceFrom(token: VerifiedClaims, candidates: readonly ServiceSettings[]): Identity {
  const [service, other] = candidates.filter(({ claims }) =>
    claims.every(({ claim, matches }) => valuesOf(claimAt(token.all, claim)).some((value) => matches(value))),
  );
  if (service === undefined) throw unproven('the token meets the conditions of none of identity.services');
  if (other !== undefined)
    throw unproven(`the token meets the conditions of several of identity.services: ${service.name}, ${other.name}`);
  return {
    kind: 'service',
    subject: token.subject,
    issuer: service.issuer,
    display: displayOf({}, token.subject),
    email: null,
    service: service.name,
    groups: service.groups,
    verified: true,
    actsFor: null,
  };
}

function valuesOf(claim: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return list.flatMap((value) => {
    if (typeof value === 'string') return [value];
    return typeof value === 'number' || typeof value === 'boolean' ? [String(value)] : [];
  });
}
