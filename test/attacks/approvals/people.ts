import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openProfiles } from '../../../src/identity/profiles.ts';
import { openSecretStore } from '../../../src/local/secrets/store.ts';
import { type Outcome, Place, type Running } from '../../cli/command-line.ts';
import { confirming, logInAt } from '../../cli/login/logged-in.ts';
import { RealProvider } from '../../identity/provider/real.ts';
import { serverVersions } from '../../postgres/binaries.ts';
import { type Door, hoopctlEnvironment, openDoor, writeConfiguration } from '../../postgres/door.ts';
import type { Server } from '../../postgres/server.ts';
import { type WireClient, wireClient, wireOptions } from '../../postgres/wire-client.ts';
import { idOf, next, serverWithTables } from './stage.ts';

/** A server, a provider, people who have logged in there on one machine, and doors that they open. */
export class People implements AsyncDisposable {
  readonly server: Server;
  readonly provider: RealProvider;
  readonly directory: string;
  /** All that anybody was told. */
  readonly said: string[] = [];
  readonly #place: Place;
  readonly #configuration: Parameters<typeof openDoor>[0];
  readonly #doors: Door[] = [];
  readonly #clients: WireClient[] = [];

  private constructor(server: Server, provider: RealProvider, policies: Readonly<Record<string, unknown>>) {
    this.server = server;
    this.provider = provider;
    this.directory = mkdtempSync(join(tmpdir(), 'hoopctl-people-'));
    const address = `127.0.0.1:${server.port}`;
    const target = { address, database: 'postgres', user: server.user, tls: 'disable' };
    const names = Object.keys(policies);
    this.#configuration = {
      state: this.directory,
      targets: Object.fromEntries(names.map((name) => [name, { ...target, policy: [name] }])),
      policies,
      identity: {
        issuer: provider.issuer,
        client_id: 'hoopctl',
        scopes: ['openid', 'profile', 'email', 'groups', 'offline_access'],
      },
    };
    const path = writeConfiguration(this.directory, this.#configuration);
    this.#place = new Place(null, hoopctlEnvironment(this.directory, path));
  }

  /** Everybody is logged in under a profile of their own, by groups. */
  static async before(
    policies: Readonly<Record<string, unknown>>,
    groups: Readonly<Record<string, readonly string[]>>,
  ): Promise<People> {
    const [version] = serverVersions().slice(-1);
    if (version === undefined) throw new Error('there is no server');
    const people = new People(await serverWithTables(version), await RealProvider.start(), policies);
    for (const [login, theirs] of Object.entries(groups)) {
      const email = `${login}@example.com`;
      people.provider.users.set(login, { name: login, email, emailVerified: true, groups: theirs });
      await logInAt(people.#place, people.provider, login);
    }
    return people;
  }

  async open(profile: string, ...more: readonly string[]): Promise<Door> {
    const door = await openDoor({ ...this.#configuration, arguments: ['--profile', profile, ...more] });
    this.#doors.push(door);
    return door;
  }

  async client(door: Door, target: string): Promise<WireClient> {
    const client = await wireClient(wireOptions(door.env(target)));
    this.#clients.push(client);
    return client;
  }

  /** The id of the request that a client is told of next. */
  async held(client: WireClient): Promise<string> {
    return idOf(await next(client, 'N'));
  }

  async run(...args: readonly string[]): Promise<Outcome> {
    return this.#heard(this.#place.run(...args));
  }

  /** Runs what asks for a login, which somebody makes on another device. */
  async confirmed(login: string, ...args: readonly string[]): Promise<Outcome> {
    const running: Running = this.#place.start(...args);
    return this.#heard(confirming(running, this.provider, login));
  }

  async #heard(outcome: Promise<Outcome>): Promise<Outcome> {
    const { stdout, stderr } = await outcome;
    this.said.push(stdout, stderr);
    return outcome;
  }

  /** As if it were long ago that the provider was asked. */
  age(profile: string): void {
    const path = join(this.state, 'profiles', `${profile}.json`);
    const kept = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    writeFileSync(path, JSON.stringify({ ...kept, confirmed: new Date(Date.now() - 600_000).toISOString() }));
  }

  get state(): string {
    return join(this.directory, 'state');
  }

  /** Every token that is kept now. */
  async tokens(): Promise<readonly string[]> {
    const { env } = this.#place;
    const secrets = openSecretStore({ kind: 'login', state: this.state, env, home: this.directory });
    const profiles = openProfiles({ state: this.state, secrets });
    const all = await Promise.all((await profiles.list()).map((profile) => profiles.tokens(profile)));
    const each = all.flatMap(({ idToken, accessToken, refreshToken }) => [idToken, accessToken, refreshToken]);
    return each.flatMap((token) => (token === null ? [] : [token.reveal()]));
  }

  /** The contents of every file but those in which logins are kept, by path. */
  files(): ReadonlyMap<string, Buffer> {
    const all = readdirSync(this.directory, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    const paths = all.map(({ parentPath, name }) => join(parentPath, name));
    const kept = join(this.state, 'secrets', 'login');
    return new Map(paths.filter((path) => !path.startsWith(kept)).map((path) => [path, readFileSync(path)]));
  }

  /** What the program printed that holds the doors. */
  printed(): string {
    return this.#doors.map((door) => door.errors() + JSON.stringify(door.events)).join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.destroy();
    for (const door of this.#doors) await door.close();
    await this.provider.close();
    await this.server.stop();
    this.#place.remove();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
