import type { Identity } from './identity.ts';
import type { Secret } from './secret.ts';

/** What somebody shows beside an answer, so that whoever holds the request can verify who gives it. Nobody keeps it. */
export interface Proof {
  readonly idToken: Secret;
  /** For what the ID token does not say; null where it says all. */
  readonly accessToken: Secret | null;
}

/** Who somebody is, verified just now. */
export interface Proven {
  readonly identity: Identity;
  /** When they last showed who they are: milliseconds since the epoch; null when nobody says. */
  readonly authenticated: number | null;
  /** What their login was asked to carry; null when it carries none. */
  readonly nonce: string | null;
}

/** Why it is not known for sure who somebody is, for people to read. */
export interface Unproven {
  readonly reason: string;
}

/** Who answers a request, and what they show for it: null where the operating system's user does. */
export interface Answerer {
  readonly identity: Identity;
  readonly proof: Proof | null;
}
