import type { Identity } from './identity.ts';
import type { Secret } from './secret.ts';

/** Who vouches for people and services, as the configuration says. */
export interface ProviderSettings {
  /** The OpenID Connect issuer: https, or http on loopback. */
  readonly issuer: string;
  readonly clientId: string;
  /** Null for a public client, which is what a command line is. */
  readonly clientSecret: Secret | null;
  readonly scopes: readonly string[];
  /** The steps to the claim that lists groups: `['realm_access', 'roles']`. */
  readonly groups: readonly string[];
  /** Milliseconds for which what the provider last said of somebody is believed. */
  readonly recheck: number;
  /** False where people may not log in with a code on another device. */
  readonly deviceFlow: boolean;
  readonly services: readonly ServiceSettings[];
}

/** Tokens that stand for a service, whoever issued them. */
export interface ServiceSettings {
  /** What policies call it. */
  readonly name: string;
  readonly issuer: string;
  /** A token must be meant for this audience. */
  readonly audience: string;
  /** Conditions on claims, by their steps; all must hold. A text is exact, `*` stands for any run of characters. */
  readonly claims: readonly { readonly claim: readonly string[]; readonly matches: (value: string) => boolean }[];
  /** Groups that the service is in, whatever its token says. */
  readonly groups: readonly string[];
}

/** What a provider handed out. */
export interface TokenSet {
  readonly idToken: Secret | null;
  readonly accessToken: Secret | null;
  readonly refreshToken: Secret | null;
  /** When the access token lapses: milliseconds since the epoch; null when the provider did not say. */
  readonly expires: number | null;
}

/** What tokens prove, checked just now. */
export interface Confirmation {
  readonly identity: Identity;
  /** When the person last showed who they are (`auth_time`): milliseconds since the epoch; null when it is not said. */
  readonly authenticated: number | null;
  /** When the token was issued, and until when it holds: milliseconds since the epoch. */
  readonly issued: number;
  readonly expires: number;
  /** What the login was asked to carry; null when it carries none. */
  readonly nonce: string | null;
}

/** What a person needs to log in on any device. Nothing of it is made safe. */
export interface DevicePrompt {
  readonly userCode: string;
  /** Checked: https, or http on loopback. */
  readonly url: string;
  /** The same with the code in it; null when the provider has none. */
  readonly completeUrl: string | null;
  /** When the code lapses: milliseconds since the epoch. */
  readonly expires: number;
}

/** How fresh a login must be. */
export interface Freshness {
  /** The person must show who they are again, however recently they did. */
  readonly again: boolean;
  /** What the ID token must carry; null: a value that is made up. */
  readonly nonce: string | null;
}

/** An OpenID provider, as a client of it. Every failure is a HoopError `identity.*`, without any of the provider's words in its message. */
export interface Provider {
  readonly settings: ProviderSettings;
  /**
   * RFC 8628. Polls until the person has confirmed, denied, or the code lapses.
   * @throws HoopError `identity.denied`, `identity.timeout`, `identity.provider`, `identity.unreachable`, `cli.cancelled` when the signal aborts
   */
  loginByDevice(options: {
    readonly freshness: Freshness | null;
    readonly prompt: (prompt: DevicePrompt) => void;
    readonly signal: AbortSignal;
  }): Promise<TokenSet>;
  /** RFC 8252: an authorization code with PKCE, to a port on loopback. Throws as above. */
  loginByBrowser(options: {
    readonly freshness: Freshness | null;
    /** Shows the page to the person. */
    readonly open: (url: string) => Promise<void>;
    readonly signal: AbortSignal;
  }): Promise<TokenSet>;
  /** RFC 6749, 4.4: the client itself, as a service. */
  loginAsClient(signal: AbortSignal): Promise<TokenSet>;
  /**
   * New tokens for old ones; what the provider did not send anew is carried over, except the ID token.
   * @throws HoopError `identity.login` when the provider will not (the login has ended), `identity.unreachable` when it cannot be asked
   */
  refresh(tokens: TokenSet, signal: AbortSignal): Promise<TokenSet>;
  /** RFC 7009. Resolves to false where the provider has no way to be told. */
  revoke(tokens: TokenSet, signal: AbortSignal): Promise<boolean>;
  /**
   * Who tokens stand for: a person or agent by an ID token for this client, a service by what `services` says.
   * Groups and e-mail come from the token, and from the provider's userinfo where the token does not say.
   * Without an ID token, userinfo says who somebody is of whom something is known `before`: that is how a login is
   * confirmed that cannot be renewed. A service may have an access token alone.
   * @param before what was known of them: the subject must be the same
   * @throws HoopError `identity.token` when they prove nothing, `identity.login` when the provider says they hold no more,
   *   `identity.unreachable`
   */
  confirm(tokens: TokenSet, before: Identity | null, signal: AbortSignal): Promise<Confirmation>;
}
