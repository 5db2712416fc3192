import type { Asked, Leave, Witness } from '../../core/approver.ts';
import type { Clock } from '../../core/clock.ts';
import type { Identity } from '../../core/identity.ts';
import type { Grant } from '../../core/request.ts';
import { likeness } from './digest.ts';

interface Entry {
  grant: Grant;
  /** See `Clock.monotonic`: a wall clock that is set back prolongs nothing. */
  readonly latest: number;
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
    const latest = this.#clock.monotonic() + (Date.parse(grant.until) - this.#clock.now()) * 1000;
    const entry = { grant: { ...grant, used: 1 }, latest, likeness: likeness(asked), witnesses: new Set([witness]) };
    this.#entries.set(grant.id, entry);
    return { request: grant.id, use: 1, effect: grant.effect, until: grant.until };
  }

  /** Takes a use of a grant of this session for statements like this; null when there is none. */
  use(session: string, asked: Asked, witness: Witness): Leave | null {
    const like = likeness(asked);
    for (const entry of this.#entries.values()) {
      if (entry.grant.session !== session || entry.likeness !== like || !this.#isUsable(entry)) continue;
      entry.grant = { ...entry.grant, used: entry.grant.used + 1 };
      entry.witnesses.add(witness);
      const { id, used, effect, until } = entry.grant;
      return { request: id, use: used, effect, until };
    }
    return null;
  }

  /** Those that can still be used. */
  list(): readonly Grant[] {
    return [...this.#entries.values()].filter((entry) => this.#isUsable(entry)).map(({ grant }) => grant);
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

  #isUsable({ grant: { revoked, used, uses, until }, latest }: Entry): boolean {
    const timely = this.#clock.now() < Date.parse(until) && this.#clock.monotonic() < latest;
    return timely && !revoked && used < uses;
  }
}
