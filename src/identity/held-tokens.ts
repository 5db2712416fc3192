import type { Profiles } from '../core/profile.ts';
import type { TokenSet } from '../core/provider.ts';

/** Sets that are remembered: tokens of those before are spent, or have lapsed. */
const MOST_SETS = 4;

/** The tokens that have gone through this process, for whoever must not show them. None is read for its sake. */
export class HeldTokens {
  readonly #sets: (readonly string[])[] = [];
  #values: readonly string[] = [];

  /** The same tokens, taken note of. */
  noted(tokens: TokenSet): TokenSet {
    const set = [tokens.idToken, tokens.accessToken, tokens.refreshToken].flatMap((one) => one?.reveal() ?? []);
    if (set.every((value) => this.#values.includes(value))) return tokens;
    this.#sets.push(set);
    if (this.#sets.length > MOST_SETS) this.#sets.shift();
    this.#values = [...new Set(this.#sets.flat())];
    return tokens;
  }

  /** The same list while nothing has come to it. */
  get values(): readonly string[] {
    return this.#values;
  }

  /** The same logins: what is read of them, or is to be kept, is taken note of. */
  noticing(profiles: Profiles): Profiles {
    return {
      list: () => profiles.list(),
      read: (name) => profiles.read(name),
      tokens: async (profile) => this.noted(await profiles.tokens(profile)),
      ready: () => profiles.ready(),
      // What cannot be kept is held all the same.
      keep: (profile, tokens) => profiles.keep(profile, this.noted(tokens)),
      note: (profile) => profiles.note(profile),
      forget: (name) => profiles.forget(name),
      exclusively: (name, act) => profiles.exclusively(name, act),
    };
  }
}
