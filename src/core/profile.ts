import type { Identity } from './identity.ts';
import type { TokenSet } from './provider.ts';
import type { Kept } from './secret-store.ts';

/** A login that is kept on this machine, without its tokens. */
export interface Profile {
  /** What the user calls it; `default` when nothing was said. */
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  /** As the provider last confirmed it, and when: an ISO time. */
  readonly identity: Identity;
  /** The steps to the claim that its groups were read from: see `ProviderSettings`. Another file may name another one. */
  readonly groupsClaim: readonly string[];
  readonly confirmed: string;
  /** ISO time at which the person last showed who they are; null when the provider does not say. */
  readonly authenticated: string | null;
  /** ISO time until which it holds without being renewed; see `renewable`. */
  readonly expires: string;
  /** The provider gave a refresh token. */
  readonly renewable: boolean;
  /** Where the tokens are. */
  readonly kept: Kept;
  /**
   * The refresh token was sent to the provider, and no answer is kept: a provider that takes each one once may take it no
   * more.
   */
  readonly spent: boolean;
}

/** The logins of this user on this machine. */
export interface Profiles {
  /** By name. @throws HoopError `identity.login` when one cannot be read, naming the file */
  list(): Promise<readonly Profile[]>;
  /** Null when there is none of this name. */
  read(name: string): Promise<Profile | null>;
  /** @throws HoopError `identity.login` when they are gone, `local.secrets` when the place cannot be read */
  tokens(profile: Profile): Promise<TokenSet>;
  /** Finds out, before tokens are asked for that could not be kept, that they can be. @throws HoopError `local.secrets` */
  ready(): Promise<void>;
  /**
   * Keeps a login, tokens first, in place of one of the same name. To be called within `exclusively`.
   * @throws HoopError `identity.login` when the name is none or it cannot be written, `local.secrets`
   */
  keep(profile: Omit<Profile, 'kept' | 'spent'>, tokens: TokenSet): Promise<Profile>;
  /**
   * Writes down what is known of a login that is kept, without its tokens. To be called within `exclusively`.
   * @throws HoopError `identity.login`
   */
  note(profile: Profile): Promise<void>;
  /** Removes tokens and login; false when there was none. To be called within `exclusively`. */
  forget(name: string): Promise<boolean>;
  /**
   * Runs when no other process of this user does so for this profile: of two that spend one refresh token, a provider that
   * rotates them ends the login of both.
   * @throws HoopError `identity.login` after ten seconds of waiting
   */
  exclusively<T>(name: string, act: () => Promise<T>): Promise<T>;
}
