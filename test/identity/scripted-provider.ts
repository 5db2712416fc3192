import { HoopError } from '../../src/core/errors.ts';
import type { Identity } from '../../src/core/identity.ts';
import type { Confirmation, Provider, ProviderSettings, TokenSet } from '../../src/core/provider.ts';
import { Secret } from '../../src/core/secret.ts';
import { person } from '../policy/examples.ts';

export const ISSUER = 'https://idp.example';

export const SETTINGS: ProviderSettings = {
  issuer: ISSUER,
  clientId: 'hoopctl',
  clientSecret: null,
  scopes: ['openid'],
  groups: ['groups'],
  recheck: 300_000,
  deviceFlow: true,
  services: [],
};

export const bob: Identity = {
  ...person,
  issuer: ISSUER,
  subject: 'u-bob',
  display: 'Bob',
  groups: ['dba'],
  verified: true,
};

/** What the tests say that tokens show, by the text of the ID token, or of the access token where it comes alone. */
export class ScriptedProvider implements Provider {
  readonly settings = SETTINGS;
  readonly asked: { readonly tokens: TokenSet; readonly before: Identity | null; readonly signal: AbortSignal }[] = [];
  readonly #shown = new Map<string, Partial<Confirmation> | HoopError>();
  /** Asked for a token of this text it never answers, unless it is told to stop. */
  hanging: string | null = null;

  shows(token: string, confirmation: Partial<Confirmation> | HoopError): void {
    this.#shown.set(token, confirmation);
  }

  async confirm(tokens: TokenSet, before: Identity | null, signal: AbortSignal): Promise<Confirmation> {
    this.asked.push({ tokens, before, signal });
    const text = (tokens.idToken ?? tokens.accessToken ?? new Secret('')).reveal();
    if (text === this.hanging) await aborted(signal);
    const shown = this.#shown.get(text) ?? new HoopError('identity.token', 'it proves nothing');
    if (shown instanceof HoopError) throw shown;
    const now = Date.now();
    return { identity: bob, authenticated: null, issued: now, expires: now + 60_000, nonce: null, ...shown };
  }

  loginByDevice = unused;
  loginByBrowser = unused;
  loginAsClient = unused;
  refresh = unused;
  revoke = unused;
}

async function aborted(signal: AbortSignal): Promise<never> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  throw new HoopError('identity.unreachable', 'the provider did not answer');
}

async function unused(): Promise<never> {
  throw new TypeError('nobody logs in here');
}
