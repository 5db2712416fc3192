import type { Configuration } from 'openid-client';
import type { Clock } from '../core/clock.ts';
import { HoopError } from '../core/errors.ts';
import type { Identity } from '../core/identity.ts';
import type { Confirmation, Freshness, Provider, ProviderSettings, TokenSet } from '../core/provider.ts';
import { boundedFetch, type Fetch } from './oidc/bounded-fetch.ts';
import { browserFlow } from './oidc/browser-flow.ts';
import { clientOf, tokensFrom } from './oidc/client.ts';
import { unchecked } from './oidc/compact.ts';
import { confirmation, type Grounds } from './oidc/confirm.ts';
import { deviceFlow } from './oidc/device-flow.ts';
import { Discovery, type Metadata } from './oidc/discovery.ts';
import { cancellable, errorWordOf } from './oidc/failure.ts';
import { Keys } from './oidc/keys.ts';

/** Milliseconds: for one answer of the provider, and for a person in a browser. */
const PATIENCE = { answer: 10_000, browser: 5 * 60_000 } as const;

export interface ProviderOptions {
  readonly clock: Clock;
  /** Node's own when absent. */
  readonly fetch?: Fetch;
  readonly patience?: { readonly answer: number; readonly browser: number };
}

/** A provider as its client. Asks nothing of it yet. */
export function openProvider(settings: ProviderSettings, options: ProviderOptions): Provider {
  return new OpenIdProvider(settings, options);
}

interface Asking {
  readonly metadata: Metadata;
  readonly client: Configuration;
}

class OpenIdProvider implements Provider {
  readonly settings: ProviderSettings;
  readonly #clock: Clock;
  readonly #fetch: Fetch;
  readonly #patience: { readonly answer: number; readonly browser: number };
  readonly #discovery: Discovery;
  readonly #keys: Keys;

  constructor(settings: ProviderSettings, { clock, fetch: given, patience = PATIENCE }: ProviderOptions) {
    this.settings = settings;
    this.#clock = clock;
    this.#fetch = given ?? ((url, init) => fetch(url, init));
    this.#patience = patience;
    this.#discovery = new Discovery(clock);
    this.#keys = new Keys(clock);
  }

  loginByDevice({ freshness, prompt, signal }: Parameters<Provider['loginByDevice']>[0]): Promise<TokenSet> {
    return cancellable(signal, async () => {
      if (!this.settings.deviceFlow) throw turnedOff();
      const { metadata, client } = await this.#asking(signal);
      if (metadata.deviceAuthorization === null || metadata.token === null) throw unable('log people in with a code');
      const nonce = await nonceOf(freshness);
      const parameters = { ...this.#loginParameters(freshness), nonce };
      const tokens = await deviceFlow({ client, clock: this.#clock, signal, parameters, prompt });
      requireNonce(tokens, nonce);
      return tokens;
    });
  }

  loginByBrowser({ freshness, open, signal }: Parameters<Provider['loginByBrowser']>[0]): Promise<TokenSet> {
    return cancellable(signal, async () => {
      const { metadata, client } = await this.#asking(signal);
      if (metadata.authorization === null || metadata.token === null) throw unable('log people in with a browser');
      return await browserFlow({
        client,
        clock: this.#clock,
        parameters: this.#loginParameters(freshness),
        nonce: await nonceOf(freshness),
        again: freshness?.again ?? false,
        open,
        patience: this.#patience.browser,
      });
    });
  }

  loginAsClient(signal: AbortSignal): Promise<TokenSet> {
    return cancellable(signal, async () => {
      const { metadata, client } = await this.#asking(signal);
      if (metadata.token === null) throw unable('log services in');
      const { clientCredentialsGrant } = await import('openid-client');
      const tokens = tokensFrom(await clientCredentialsGrant(client, this.#clientAudience()), this.#clock);
      // Some providers add an ID token, which would show the client as if it were a person.
      return { ...tokens, idToken: null };
    });
  }

  refresh(tokens: TokenSet, signal: AbortSignal): Promise<TokenSet> {
    return cancellable(signal, async () => {
      if (tokens.refreshToken === null)
        throw new HoopError('identity.login', 'this login cannot be renewed', { hint: 'hoopctl login' });
      const { client } = await this.#asking(signal);
      const { refreshTokenGrant } = await import('openid-client');
      const fresh = tokensFrom(await refreshTokenGrant(client, tokens.refreshToken.reveal()), this.#clock);
      return { ...fresh, refreshToken: fresh.refreshToken ?? tokens.refreshToken };
    });
  }

  revoke(tokens: TokenSet, signal: AbortSignal): Promise<boolean> {
    return cancellable(signal, async () => {
      const { metadata, client } = await this.#asking(signal);
      if (metadata.revocation === null) return false;
      // The refresh token first: with it goes the login, and with that, at most providers, the access token.
      if (tokens.refreshToken !== null) await revoked(client, tokens.refreshToken.reveal(), 'refresh_token');
      if (tokens.accessToken !== null) await revoked(client, tokens.accessToken.reveal(), 'access_token');
      return true;
    });
  }

  confirm(tokens: TokenSet, before: Identity | null, signal: AbortSignal): Promise<Confirmation> {
    return cancellable(signal, () => confirmation(tokens, before, this.#grounds(signal)));
  }

  #grounds(signal: AbortSignal): Grounds {
    return {
      settings: this.settings,
      clock: this.#clock,
      discovery: this.#discovery,
      keys: this.#keys,
      fetch: this.#bounded(signal),
    };
  }

  async #asking(signal: AbortSignal): Promise<Asking> {
    const fetch = this.#bounded(signal);
    const metadata = await this.#discovery.of(this.settings.issuer, fetch);
    return { metadata, client: await clientOf(metadata, this.settings, this.#clock, fetch) };
  }

  #bounded(signal: AbortSignal): Fetch {
    const { issuer, services } = this.settings;
    const issuers = [issuer, ...services.map((service) => service.issuer)];
    return boundedFetch(this.#fetch, { milliseconds: this.#patience.answer, signal, issuers });
  }

  #loginParameters(freshness: Freshness | null): Readonly<Record<string, string>> {
    const again = freshness?.again === true;
    // A provider that keeps to the specification hands out a refresh token only to who has agreed (OpenID Connect Core, 11).
    const consent = this.settings.scopes.includes('offline_access') ? { prompt: 'consent' } : {};
    return {
      scope: this.settings.scopes.join(' '),
      ...(again ? { prompt: 'login', max_age: '0' } : consent),
    };
  }

  /** What the token is for: providers have the one or the other name for it, and ignore what they do not know. */
  #clientAudience(): Readonly<Record<string, string>> {
    const service = this.settings.services.find(({ issuer }) => issuer === this.settings.issuer);
    if (service === undefined) return {};
    const { audience } = service;
    return { audience, ...(URL.canParse(audience) ? { resource: audience } : {}) };
  }
}

async function nonceOf(freshness: Freshness | null): Promise<string> {
  const { randomNonce } = await import('openid-client');
  return freshness?.nonce ?? randomNonce();
}

/** RFC 8628 has no nonce, so that few providers pass it on; one that is there must be ours. */
function requireNonce({ idToken }: TokenSet, nonce: string): void {
  if (idToken === null) return;
  const said = unchecked(idToken.reveal()).claims['nonce'];
  if (said !== undefined && said !== nonce)
    throw new HoopError('identity.token', 'the identity provider handed out an ID token that is not for this login');
}

async function revoked(client: Configuration, token: string, hint: string): Promise<void> {
  const { tokenRevocation } = await import('openid-client');
  try {
    await tokenRevocation(client, token, { token_type_hint: hint });
  } catch (error) {
    // Access tokens that nobody needs to look up lapse by themselves (RFC 7009, 2.2.1).
    if (hint !== 'access_token' || errorWordOf(error) !== 'unsupported_token_type') throw error;
  }
}

function turnedOff(): HoopError {
  return new HoopError(
    'identity.denied',
    'logging in with a code is turned off (identity.device_flow in hoopctl.yaml)',
    {
      hint: 'hoopctl login --browser',
    },
  );
}

function unable(what: string): HoopError {
  return new HoopError('identity.provider', `the identity provider has no way to ${what}`, {
    hint: what.endsWith('code') ? 'hoopctl login --browser' : 'hoopctl login',
  });
}
