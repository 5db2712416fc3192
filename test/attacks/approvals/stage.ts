import { join } from 'node:path';
import { systemClock } from '../../../src/core/clock.ts';
import type { Receipt, Reply } from '../../../src/core/inbox.ts';
import type { ApprovalRequest } from '../../../src/core/request.ts';
import { osUser } from '../../../src/identity/os-user.ts';
import { InboxClient } from '../../../src/local/inbox/client.ts';
import { openKey } from '../../../src/record/key.ts';
import { eventually } from '../../eventually.ts';
import type { ServerVersion } from '../../postgres/binaries.ts';
import { type Door, openDoor } from '../../postgres/door.ts';
import { fieldsOf, type Message } from '../../postgres/frames.ts';
import { type Server, startServer } from '../../postgres/server.ts';
import { type WireClient, wireClient, wireOptions } from '../../postgres/wire-client.ts';

export const ASKS = {
  default: 'allow',
  ask: [{ action: ['write', 'opaque', 'set-role', 'role'], preview: 'none' }],
  session: { ttl: '30m', reason: 'optional' },
};

/** Policies of the targets of one door, by the target's name. */
export const POLICIES = {
  /** What is held is not tried: what the server's log says was run, was let through. */
  asks: ASKS,
  brief: { ...ASKS, ask: [{ action: ['write', 'opaque'], within: '3s', preview: 'none' }] },
  /** What is held is tried meanwhile. */
  tried: { ...ASKS, ask: [{ action: 'write' }] },
} as const;

const SCHEMA = [
  'create schema app',
  'create table app.items (id int primary key, note text not null)',
  "insert into app.items select n, 'note ' || n from generate_series(1, 1000) n",
  'create table app.counts (id int primary key, n int not null)',
  'insert into app.counts select n, 0 from generate_series(1, 100) n',
  "create function app.forget(integer) returns void language sql as 'delete from app.items where id = $1'",
  "create procedure app.tidy() language plpgsql as $$ begin execute 'delete from app.items where id = 900'; end $$",
] as const;

/** A server, hoopctl in front of it in a process of its own, and somebody who answers from this one. */
export class Stage implements AsyncDisposable {
  readonly server: Server;
  readonly door: Door;
  readonly inbox: InboxClient;
  readonly #clients: WireClient[] = [];

  private constructor(server: Server, door: Door) {
    this.server = server;
    this.door = door;
    this.inbox = inboxOf(door);
  }

  static async open(
    version: ServerVersion,
    policies: Readonly<Record<string, unknown>> = POLICIES,
    limits: Readonly<Record<string, unknown>> = {},
  ): Promise<Stage> {
    return Stage.before(await serverWithTables(version), policies, limits);
  }

  /** In front of a server that is there. */
  static async before(
    server: Server,
    policies: Readonly<Record<string, unknown>> = POLICIES,
    limits: Readonly<Record<string, unknown>> = {},
  ): Promise<Stage> {
    return new Stage(server, await openAsking(server, policies, limits));
  }

  async client(target = 'asks'): Promise<WireClient> {
    const client = await wireClient(wireOptions(this.door.env(target)));
    this.#clients.push(client);
    return client;
  }

  approve(request: Pick<ApprovalRequest, 'id' | 'digest'>, with_: Partial<Reply> = {}): Promise<Receipt> {
    return this.inbox.reply({ ...PLAIN, request: request.id, digest: request.digest, ...with_ });
  }

  deny(request: Pick<ApprovalRequest, 'id' | 'digest'>, reason = 'not like this'): Promise<Receipt> {
    return this.approve(request, { verdict: 'deny', reason });
  }

  /** Those that wait. */
  waiting(): Promise<readonly ApprovalRequest[]> {
    return this.inbox.list();
  }

  /** The request that a client is told of next. */
  async held(client: WireClient): Promise<ApprovalRequest> {
    return this.request(idOf(await next(client, 'N')));
  }

  async request(id: string): Promise<ApprovalRequest> {
    const request = (await this.waiting()).find((one) => one.id === id);
    if (request === undefined) throw new Error(`no request ${id} waits`);
    return request;
  }

  mark(): number {
    return this.server.log.mark();
  }

  /** What the server began to run since, as far as it speaks of the tables here. */
  ran(mark: number): string[] {
    return this.server.log
      .statementsOf(this.server.user, mark)
      .filter((text) => /\bapp\.|pg_sleep/.test(text) && !text.includes('pg_catalog.'));
  }

  async count(table = 'items'): Promise<number> {
    const [row] = await this.server.admin('postgres', `select count(*)::int as n from app.${table}`);
    return Number(row?.['n']);
  }

  /** After each test: nobody waits any more, and no connection is left. */
  async clear(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.destroy();
    for (const grant of await this.inbox.grants()) await this.inbox.revoke(grant.id, null);
    await eventually(async () => (await this.waiting()).length === 0);
  }

  /** All but the server. */
  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await this.door.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await this.server.stop();
  }
}

export async function serverWithTables(version: ServerVersion): Promise<Server> {
  const server = await startServer({ version });
  await server.admin('postgres', ...SCHEMA);
  return server;
}

const PLAIN: Omit<Reply, 'request' | 'digest'> = {
  verdict: 'approve',
  reason: null,
  uses: 1,
  lasts: null,
  effect: null,
  breakGlass: false,
};

function openAsking(
  server: Server,
  policies: Readonly<Record<string, unknown>>,
  limits: Readonly<Record<string, unknown>> = {},
): Promise<Door> {
  const target = {
    address: `127.0.0.1:${server.port}`,
    database: 'postgres',
    user: server.user,
    tls: 'disable',
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
  const names = Object.keys(policies);
  return openDoor({
    targets: Object.fromEntries(names.map((name) => [name, { ...target, policy: [name] }])),
    policies,
  });
}

function inboxOf({ environment }: Pick<Door, 'environment'>): InboxClient {
  return new InboxClient({
    runtime: join(environment['XDG_RUNTIME_DIR'] ?? '', 'hoopctl'),
    own: osUser(),
    login: null,
    clock: systemClock,
    key: () => openKey(environment['HOOPCTL_STATE_DIR'] ?? '', 'approver'),
  });
}

/** The next message of this type; others but those that may come at any time are an error. */
export async function next(client: WireClient, type: string): Promise<Message> {
  for (;;) {
    const message = await client.next();
    if (message === null) throw new Error('the connection ended');
    if (message.type === type) return message;
  }
}

export function idOf(notice: Message): string {
  const id = /^held for approval: request (\w{8})$/.exec(fieldsOf(notice)['M'] ?? '')?.[1];
  if (id === undefined) throw new Error(`no request in ${fieldsOf(notice)['M']}`);
  return id;
}

/** Types of messages in order, without those that may come at any time; errors with their SQLSTATE, ready with its status. */
export function shapeOf(messages: readonly Message[]): string {
  return messages
    .filter(({ type }) => type !== 'S' && type !== 'N')
    .map((message) => {
      if (message.type === 'E') return `E${fieldsOf(message)['C']}`;
      return message.type === 'Z' ? `Z${message.body.toString()}` : message.type;
    })
    .join(' ');
}

export function tagsOf(messages: readonly Message[]): string[] {
  return messages.filter(({ type }) => type === 'C').map(({ body }) => body.toString('utf8', 0, body.length - 1));
}

export { frames } from '../../postgres/frames.ts';
