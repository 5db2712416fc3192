import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import { loadConfig } from '../../config/load.ts';
import { systemClock } from '../../core/clock.ts';
import type { Grammar } from '../../core/grammar.ts';
import type { Inbox } from '../../core/inbox.ts';
import { Secret } from '../../core/secret.ts';
import { osStanding } from '../../identity/standing/os.ts';
import { type EmbeddedServer, startEmbeddedServer } from '../../local/embedded-server.ts';
import { type GuardedSession, openGuardedSession, type Surroundings } from '../../local/guarded-session.ts';
import { InboxClient } from '../../local/inbox/client.ts';
import { openInbox, type OpenInbox } from '../../local/inbox/open.ts';
import { openKey } from '../../record/key.ts';
import { openGrammar } from '../../session/grammar.ts';
import type { Invocation } from '../invocation.ts';
import { VERSION } from '../version.ts';
import { configuration, DATABASE, ROLE, SAMPLE } from './sample.ts';
import { connectDriver, type Login } from './server.ts';

/** All that the demo plays with; everything of it is gone after `close`. */
export interface Stage {
  /** The demo's own configuration and state. */
  readonly config: string;
  readonly state: string;
  readonly server: EmbeddedServer;
  /** Looks at the server past the guard, to check what the guard claims. */
  readonly direct: Client;
  /** The requests of its session, as an approver in another terminal would reach them. */
  readonly inbox: Inbox;
  openSession(): Promise<GuardedSession>;
  close(): Promise<void>;
}

/** Starts a server with sample data and writes a configuration that guards it. Leaves nothing behind when it fails. */
export async function setStage(invocation: Invocation): Promise<Stage> {
  const undo: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const directory = await mkdtemp(join(tmpdir(), 'hoopctl-demo-'));
    undo.push(() => rm(directory, { recursive: true, force: true }));
    const server = await startEmbeddedServer();
    undo.push(() => server.stop());
    const password = new Secret(randomBytes(24).toString('base64url'));
    const direct = await seed(server, password);
    undo.push(() => direct.end());
    await writeFile(join(directory, 'password'), password.reveal(), { mode: 0o600 });
    const config = join(directory, 'hoopctl.yaml');
    await writeFile(config, configuration(server.port), { mode: 0o600 });
    const grammar = openGrammar();
    grammar.load();
    undo.push(() => grammar.close());
    const around = await surroundings(invocation, config, directory, grammar);
    undo.push(async () => around.inbox[Symbol.asyncDispose]());
    const openSession = async (): Promise<GuardedSession> => {
      const place = { kind: 'tcp', port: null } as const;
      const session = await openGuardedSession(around, { target: 'demo', ttl: null, reason: null, place });
      undo.push(() => session.end('client'));
      return session;
    };
    return { config, state: around.state, server, direct, inbox: approverOf(around), openSession, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function approverOf({ runtime, standing, clock, state }: Surroundings): Inbox {
  const own = standing.identity;
  return new InboxClient({ runtime, own, login: null, clock, key: () => openKey(state, 'approver') });
}

/** Creates role, database and data, and returns a connection as that role. */
async function seed(server: EmbeddedServer, password: Secret): Promise<Client> {
  const admin: Login = {
    host: server.host,
    port: server.port,
    user: server.user,
    password: server.password,
    database: 'postgres',
  };
  const setup = await connectDriver(admin);
  try {
    // The password is of base64url's letters alone.
    await setup.query(`CREATE ROLE ${ROLE} LOGIN PASSWORD '${password.reveal()}'`);
    await setup.query(`CREATE DATABASE ${DATABASE} OWNER ${ROLE}`);
  } finally {
    await setup.end();
  }
  const direct = await connectDriver({ ...admin, user: ROLE, password, database: DATABASE });
  await direct.query(SAMPLE);
  return direct;
}

async function surroundings(
  invocation: Invocation,
  path: string,
  directory: string,
  grammar: Grammar,
): Promise<Surroundings & { readonly inbox: OpenInbox }> {
  const { terminal, home } = invocation;
  const config = await loadConfig({ path, env: {}, cwd: directory, home });
  const own = {
    state: join(directory, 'state'),
    runtime: join(directory, 'run'),
    standing: osStanding(),
    clock: systemClock,
  };
  const policies = [...config.policies.values()];
  const inbox = await openInbox({ ...own, own: own.standing.identity, provider: null, policies });
  return {
    ...own,
    inbox,
    config,
    env: {},
    home,
    grammar,
    version: VERSION,
    observe: () => undefined,
    masked: () => undefined,
    held: () => undefined,
    register: inbox.register,
    warn: (message) => terminal.warn(message),
  };
}
