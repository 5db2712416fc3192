/** Who is asking. A session carries exactly one identity. */
export interface Identity {
  readonly kind: 'person' | 'service' | 'agent';
  /** Stable and unique within `issuer`; never an e-mail address. */
  readonly subject: string;
  /**
   * `os` for the operating system's user, `declared` for an agent that its person named, otherwise the OIDC issuer's
   * URL.
   */
  readonly issuer: string;
  /** For people to read; never compared. */
  readonly display: string;
  /** An address that the issuer says it has verified, in lower case; null when there is none. */
  readonly email: string | null;
  /** The entry of `identity.services` whose conditions a service's token meets; null for people and agents. */
  readonly service: string | null;
  readonly groups: readonly string[];
  /** False where nobody proved anything: the operating system's user, an agent that its person named. */
  readonly verified: boolean;
  /** For an agent: the person it acts for. */
  readonly actsFor: Identity | null;
}

/** Issuers of identities that no provider vouches for. */
export const OS_ISSUER = 'os';
export const DECLARED_ISSUER = 'declared';

/** An agent that its person names, and that has nothing to show for it: what it may do is never more than the person may. */
export function declaredAgent(name: string, person: Identity): Identity {
  return {
    kind: 'agent',
    subject: name,
    issuer: DECLARED_ISSUER,
    display: name,
    email: null,
    service: null,
    groups: [],
    verified: false,
    actsFor: person,
  };
}

/** The person (or service) who answers for what is done: for an agent, whom it acts for. */
export function principalOf(identity: Identity): Identity {
  return identity.actsFor === null ? identity : principalOf(identity.actsFor);
}

/** Whether this is the same person, service or agent: whatever else is said of them may change. */
export function isSameOne(one: Identity, other: Identity): boolean {
  if (one.kind !== other.kind || one.issuer !== other.issuer || one.subject !== other.subject) return false;
  if (one.service !== other.service) return false;
  if (one.actsFor === null || other.actsFor === null) return one.actsFor === other.actsFor;
  return isSameOne(one.actsFor, other.actsFor);
}

/** Somebody in a few words, with whom they act for: `bot for Ada`. Not made safe. */
export function identityName({ display, actsFor }: Identity): string {
  return actsFor === null ? display : `${display} for ${identityName(actsFor)}`;
}

/**
 * Somebody in a line, and who says of each that it is them: `bot (agent, declared, not verified) for Ada (person,
 * https://idp.example.com)`. Not made safe.
 */
export function identityLabel({ display, kind, issuer, verified, actsFor }: Identity): string {
  const acting = actsFor === null ? '' : ` for ${identityLabel(actsFor)}`;
  return `${display} (${kind}, ${issuer}${verified ? '' : ', not verified'})${acting}`;
}

/**
 * An address with its ASCII letters in lower case, and nothing else of it changed: lower case as Unicode has it makes
 * a `k` of the Kelvin sign, and with that one address of two.
 */
export function foldedAddress(address: string): string {
  return address.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Whether both are the same mailbox, for all that anybody but its server can know. */
export function isSameAddress(one: string, other: string): boolean {
  return foldedAddress(one) === foldedAddress(other);
}
