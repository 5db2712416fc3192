import type { Identity } from './identity.ts';

/** Who is asking, kept up to date for as long as a session lives. */
export interface Standing {
  /** As it was last confirmed. */
  readonly identity: Identity;
  /**
   * Why nothing may be done in its name right now, for people to read; null while it is known who asks. When the identity
   * has ended: why.
   */
  doubt(): string | null;
  /**
   * Calls back when the identity was confirmed with other claims, and with null when it has ended (logged out,
   * withdrawn by the issuer, lapsed), until the returned function is called. Of what has ended already it tells soon. Must
   * not throw.
   */
  listen(listener: (now: Identity | null) => void): () => void;
  /**
   * Stops keeping it up to date. Resolves when no renewal is under way any more: one whose answer is lost may cost the
   * login. Idempotent.
   */
  close(): Promise<void>;
}
