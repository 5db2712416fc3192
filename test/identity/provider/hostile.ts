import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, type JWTHeaderParameters } from 'jose';
import type { ProviderSettings } from '../../../src/core/provider.ts';
import { CLIENT_ID } from './real.ts';
import { fixtureKeys, type SigningKey } from './signing.ts';

export type Answer =
  | { readonly status?: number; readonly json: unknown; readonly headers?: Readonly<Record<string, string>> }
  | ((request: IncomingMessage, response: ServerResponse) => void);

export type Claims = Readonly<Record<string, unknown>>;

/** An issuer that says whatever a test wants it to, and signs it. */
export class HostileIssuer {
  readonly issuer: string;
  /** By path. Discovery and keys are there from the start. */
  readonly answers = new Map<string, Answer>();
  readonly requests: string[] = [];
  readonly key: SigningKey = fixtureKeys();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.discover();
    this.publish(this.key);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const path = new URL(request.url ?? '/', this.issuer).pathname;
      this.requests.push(path);
      const answer = this.answers.get(path) ?? { status: 404, json: {} };
      if (typeof answer === 'function') return answer(request, response);
      request.resume();
      const headers = { 'content-type': 'application/json', ...answer.headers };
      response.writeHead(answer.status ?? 200, headers).end(JSON.stringify(answer.json));
    });
  }

  static async start(): Promise<HostileIssuer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new HostileIssuer(server);
  }

  /** Answers discovery with every endpoint, and these changes; undefined leaves one out. */
  discover(changes: Claims = {}): void {
    this.answers.set('/.well-known/openid-configuration', {
      json: {
        issuer: this.issuer,
        jwks_uri: `${this.issuer}/jwks`,
        token_endpoint: `${this.issuer}/token`,
        authorization_endpoint: `${this.issuer}/auth`,
        device_authorization_endpoint: `${this.issuer}/device/auth`,
        revocation_endpoint: `${this.issuer}/revoke`,
        userinfo_endpoint: `${this.issuer}/me`,
        ...changes,
      },
    });
  }

  /** Publishes these keys and no others. */
  publish(...keys: readonly (SigningKey | Claims)[]): void {
    this.answers.set('/jwks', { json: { keys: keys.map((key) => ('publicJwk' in key ? key.publicJwk : key)) } });
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

  /** What a good ID token says, with these changes; undefined leaves one out. */
  claims(changes: Claims = {}, now = Date.now()): Claims {
    const seconds = Math.floor(now / 1000);
    const good: Claims = {
      iss: this.issuer,
      sub: 'ada',
      aud: CLIENT_ID,
      iat: seconds,
      exp: seconds + 600,
      email: 'ada@example.com',
      email_verified: true,
      groups: ['engineering'],
    };
    return Object.fromEntries(Object.entries({ ...good, ...changes }).filter(([, value]) => value !== undefined));
  }

  /** A token with these claims, signed with the published key unless said otherwise. */
  async sign(
    claims: Claims = this.claims(),
    header: Partial<JWTHeaderParameters> = {},
    key = this.key,
  ): Promise<string> {
    const { kid, alg } = key;
    return await new SignJWT({ ...claims })
      .setProtectedHeader({ alg, kid, ...header, ...(header.crit === undefined ? {} : { crit: header.crit }) })
      .sign(key.privateKey, { crit: { 'urn:example:crit': true } });
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
