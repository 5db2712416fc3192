import { vi } from 'vitest';
import { HoopError } from '../../../src/core/errors.ts';
import type { Clock } from '../../../src/core/clock.ts';
import type { Identity } from '../../../src/core/identity.ts';
import type { Profile, Profiles } from '../../../src/core/profile.ts';
import type { Confirmation, Provider, ProviderSettings, TokenSet } from '../../../src/core/provider.ts';
import { Secret } from '../../../src/core/secret.ts';
import { ada, ISSUER } from '../people.ts';

export const MINUTE = 60_000;

/** Wall and monotonic time, which a test moves together or apart. The wall clock begins with 2026. */
export class TestClock implements Clock {
  wall = Date.parse('2026-01-01T00:00:00Z');
  micros = 0;

  now(): number {
    return this.wall;
  }

  monotonic(): number {
    return this.micros;
  }

  /** Time passes, and timers fire. Needs vitest's timers. */
  async pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 250) {
      const step = Math.min(left, 250);
      this.wall += step;
      this.micros += step * 1000;
      await vi.advanceTimersByTimeAsync(step);
    }
  }
}

/** Keeps logins in memory, for any number of standings; one at a time may act. */
export class MemoryProfiles implements Profiles {
  readonly kept = new Map<string, { readonly profile: Profile; readonly tokens: TokenSet }>();
  /** The next calls of `keep` fail. */
  full = false;
  /** Why nothing can be kept. */
  unfit: HoopError | null = null;
  /** What `read` throws. */
  unreadable: HoopError | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  async list(): Promise<readonly Profile[]> {
    return [...this.kept.values()].map(({ profile }) => profile);
  }

  async read(name: string): Promise<Profile | null> {
    if (this.unreadable !== null) throw this.unreadable;
    return this.kept.get(name)?.profile ?? null;
  }

  async tokens({ name }: Profile): Promise<TokenSet> {
    const tokens = this.kept.get(name)?.tokens;
    if (tokens === undefined) throw new HoopError('identity.login', 'the tokens are gone');
    return tokens;
  }

  async ready(): Promise<void> {
    if (this.unfit !== null) throw this.unfit;
  }

  async keep(profile: Omit<Profile, 'kept' | 'spent'>, tokens: TokenSet): Promise<Profile> {
    if (this.full) throw new HoopError('local.secrets', 'the keychain is locked');
    const whole: Profile = { ...profile, kept: 'keychain', spent: false };
    this.kept.set(profile.name, { profile: whole, tokens });
    return whole;
  }

  async note(profile: Profile): Promise<void> {
    this.kept.set(profile.name, { profile, tokens: await this.tokens(profile) });
  }

  async forget(name: string): Promise<boolean> {
    return this.kept.delete(name);
  }

  exclusively<T>(_name: string, act: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(act);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}

const refuse = (): Promise<never> => Promise.reject(new Error('nobody logs in here'));

/** A provider that rotates refresh tokens, and ends a login when one is sent twice. */
export class ScriptedProvider implements Provider {
  readonly settings: ProviderSettings = {
    issuer: ISSUER,
    clientId: 'hoopctl',
    clientSecret: null,
    scopes: ['openid', 'offline_access'],
    groups: ['groups'],
    recheck: 5 * MINUTE,
    deviceFlow: true,
    services: [],
  };
  readonly #clock: Clock;
  /** Who everybody is. */
  identity: Identity = ada;
  /** When ID tokens were issued: milliseconds since the epoch; null: just now. */
  issued: number | null = null;
  /** Milliseconds for which a token holds. */
  lifetime = 60 * MINUTE;
  reachable = true;
  /** It renews, and so many of its answers do not arrive. */
  lost = 0;
  /** It takes the refresh token before the last, too. */
  forgiving = false;
  /** It takes no token any more. */
  withdrawn = false;
  /** What `confirm` throws. */
  doubts: HoopError | null = null;
  /** The refresh token that it takes: `refresh 1`, `refresh 2`, … */
  generation = 1;
  /** What was asked: `refresh 1`, `confirm id 2`. */
  readonly asked: string[] = [];
  /** While it is set, answers wait for it. */
  gate: Promise<void> | null = null;

  constructor(clock: Clock, recheck = 5 * MINUTE) {
    this.#clock = clock;
    this.settings = { ...this.settings, recheck };
  }

  readonly loginByDevice = refuse;
  readonly loginByBrowser = refuse;
  readonly loginAsClient = refuse;
  readonly revoke = refuse;

  async refresh({ refreshToken }: TokenSet): Promise<TokenSet> {
    this.asked.push(refreshToken?.reveal() ?? 'nothing');
    await this.gate;
    if (!this.reachable) throw unreachable();
    const sent = Number(refreshToken?.reveal().replace('refresh ', ''));
    if (sent !== this.generation && !(this.forgiving && sent === this.generation - 1)) this.withdrawn = true;
    if (this.withdrawn) throw over();
    this.generation = sent + 1;
    if (this.lost > 0) {
      this.lost -= 1;
      throw unreachable();
    }
    const text = (kind: string): Secret => new Secret(`${kind} ${this.generation}`);
    return { idToken: text('id'), accessToken: text('access'), refreshToken: text('refresh'), expires: null };
  }

  async confirm({ idToken, accessToken }: TokenSet, before: Identity | null): Promise<Confirmation> {
    this.asked.push(`confirm ${(idToken ?? accessToken)?.reveal()}${before === null ? '' : ` of ${before.display}`}`);
    await this.gate;
    if (!this.reachable) throw unreachable();
    if (this.withdrawn) throw over();
    if (this.doubts !== null) throw this.doubts;
    const now = this.#clock.now();
    return {
      identity: this.identity,
      authenticated: null,
      issued: idToken === null ? now : (this.issued ?? now),
      expires: now + this.lifetime,
      nonce: null,
    };
  }
}

export const unreachable = (): HoopError => new HoopError('identity.unreachable', 'the provider cannot be reached');
const over = (): HoopError => new HoopError('identity.login', 'the provider says that it holds no more');
