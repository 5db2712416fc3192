import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration } from 'oidc-provider';
import type { ProviderSettings } from '../../../src/core/provider.ts';
import { fixtureKeys } from './signing.ts';

/** Somebody whom the provider knows. Tests change it while the provider runs. */
export interface User {
  readonly name: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly groups: readonly string[];
}

/** An answer that stands in for the provider's next one. */
export interface StandIn {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ProviderOptions {
  /** Where groups and e-mail are. In the ID token unless said otherwise. */
  readonly claimsIn?: 'id-token' | 'userinfo';
  /** Seconds. */
  readonly lifetimes?: { readonly accessToken?: number; readonly idToken?: number; readonly deviceCode?: number };
  /** Seconds between two questions for a device code; null: the provider does not say. */
  readonly interval?: number | null;
  /** Whether a login that is renewed brings a new ID token. */
  readonly idTokenOnRefresh?: boolean;
}

export const CLIENT_ID = 'hoopctl';
/** The audience of tokens that services get by their client's secret, and the client. */
export const SERVICE_AUDIENCE = 'https://hoopctl.example/services';
export const SERVICE_CLIENT = { id: 'nightly', secret: 'the-secret-of-nightly' } as const;

/** A certified OpenID provider, with pages to log in at, on a port of its own. */
export class RealProvider {
  readonly issuer: string;
  /** By what they type in as their login, which is their subject as well. Without one, logins of theirs end. */
  readonly users = new Map<string, User>();
  /** Paths that were asked for, with the grant type of those at the token endpoint: `/token refresh_token`. */
  readonly requests: string[] = [];
  /** While it is set, tokens are handed out, and the answer waits for it. */
  answers: Promise<void> | null = null;
  readonly #server: Server;
  readonly #standIns = new Map<string, StandIn[]>();

  private constructor(server: Server, options: ProviderOptions) {
    this.#server = server;
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.users.set('ada', {
      name: 'Ada Lovelace',
      email: 'Ada@Example.com',
      emailVerified: true,
      groups: ['engineering', 'dba'],
    });
    this.users.set('bob', { name: 'Bob', email: 'bob@example.com', emailVerified: true, groups: ['engineering'] });
    const callback = this.#provider(options).callback();
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const path = new URL(request.url ?? '/', this.issuer).pathname;
      const [standIn] = this.#standIns.get(path)?.splice(0, 1) ?? [];
      if (path !== '/token') this.requests.push(path);
      if (standIn === undefined) return void callback(request, response);
      if (path === '/token') this.requests.push(path);
      request.resume();
      response.writeHead(standIn.status, { 'content-type': 'application/json', ...standIn.headers }).end(standIn.body);
    });
  }

  static async start(options: ProviderOptions = {}): Promise<RealProvider> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new RealProvider(server, options);
  }

  /** What hoopctl.yaml would say of it. */
  settings(changes: Partial<ProviderSettings> = {}): ProviderSettings {
    return {
      issuer: this.issuer,
      clientId: CLIENT_ID,
      clientSecret: null,
      scopes: ['openid', 'profile', 'email', 'groups', 'offline_access'],
      groups: ['groups'],
      recheck: 300_000,
      deviceFlow: true,
      services: [],
      ...changes,
    };
  }

  change(login: string, changes: Partial<User>): void {
    const user = this.users.get(login);
    if (user === undefined) throw new Error(`there is no ${login}`);
    this.users.set(login, { ...user, ...changes });
  }

  /** The next requests to a path get these answers, whatever the provider would say. */
  answerNext(path: string, ...answers: readonly StandIn[]): void {
    this.#standIns.set(path, [...(this.#standIns.get(path) ?? []), ...answers]);
  }

  /** Stops answering at all, until `resume`. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** Listens again, at the same address, after `close`. */
  async resume(): Promise<void> {
    this.#server.listen(Number(new URL(this.issuer).port), '127.0.0.1');
    await once(this.#server, 'listening');
  }

  #provider({ interval = 0.02, idTokenOnRefresh = true, ...options }: ProviderOptions): Provider {
    const provider = new Provider(this.issuer, this.#configuration(options));
    provider.use(async (context, next) => {
      await next();
      const body: unknown = context.body;
      if (typeof body !== 'object' || body === null) return;
      if (context.path === '/device/auth' && interval !== null && 'device_code' in body)
        Object.assign(body, { interval });
      if (context.path !== '/token') return;
      const grant = String(context['oidc']?.params?.['grant_type'] ?? '');
      this.requests.push(`/token ${grant.split(':').at(-1) ?? ''}`);
      if (grant === 'refresh_token' && !idTokenOnRefresh && 'id_token' in body) delete body.id_token;
      await this.answers;
    });
    return provider;
  }

  #configuration({ claimsIn = 'id-token', lifetimes = {} }: ProviderOptions): Configuration {
    return {
      jwks: { keys: [fixtureKeys().privateJwk] },
      cookies: { keys: ['for tests alone'] },
      clients: [
        {
          client_id: CLIENT_ID,
          application_type: 'native',
          token_endpoint_auth_method: 'none',
          redirect_uris: ['http://127.0.0.1/callback'],
          response_types: ['code'],
          grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        },
        {
          client_id: SERVICE_CLIENT.id,
          client_secret: SERVICE_CLIENT.secret,
          redirect_uris: [],
          response_types: [],
          grant_types: ['client_credentials'],
        },
      ],
      scopes: ['openid', 'offline_access', 'profile', 'email', 'groups'],
      claims: {
        openid: ['sub', 'auth_time'],
        profile: ['name'],
        email: ['email', 'email_verified'],
        groups: ['groups'],
      },
      // Without it, what the scopes give is in userinfo alone.
      conformIdTokenClaims: claimsIn === 'userinfo',
      features: {
        deviceFlow: { enabled: true },
        revocation: { enabled: true },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: () => ({ scope: '', audience: SERVICE_AUDIENCE, accessTokenFormat: 'jwt' }),
        },
      },
      rotateRefreshToken: true,
      ttl: {
        AccessToken: lifetimes.accessToken ?? 600,
        IdToken: lifetimes.idToken ?? 600,
        DeviceCode: lifetimes.deviceCode ?? 600,
        RefreshToken: 86_400,
        ClientCredentials: 600,
        Grant: 86_400,
        Session: 86_400,
        Interaction: 600,
      },
      findAccount: (_context, login) => this.#account(login),
    };
  }

  #account(login: string): ReturnType<NonNullable<Configuration['findAccount']>> {
    if (!this.users.has(login)) return undefined;
    return {
      accountId: login,
      claims: () => {
        const user = this.users.get(login);
        return {
          sub: login,
          name: user?.name,
          email: user?.email,
          email_verified: user?.emailVerified,
          groups: [...(user?.groups ?? [])],
        };
      },
    };
  }
}
