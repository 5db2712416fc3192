import type { Asked, Leave, Witness } from '../../core/approver.ts';
import type { Clock } from '../../core/clock.ts';
import type { Identity } from '../../core/identity.ts';
import type { Grant } from '../../core/request.ts';
import { likeness } from './digest.ts';

interface Entry {
  grant: Grant;
  readonly likeness: string;
  /** Everybody who runs something under it. */
  readonly witnesses: Set<Witness>;
}

/** What has been granted and is not used up. */
export class Grants {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Keeps a grant of which one use is taken at once, by what was asked for. */
  add(grant: Grant, asked: Asked, witness: Witness): Leave {
    const entry = { grant: { ...grant, used: 1 }, likeness: likeness(asked), witnesses: new Set([witness]) };
    this.#entries.set(grant.id, entry);
    return { request: grant.id, use: 1, effect: grant.effect };
  }

  /** Takes a use of a grant of this session for statements like this; null when there is none. */
  use(session: string, asked: Asked, witness: Witness): Leave | null {
    const like = likeness(asked);
    for (const entry of this.#entries.values()) {
      if (entry.grant.session !== session || entry.likeness !== like || !this.#isUsable(entry.grant)) continue;
      entry.grant = { ...entry.grant, used: entry.grant.used + 1 };
      entry.witnesses.add(witness);
      return { request: entry.grant.id, use: entry.grant.used, effect: entry.grant.effect };
    }
    return null;
  }

  /** Those that can still be used. */
  list(): readonly Grant[] {
    return [...this.#entries.values()].map(({ grant }) => grant).filter((grant) => this.#isUsable(grant));
  }

  /**
   * Takes back what is left of a grant, also of one whose last use may still be running, and tells all who run under it.
   * Null when there is none with this id.
   */
  revoke(id: string, by: Identity, reason: string | null): Grant | null {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.grant.revoked) return null;
    entry.grant = { ...entry.grant, revoked: true };
    const revocation = { request: id, by, reason };
    for (const [index, witness] of [...entry.witnesses].entries()) witness.revoked(revocation, index === 0);
    return entry.grant;
  }

  /** Forgets what was granted to a session. */
  forget(session: string): void {
    for (const [id, { grant }] of this.#entries) if (grant.session === session) this.#entries.delete(id);
  }

  #isUsable({ revoked, used, uses, until }: Grant): boolean {
    return !revoked && used < uses && this.#clock.now() < Date.parse(until);
  }
}
