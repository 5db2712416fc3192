import { foldedAddress, type Identity } from '../../core/identity.ts';
import { unproven } from './compact.ts';
import { isRecord, type JsonRecord } from './json.ts';

const MOST_DISPLAY_CHARACTERS = 200;
/** RFC 5321, 4.5.3.1.3. */
const MOST_EMAIL_CHARACTERS = 254;
const MOST_ACTOR_CHARACTERS = 255;

/** A person, or the agent that acts for one, from claims that hold. */
export function personOrAgent(
  subject: string,
  issuer: string,
  claims: JsonRecord,
  groups: readonly string[],
  email: string | null,
): Identity {
  const person: Identity = {
    kind: 'person',
    subject,
    issuer,
    display: displayOf(claims, subject),
    email,
    service: null,
    groups,
    verified: true,
    actsFor: null,
  };
  return claims['act'] === undefined ? person : agentFor(person, claims['act']);
}

/**
 * RFC 8693, 4.1: the outermost actor is the one that acts now; those within are how it came to, and say nothing about
 * what it may do.
 */
function agentFor(person: Identity, act: unknown): Identity {
  const subject = isRecord(act) ? act['sub'] : undefined;
  if (!isRecord(act) || typeof subject !== 'string' || subject === '' || subject.length > MOST_ACTOR_CHARACTERS)
    throw unproven('the token does not say who acts (act)');
  if (act['iss'] !== undefined && act['iss'] !== person.issuer)
    throw unproven('the token is of somebody whom another issuer vouches for (act)');
  return {
    ...person,
    kind: 'agent',
    subject,
    display: displayOf(act, subject),
    email: null,
    groups: [],
    actsFor: person,
  };
}

/** An address counts when the provider has verified it, and says so in as many words. */
export function emailIn(claims: JsonRecord): string | null {
  const email = claims['email'];
  if (claims['email_verified'] !== true || typeof email !== 'string') return null;
  return email === '' || email.length > MOST_EMAIL_CHARACTERS ? null : foldedAddress(email);
}

export function displayOf(claims: JsonRecord, subject: string): string {
  const names = [claims['name'], claims['preferred_username'], claims['email']];
  const said = names.find((name) => typeof name === 'string' && name.trim() !== '');
  return (typeof said === 'string' ? said.trim() : subject).slice(0, MOST_DISPLAY_CHARACTERS);
}
