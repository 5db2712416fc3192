import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { openProvider } from '../../src/identity/provider.ts';
import { RealProvider, SERVICE_AUDIENCE, SERVICE_CLIENT } from '../identity/provider/real.ts';
import { type Server, startServer } from '../postgres/server.ts';
import { lastLine, type Outcome, Place, type Running } from './command-line.ts';
import { logInAt } from './login/logged-in.ts';

/** Milliseconds for which the provider is believed: a tenth of it must do for asking again. */
const RECHECK = 10_000;

let server: Server;
let real: RealProvider;
let place: Place;
let clients: pg.Client[];
let running: Running[];
/** What clients were told between two statements. */
const said = new WeakMap<pg.Client, Error>();

beforeAll(async () => {
  server = await startServer({ authentication: 'trust' });
  await server.admin('postgres', 'create schema app', 'create table app.notes (id int primary key, text text)');
});

afterAll(() => server.stop());

beforeEach(async () => {
  real = await RealProvider.start();
  place = new Place(config());
  [clients, running] = [[], []];
  await logInAt(place, real, 'ada', 'default');
});

afterEach(async () => {
  for (const client of clients) await client.end().catch(() => undefined);
  for (const { child, outcome } of running) {
    child.kill('SIGKILL');
    await outcome;
  }
  await real.close();
  place.remove();
});

function config(): string {
  return `version: 1
identity:
  issuer: "${real.issuer}"
  client_id: hoopctl
  scopes: [openid, profile, email, groups, offline_access]
  recheck: ${RECHECK / 1000}s
  services: { nightly: { audience: "${SERVICE_AUDIENCE}", subject: ${SERVICE_CLIENT.id} } }
targets:
  pg:
    protocol: postgres
    address: 127.0.0.1:${server.port}
    database: postgres
    user: ${server.user}
    tls: disable
    policy: [people, dbas, jobs]
policies:
  people:
    default: allow
    ask: [{ action: insert, preview: none, approvers: self }]
    session: { ttl: 10m, reason: optional }
    applies_to: { groups: [engineering] }
  dbas: { default: allow, session: { ttl: 10m, reason: optional }, applies_to: { groups: [dba] } }
  jobs: { default: allow, session: { ttl: 10m, reason: optional }, applies_to: { services: [nightly] } }
`;
}

type Event = Readonly<Record<string, unknown>>;

/** A session with an open door, and what is told of it. */
class Opened {
  readonly running: Running;
  readonly events: Event[] = [];
  ready: Event = {};

  constructor(started: Running) {
    this.running = started;
  }

  static async open(...args: readonly string[]): Promise<Opened> {
    const opened = new Opened(place.start('connect', 'pg', '--json', ...args));
    running.push(opened.running);
    const ready = Promise.withResolvers<void>();
    createInterface({ input: opened.running.child.stdout ?? process.stdin }).on('line', (line) => {
      const event = JSON.parse(line) as Event;
      opened.events.push(event);
      if (event['event'] === 'ready') ready.resolve();
    });
    const early = await Promise.race([ready.promise, opened.running.outcome]);
    if (early !== undefined) throw new Error(`it did not open: ${early.stderr}`);
    opened.ready = opened.events[0] ?? {};
    return opened;
  }

  async client(): Promise<pg.Client> {
    const {
      PGHOST: host,
      PGPORT: port,
      PGUSER: user,
      PGPASSWORD: password,
      PGDATABASE: database,
    } = this.ready['env'] as Record<string, string>;
    const client = new pg.Client({ host, port: Number(port), user, password, database });
    // The first is what the server said; later ones are the driver's own.
    client.once('error', (error) => said.set(client, error)).on('error', () => undefined);
    clients.push(client);
    await client.connect();
    return client;
  }

  get end(): Event | undefined {
    return this.events.find(({ event }) => event === 'end');
  }
}

/** Sends statements until one fails: its error, and how many milliseconds later the last one was sent that did not. */
async function untilRefused(
  client: pg.Client,
  within = 2 * RECHECK,
): Promise<{ code: string; message: string; after: number }> {
  const begun = performance.now();
  let after = 0;
  while (performance.now() - begun < within) {
    const sent = performance.now() - begun;
    try {
      await client.query('select 1');
    } catch (error) {
      const { code = '', message } = (said.get(client) ?? error) as { code?: string; message: string };
      return { code, message, after };
    }
    after = sent;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('every statement was let through');
}

/** Sends statements until the session has ended. While it is not known for sure who asks, they are refused as well. */
async function untilEnded(client: pg.Client): Promise<Awaited<ReturnType<typeof untilRefused>>> {
  let refused = await untilRefused(client);
  const { after } = refused;
  while (refused.code === '28000') refused = await untilRefused(client);
  return { ...refused, after };
}

async function succeeds(client: pg.Client, within: number): Promise<void> {
  const deadline = performance.now() + within;
  for (;;) {
    try {
      await client.query('select 1');
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const recorded = async (session: unknown): Promise<readonly Event[]> => {
  const { stdout } = await place.run('replay', String(session), '--json');
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);
};

describe('a session of somebody who has logged in', () => {
  it('is opened, announced and recorded in their name', async () => {
    const opened = await Opened.open();
    const who = { kind: 'person', display: 'Ada Lovelace', subject: 'ada', issuer: real.issuer, verified: true };
    expect(opened.ready['identity']).toEqual({ ...who, actsFor: null });
    await (await opened.client()).query('select 1');
    const shown = await place.run('sessions', 'show', String(opened.ready['session']), '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({ session: { identity: who } });
  });

  it('is an agent’s where one is named', async () => {
    const opened = await Opened.open('--as', 'bot');
    expect(opened.ready['identity']).toMatchObject({
      kind: 'agent',
      display: 'bot',
      issuer: 'declared',
      verified: false,
      actsFor: { kind: 'person', subject: 'ada' },
    });
    await (await opened.client()).query('select 1');
    for (const shown of [await place.run('status'), await place.run('sessions', 'list')])
      expect(shown.stdout).toContain('bot for Ada Lovelace');
  });

  it('stops with a group that is taken away, within the time and without a new login (R7)', async () => {
    const opened = await Opened.open();
    const client = await opened.client();
    await client.query('select 1');
    real.change('ada', { groups: ['engineering'] });
    const { code, message, after } = await untilEnded(client);
    expect({ code, message }).toEqual({
      code: '57P01',
      message: 'the hoopctl session has ended: who asks is not who it was opened for any more',
    });
    expect(after).toBeLessThan(RECHECK);
    expect((await opened.running.outcome).code).toBe(4);
    expect(opened.end).toMatchObject({
      cause: 'identity',
      reason: expect.stringContaining('other policies hold for you now') as string,
    });
    // Nobody had to log in again: the next session is under what holds now.
    expect((await Opened.open()).ready['session']).not.toBe(opened.ready['session']);
  });

  it('goes on when a group is taken away that no policy speaks of', async () => {
    real.change('ada', { groups: ['engineering', 'dba', 'chess'] });
    const client = await (await Opened.open()).client();
    const before = real.requests.length;
    real.change('ada', { groups: ['dba', 'engineering'] });
    const over = performance.now() + 2 * RECHECK;
    while (performance.now() < over) await succeeds(client, RECHECK);
    expect(real.requests.slice(before)).toContain('/token refresh_token');
  });

  it('is over when the login is withdrawn at the provider', async () => {
    const opened = await Opened.open();
    const client = await opened.client();
    real.users.delete('ada');
    expect((await untilEnded(client)).code).toBe('57P01');
    expect((await opened.running.outcome).code).toBe(4);
    const again = await place.run('connect', 'pg', '--', 'true');
    expect([again.code, lastLine(again.stderr)]).toEqual([4, 'Try: hoopctl login']);
  });

  it('lets nothing through while the provider is down for too long, and goes on when it is back', async () => {
    const opened = await Opened.open();
    const client = await opened.client();
    await client.query('select 1');
    await real.close();
    const { code, message, after } = await untilRefused(client);
    expect(code).toBe('28000');
    expect(message).toContain('it is not known for sure any more who asks');
    expect(after).toBeLessThan(RECHECK);
    await expect(client.query('select 2')).rejects.toMatchObject({ code: '28000' });
    await real.resume();
    await succeeds(client, 15_000);
    expect(opened.end).toBeUndefined();
    expect(opened.events.filter(({ rule }) => rule === 'identity').length).toBeGreaterThan(0);
  });

  it('ends when they log out in another process', async () => {
    const opened = await Opened.open();
    const client = await opened.client();
    await client.query('select 1');
    expect((await place.run('logout', '--profile', 'default')).code).toBe(0);
    expect((await untilEnded(client)).code).toBe('57P01');
    expect((await opened.running.outcome).code).toBe(4);
    expect(opened.end).toMatchObject({ cause: 'identity', reason: 'you have logged out on this machine' });
  });

  it('says why to whoever has a client inside, which ends with it', async () => {
    const started = place.start('connect', 'pg', '--', 'sh', '-c', 'echo started; exec sleep 600');
    running.push(started);
    await new Promise((resolve) => started.child.stdout?.once('data', resolve));
    await place.run('logout', '--profile', 'default');
    const { code, stderr } = await started.outcome;
    expect(code).toBe(4);
    expect(stderr).toBe('The door of pg is closed: you have logged out on this machine.\nTry: hoopctl connect pg\n');
  });

  it('takes what it holds back with it', async () => {
    const opened = await Opened.open();
    const client = await opened.client();
    const held = client.query("insert into app.notes values (1, 'kept waiting')").catch((error: unknown) => error);
    await new Promise<void>((resolve) => client.once('notice', () => resolve()));
    await place.run('logout', '--profile', 'default');
    expect(await held).toMatchObject({ code: '57P01' });
    await opened.running.outcome;
    expect(await server.admin('postgres', 'select count(*)::int as n from app.notes')).toEqual([{ n: 0 }]);
    const events = await recorded(opened.ready['session']);
    expect(events.filter(({ type }) => type === 'settled')).toMatchObject([{ outcome: 'ended' }]);
  });
});

describe('a service', () => {
  it('asks by a token in a file, which no client inherits', async () => {
    const settings = real.settings({
      clientId: SERVICE_CLIENT.id,
      clientSecret: new (await import('../../src/core/secret.ts')).Secret(SERVICE_CLIENT.secret),
      services: [{ name: 'nightly', issuer: real.issuer, audience: SERVICE_AUDIENCE, claims: [], groups: [] }],
    });
    const { accessToken } = await openProvider(settings, { clock: systemClock }).loginAsClient(
      new AbortController().signal,
    );
    const file = join(place.directory, 'token');
    writeFileSync(file, accessToken?.reveal() ?? '');
    place.env['HOOPCTL_TOKEN_FILE'] = file;
    const opened = await Opened.open();
    expect(opened.ready['identity']).toMatchObject({ kind: 'service', verified: true, subject: SERVICE_CLIENT.id });
    await (await opened.client()).query('select 1');
    const inside = await place.run('connect', 'pg', '--', 'env');
    expect(inside.code).toBe(0);
    expect(inside.stdout).not.toContain('HOOPCTL_TOKEN');
  });

  it('is nobody by a token that proves nothing', async () => {
    place.env['HOOPCTL_TOKEN'] = 'canary-of-a-token';
    const { code, stderr } = await place.run('connect', 'pg', '--', 'true');
    expect(code).toBe(8);
    expect(stderr).not.toContain('canary');
  });
});

describe('somebody whom nobody vouches for', () => {
  const refused = async (...args: readonly string[]): Promise<Outcome> =>
    place.run('connect', 'pg', ...args, '--', 'true');

  it('is told to log in', async () => {
    const { code, stderr } = await refused('--profile', 'work');
    expect(code).toBe(4);
    expect(stderr).toBe('error: nobody is logged in as "work"\nTry: hoopctl login --profile work\n');
  });

  it('is not let in by a login of another client', async () => {
    const path = join(place.directory, 'hoopctl.yaml');
    writeFileSync(path, config().replace('client_id: hoopctl', 'client_id: other'));
    expect((await refused()).code).toBe(4);
    const { code, stderr } = await refused('--profile', 'default');
    expect(code).toBe(4);
    expect(stderr).toContain('the login "default" is of hoopctl at');
  });
});

describe('what policies would decide', () => {
  it('is said for whoever has logged in, without asking the provider', async () => {
    await real.close();
    const { code, stdout, stderr } = await place.run(
      'policy',
      'explain',
      "insert into app.notes values (1, 'x')",
      '--target',
      'pg',
      '--json',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'ask', rule: { policy: 'people' } });
  });
});
