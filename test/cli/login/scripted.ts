import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Invocation, Options } from '../../../src/cli/invocation.ts';
import type { Logins } from '../../../src/cli/logins.ts';
import { Terminal } from '../../../src/cli/terminal.ts';
import { HoopError } from '../../../src/core/errors.ts';
import type { Identity } from '../../../src/core/identity.ts';
import type { Profile, Profiles } from '../../../src/core/profile.ts';
import type { DevicePrompt, Provider, ProviderSettings, TokenSet } from '../../../src/core/provider.ts';
import { openProfiles } from '../../../src/identity/profiles.ts';
import { ada, ISSUER, Pocket, tokens } from '../../identity/people.ts';
import { type Captured, captured } from '../streams.ts';

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

/** What a provider of the tests does; each may fail. */
export interface Script {
  readonly settings?: ProviderSettings;
  readonly prompt?: Partial<DevicePrompt>;
  /** Resolves when the person has confirmed. */
  readonly confirmed?: Promise<unknown>;
  readonly tokens?: TokenSet;
  readonly identity?: Identity;
  readonly confirm?: () => Promise<never>;
  readonly revoke?: () => Promise<boolean>;
}

/** A provider that does as it is told, and keeps the tokens that were revoked. */
export class ScriptedProvider implements Provider {
  readonly settings: ProviderSettings;
  readonly revoked: TokenSet[] = [];
  readonly #script: Script;

  constructor(script: Script = {}) {
    this.#script = script;
    this.settings = script.settings ?? SETTINGS;
  }

  get #tokens(): TokenSet {
    return this.#script.tokens ?? tokens('new');
  }

  async loginByDevice({ prompt, signal }: Parameters<Provider['loginByDevice']>[0]): Promise<TokenSet> {
    const url = `${ISSUER}/device`;
    const expires = Date.now() + 600_000;
    prompt({ userCode: 'ABCD-1234', url, completeUrl: null, expires, ...this.#script.prompt });
    await this.#answer(signal);
    return this.#tokens;
  }

  async loginByBrowser({ open, signal }: Parameters<Provider['loginByBrowser']>[0]): Promise<TokenSet> {
    await open(`${ISSUER}/authorize?client_id=hoopctl`);
    await this.#answer(signal);
    return this.#tokens;
  }

  loginAsClient(): Promise<TokenSet> {
    return Promise.resolve(this.#tokens);
  }

  refresh(): Promise<TokenSet> {
    return Promise.reject(new HoopError('identity.unreachable', 'not in this test'));
  }

  revoke(revoked: TokenSet): Promise<boolean> {
    this.revoked.push(revoked);
    return this.#script.revoke?.() ?? Promise.resolve(true);
  }

  async confirm(): ReturnType<Provider['confirm']> {
    await this.#script.confirm?.();
    const now = Date.now();
    return {
      identity: this.#script.identity ?? ada,
      authenticated: now,
      issued: now,
      expires: now + 3_600_000,
      nonce: null,
    };
  }

  async #answer(signal: AbortSignal): Promise<void> {
    const cancelled = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => cancelled.reject(new HoopError('cli.cancelled', 'cancelled')));
    await Promise.race([this.#script.confirmed ?? Promise.resolve(), cancelled.promise]);
  }
}

/** Logins in a directory of the test's own, and the provider that vouches for all of them. */
export class Desk {
  readonly pocket = new Pocket();
  readonly profiles: Profiles;
  readonly directory = mkdtempSync(join(tmpdir(), 'hoopctl-login-'));

  constructor() {
    onTestFinished(() => rmSync(this.directory, { recursive: true, force: true }));
    this.profiles = openProfiles({ state: join(this.directory, 'state'), secrets: this.pocket });
  }

  keep(profile: Parameters<Profiles['keep']>[0], kept: TokenSet): Promise<Profile> {
    return this.profiles.exclusively(profile.name, () => this.profiles.keep(profile, kept));
  }

  /** A login as it is kept. @throws when there is none */
  async kept(name: string): Promise<{ readonly profile: Profile; readonly refresh: string | undefined }> {
    const profile = await this.profiles.read(name);
    if (profile === null) throw new Error(`there is no ${name}`);
    return { profile, refresh: (await this.profiles.tokens(profile)).refreshToken?.reveal() };
  }

  logins(provider: Provider): Logins {
    return {
      profiles: this.profiles,
      open: () => Promise.resolve(provider),
      openFor: () => Promise.resolve(provider),
    };
  }
}

export interface Called extends Captured {
  readonly invocation: Invocation;
}

/** One run of a command, whose streams are kept. */
export function called(
  values: Readonly<Record<string, unknown>> = {},
  { env = {}, interactive = false, columns }: { env?: NodeJS.ProcessEnv; interactive?: boolean; columns?: number } = {},
): Called {
  const kept = captured(columns);
  const invocation: Invocation = {
    terminal: new Terminal(kept.streams, env),
    env,
    cwd: '/',
    home: '/nowhere',
    config: null,
    interactive,
    arguments: [],
    options: new Options({ open: true, ...values }),
    rest: null,
  };
  return { ...kept, invocation };
}
