/** Who is asking. A session carries exactly one identity. */
export interface Identity {
  readonly kind: 'person' | 'service' | 'agent';
  /** Stable and unique within `issuer`; never an e-mail address. */
  readonly subject: string;
  /** `os` for the operating system's user, otherwise the OIDC issuer's URL. */
  readonly issuer: string;
  /** For people to read; never compared. */
  readonly display: string;
  readonly groups: readonly string[];
  /** False for the operating system's user: nobody proved anything. */
  readonly verified: boolean;
  /** For an agent: the person it acts for. */
  readonly actsFor: Identity | null;
}

/** Somebody in a line, and who says that it is them: `Bot for Ada (agent, https://idp.example)`. Not made safe. */
export function identityLabel({ display, kind, issuer, verified, actsFor }: Identity): string {
  const acting = actsFor === null ? '' : ` for ${actsFor.display}`;
  return `${display}${acting} (${kind}, ${issuer}${verified ? '' : ', not verified'})`;
}
