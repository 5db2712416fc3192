import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../core/clock.ts';
import { HoopError } from '../../core/errors.ts';
import { isSameOne } from '../../core/identity.ts';
import type { Profile, Profiles } from '../../core/profile.ts';
import type { Provider, ProviderSettings, TokenSet } from '../../core/provider.ts';
import type { Secret } from '../../core/secret.ts';
import type { Standing } from '../../core/standing.ts';
import { confirmedLogin } from '../confirmed.ts';
import { confirmedLately } from '../lately.ts';
import { loginCommand } from '../login-command.ts';
import { openStanding } from './live.ts';
import { type Finding, type Known, type Source, unknown } from './source.ts';

export interface LoginOptions {
  readonly provider: Provider;
  readonly profiles: Profiles;
  /** Of the provider's issuer and client. */
  readonly profile: Profile;
  readonly clock: Clock;
}

/** Milliseconds for one conversation with the provider: giving up on a renewal may cost the login. */
const CONVERSATION = 30_000;

/**
 * Whoever has logged in under a profile, for as long as the provider says so. What it said is believed for
 * `settings.recheck`; before that is over it is asked again, by one process for all that share the profile.
 * @throws HoopError `identity.login` when the login has ended, `identity.*` and `local.secrets` when it is too long ago
 *   that it was confirmed, and cannot be now
 */
export function loginStanding(options: LoginOptions): Promise<Standing> {
  const { provider, profile, clock } = options;
  const { recheck } = provider.settings;
  const again = loginCommand(profile.name);
  return openStanding({ source: new LoginSource(options), recheck, again, clock }, foundIn(profile, provider.settings));
}

function knownOf({ identity, confirmed, expires, renewable }: Profile): Known {
  const until = renewable ? Number.POSITIVE_INFINITY : Date.parse(expires);
  return { identity, confirmed: Date.parse(confirmed), until };
}

/**
 * What a kept login says to whoever reads claims as these settings do. Another file may have had its groups read from another
 * claim, or call by the same name another service: then nobody knows yet who it is, and it is confirmed first.
 */
function foundIn(profile: Profile, { groups }: ProviderSettings): Known {
  const isReadAlike = isDeepStrictEqual(profile.groupsClaim, groups) && profile.identity.service === null;
  return isReadAlike ? knownOf(profile) : { ...knownOf(profile), confirmed: Number.NEGATIVE_INFINITY };
}

const LOGGED_OUT = 'you have logged out on this machine';
const REPLACED = 'somebody else has logged in under this profile';
const OVER = 'the login has ended: its time is up, or the provider has withdrawn it';
/** Some providers end a login when the same token is sent twice, and so after an answer that never came. */
const CUT_OFF =
  'the provider has ended the login: its answer to an earlier renewal was lost on the way, or it was withdrawn meanwhile';

const ended = (why: string): Finding => ({ kind: 'ended', why });

class LoginSource implements Source {
  readonly #options: LoginOptions;
  /** What the provider gave for a refresh token, where it could not be kept: there is nothing else to go on with. */
  #unkept: { readonly for: string; readonly tokens: TokenSet } | null = null;

  constructor(options: LoginOptions) {
    this.#options = options;
  }

  async look(known: Known): Promise<Finding | null> {
    try {
      const kept = await this.#kept();
      if (!isProfile(kept)) return kept;
      return this.#news(kept, known);
    } catch (error) {
      return unknown(error);
    }
  }

  /** Another process has asked the provider, or somebody has logged in again. */
  #news(kept: Profile, { confirmed, until }: Known): Finding | null {
    const { provider, clock } = this.#options;
    const known = foundIn(kept, provider.settings);
    if (known.confirmed === Number.NEGATIVE_INFINITY) return null;
    const isNews = known.until !== until || (known.confirmed > confirmed && known.confirmed <= clock.now());
    return isNews ? { kind: 'known', known } : null;
  }

  async renew(known: Known | null): Promise<Finding> {
    const { profiles, profile } = this.#options;
    try {
      return await profiles.exclusively(profile.name, () => this.#renewAlone(known));
    } catch (error) {
      return unknown(error);
    }
  }

  /** As it is kept by now, if it is still the same one's and holds. */
  async #kept(): Promise<Profile | Finding> {
    const { profiles, profile, clock } = this.#options;
    const kept = await profiles.read(profile.name);
    if (kept === null) return ended(LOGGED_OUT);
    const isSame = kept.issuer === profile.issuer && kept.clientId === profile.clientId;
    if (!isSame || !isSameOne(kept.identity, profile.identity)) return ended(REPLACED);
    if (clock.now() >= knownOf(kept).until) return ended(kept.spent ? CUT_OFF : OVER);
    return kept;
  }

  /** Nobody else sends these tokens to the provider now. */
  async #renewAlone(known: Known | null): Promise<Finding> {
    const kept = await this.#kept();
    if (!isProfile(kept)) return kept;
    // Whoever had to wait may find that another process was faster.
    const news = known === null ? null : this.#news(kept, known);
    if (news !== null) return news;
    const tokens = this.#latest(await this.#options.profiles.tokens(kept));
    if (tokens.refreshToken !== null) return this.#refresh(kept, tokens, tokens.refreshToken);
    return this.#confirm(kept, { shown: withoutOldClaims(tokens), tokens });
  }

  #latest(tokens: TokenSet): TokenSet {
    const unkept = this.#unkept;
    return unkept !== null && tokens.refreshToken?.reveal() === unkept.for ? unkept.tokens : tokens;
  }

  async #refresh(kept: Profile, tokens: TokenSet, token: Secret): Promise<Finding> {
    const { profiles, provider } = this.#options;
    // What the provider gives now must not be lost for want of a place.
    await profiles.ready();
    if (!kept.spent) await profiles.note({ ...kept, spent: true });
    let fresh: TokenSet;
    try {
      fresh = await provider.refresh(tokens, AbortSignal.timeout(CONVERSATION));
    } catch (error) {
      return this.#failed(error, kept);
    }
    this.#unkept = { for: this.#unkept?.for ?? token.reveal(), tokens: fresh };
    // Before anything else can go wrong: the old ones may not be taken any more.
    const renewed = await profiles.keep({ ...kept, renewable: fresh.refreshToken !== null }, fresh);
    this.#unkept = null;
    return this.#confirm(renewed, { shown: fresh, tokens: fresh });
  }

  async #confirm(kept: Profile, { shown, tokens }: Shown): Promise<Finding> {
    const { profiles, provider, clock } = this.#options;
    try {
      // An ID token says by itself whose it is; whether that is the same one is looked at here.
      const before = shown.idToken === null ? kept.identity : null;
      const signal = AbortSignal.timeout(CONVERSATION);
      const dated = await confirmedLately(shown, before, { provider, clock, signal });
      if (!isSameOne(dated.confirmation.identity, kept.identity)) return await this.#lapse(kept, REPLACED);
      const fresh = confirmedLogin(kept.name, provider.settings, { ...dated, tokens });
      const profile = { ...kept, ...fresh, authenticated: fresh.authenticated ?? kept.authenticated };
      await profiles.note(profile);
      return { kind: 'known', known: knownOf(profile) };
    } catch (error) {
      return this.#failed(error, kept);
    }
  }

  async #failed(error: unknown, kept: Profile): Promise<Finding> {
    if (!(error instanceof HoopError) || error.code !== 'identity.login') return unknown(error);
    return this.#lapse(kept, kept.spent ? CUT_OFF : OVER);
  }

  /** So that no other process believes in it for a while longer. Whose it was stays to be seen. */
  async #lapse(kept: Profile, why: string): Promise<Finding> {
    const { profiles, clock } = this.#options;
    await profiles.note({ ...kept, renewable: false, expires: new Date(clock.now()).toISOString() });
    return ended(why);
  }
}

/** Tokens, and what of them the provider is asked about. */
interface Shown {
  readonly shown: TokenSet;
  readonly tokens: TokenSet;
}

/** Where nothing can be renewed, an ID token says how things were when it was made: what they are now is for the provider to say. */
function withoutOldClaims(tokens: TokenSet): TokenSet {
  return tokens.accessToken === null ? tokens : { ...tokens, idToken: null };
}

function isProfile(found: Profile | Finding): found is Profile {
  return !('kind' in found);
}
