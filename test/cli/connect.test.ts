import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { connect as dial } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { type Server, startServer } from '../postgres/server.ts';
import { lastLine, Place, type Running } from './command-line.ts';

const CANARY = 'canary-7f3a9c1e';

let server: Server;
let place: Place;

beforeAll(async () => {
  server = await startServer({ authentication: 'scram-sha-256', password: CANARY });
  await server.admin('postgres', 'create schema app', 'create table app.customers (id int primary key, name text)');
  await server.admin('postgres', "insert into app.customers values (1, 'Ada'), (2, 'Grace')");
  const target = (name: string): string => `  ${name}:
    protocol: postgres
    address: 127.0.0.1:${server.port}
    database: postgres
    user: ${server.user}
    password: { env: TARGET_PASSWORD }
    tls: disable
    policy: [guarded]
`;
  const config = `version: 1
targets:
${target('pg-one')}${target('pg-two')}policies:
  guarded:
    default: allow
    deny:
      - { action: drop, message: not here }
    session: { ttl: 10m, reason: optional }
`;
  place = new Place(config, { TARGET_PASSWORD: CANARY, PGHOSTADDR: '192.0.2.1', PGSSLMODE: 'verify-full' });
});

afterAll(async () => {
  place.remove();
  await server.stop();
});

interface Event {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** Events of `connect --json`, as they come. */
function events({ child }: Running): AsyncIterator<Event> {
  if (child.stdout === null) throw new Error('no stdout');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async next() {
      const line = await lines.next();
      return line.done === true ? { done: true, value: undefined } : { value: JSON.parse(line.value) as Event };
    },
  };
}

async function next(iterator: AsyncIterator<Event>): Promise<Event> {
  const step = await iterator.next();
  if (step.done === true) throw new Error('no more events');
  return step.value;
}

function client(env: Readonly<Record<string, string>>): pg.Client {
  const { PGHOST: host, PGPORT: port, PGUSER: user, PGPASSWORD: password, PGDATABASE: database } = env;
  return new pg.Client({ host, port: Number(port), user, password, database });
}

function reachable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dial(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

describe('a client that is run inside', () => {
  it('works through the guard, and its output is all that is printed', async () => {
    const query = 'select name from app.customers order by id';
    const { code, stdout, stderr } = await place.run('connect', 'pg-one', '--', 'psql', '-XAtc', query);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'Ada\nGrace\n', stderr: '' });
  });

  it('meets the policy', async () => {
    const { code, stderr } = await place.run('connect', 'pg-one', '--', 'psql', '-Xc', 'drop table app.customers');
    expect(code).toBe(1);
    expect(stderr).toContain('ERROR:  not here');
    expect(await server.admin('postgres', 'select count(*)::int as n from app.customers')).toEqual([{ n: 2 }]);
  });

  it('passes its exit code through, 128+n after signal n', async () => {
    expect((await place.run('connect', 'pg-one', '--', 'sh', '-c', 'exit 7')).code).toBe(7);
    expect((await place.run('connect', 'pg-one', '--', 'sh', '-c', 'kill -KILL $$')).code).toBe(137);
  });

  it('that is not there gives 127', async () => {
    const { code, stderr } = await place.run('connect', 'pg-one', '--', 'no-such-client');
    expect(code).toBe(127);
    expect(lastLine(stderr)).toBe('Try: install no-such-client');
  });

  it('gets the way to the door, and neither the target’s credential nor what leads past the door', async () => {
    const { stdout } = await place.run('connect', 'pg-one', '--', 'env');
    const names = new Map(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split('=', 2) as [string, string]),
    );
    expect([...names.keys()].filter((name) => name.startsWith('PG')).sort()).toEqual([
      'PGDATABASE',
      'PGHOST',
      'PGPASSWORD',
      'PGPORT',
      'PGUSER',
    ]);
    expect(names.get('PGHOST')).toBe('127.0.0.1');
    expect(names.has('TARGET_PASSWORD')).toBe(false);
    expect(stdout).not.toContain(CANARY);
  });

  it('does not get in when it insists on TLS, which the door does not speak', async () => {
    const { code, stderr } = await place.run(
      'connect',
      'pg-one',
      '--',
      'sh',
      '-c',
      'PGSSLMODE=require psql -Xc "select 1"',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('server does not support SSL');
  });

  it('is cut off after a time in which nothing passes, though its statement still runs', async () => {
    const idle = new Place(
      readFileSync(join(place.directory, 'hoopctl.yaml'), 'utf8').replace('ttl: 10m', 'ttl: 10m, idle: 1s'),
      {
        TARGET_PASSWORD: CANARY,
      },
    );
    try {
      const { code, stderr } = await idle.run('connect', 'pg-one', '--', 'psql', '-Xc', 'select pg_sleep(20)');
      expect(code).toBe(3);
      expect(stderr).toContain('Nothing came through the door of pg-one');
    } finally {
      idle.remove();
    }
  });

  it('finds every one of several targets by its URL', async () => {
    const script = 'psql "$HOOPCTL_PG_ONE_URL" -XAtc "select 1" && psql "$HOOPCTL_PG_TWO_URL" -XAtc "select 2"';
    const { code, stdout, stderr } = await place.run('connect', 'pg-one', 'pg-two', '--', 'sh', '-c', script);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '1\n2\n', stderr: '' });
  });

  it('is ended, with its door, when hoopctl is told to end', async () => {
    const running = place.start('connect', 'pg-one', '--', 'sh', '-c', 'trap "" TERM; echo started; exec sleep 600');
    await new Promise((resolve) => running.child.stdout?.once('data', resolve));
    running.child.kill('SIGTERM');
    const { code } = await running.outcome;
    expect(code).toBe(137);
  });

  it('is not begun when hoopctl is told to end before that, however early', async () => {
    const on = 'const { on } = process; process.on = function (name, ...rest) { on.call(this, name, ...rest);';
    const hook = `${on} if (name === 'SIGHUP') process.kill(process.pid, 'SIGTERM'); return this; };`;
    place.env['NODE_OPTIONS'] = `--import data:text/javascript,${encodeURIComponent(hook)}`;
    const outcome = await place.run('connect', 'pg-one', '--', 'echo', 'begun');
    delete place.env['NODE_OPTIONS'];
    expect(outcome).toMatchObject({ code: 143, stdout: '', stderr: '' });
  });

  it('is ended when the time is up: exit code 3', async () => {
    const { code, stderr } = await place.run('connect', 'pg-one', '--ttl', '500ms', '--', 'sleep', '60');
    expect(code).toBe(3);
    expect(stderr).toContain('The time of pg-one is up');
  });
});

describe('open doors', () => {
  it('are announced, decided and ended as events', async () => {
    const running = place.start('connect', 'pg-one', '--json', '--reason', 'a test');
    const stream = events(running);
    const ready = await next(stream);
    expect(ready).toMatchObject({ event: 'ready', target: 'pg-one', protocol: 'postgres', host: '127.0.0.1' });
    expect(Date.parse(String(ready['expires'])) - Date.now()).toBeGreaterThan(9 * 60_000);
    const session = client(ready['env'] as Record<string, string>);
    await session.connect();
    await expect(session.query('drop table app.customers')).rejects.toMatchObject({
      code: '42501',
      message: 'not here',
    });
    expect(await next(stream)).toMatchObject({
      event: 'decision',
      session: ready['session'],
      target: 'pg-one',
      verdict: 'deny',
      rule: 'guarded.deny[0]',
    });
    for (const _ of ['as new', 'as known']) {
      await session.query('select name from app.customers');
      expect(await next(stream)).toEqual({
        version: 1,
        event: 'decision',
        session: ready['session'],
        target: 'pg-one',
        connection: 1,
        phase: 'query',
        verdict: 'allow',
        rule: 'guarded.default',
        refusal: null,
        effects: [expect.objectContaining({ action: 'select', name: 'customers' })],
      });
    }
    await session.end();
    running.child.kill('SIGINT');
    expect(await next(stream)).toMatchObject({ event: 'end', session: ready['session'], cause: 'cancelled' });
    const { code, stderr } = await running.outcome;
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    expect(await reachable(Number(ready['port']))).toBe(false);

    const verified = await place.run('sessions', 'verify', String(ready['session']));
    expect(verified.stdout).toMatch(/^valid /);
    const shown = await place.run('sessions', 'show', String(ready['session']), '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({
      session: { state: 'ended', reason: 'a test', cause: 'cancelled' },
    });
  });

  it('close with their connections within a second of SIGTERM, and the record is sealed', async () => {
    const begun = performance.now();
    const running = place.start('connect', 'pg-one', '--json');
    const ready = await next(events(running));
    // On a machine that takes its time for the beginning, the end takes longer, too.
    const within = 1000 + performance.now() - begun;
    const session = client(ready['env'] as Record<string, string>);
    session.on('error', () => undefined);
    await session.connect();
    const sleeping = session.query('select pg_sleep(600)').catch((error: unknown) => error);
    const asleep = "select 1 from pg_stat_activity where query = 'select pg_sleep(600)' and state = 'active'";
    await eventually(async () => (await server.admin('postgres', asleep)).length > 0);
    const before = performance.now();
    running.child.kill('SIGTERM');
    expect((await running.outcome).code).toBe(143);
    expect(performance.now() - before).toBeLessThan(within);
    expect(await sleeping).toBeInstanceOf(Error);
    expect((await place.run('sessions', 'verify', String(ready['session']))).stdout).toMatch(/^valid /);
  });

  it('want the secret of their session', async () => {
    const running = place.start('connect', 'pg-one', '--json');
    const ready = await next(events(running));
    const env = ready['env'] as Record<string, string>;
    for (const password of ['', CANARY, `${env['PGPASSWORD']}x`]) {
      await expect(client({ ...env, PGPASSWORD: password }).connect()).rejects.toThrow();
    }
    running.child.kill('SIGINT');
    await running.outcome;
  });

  it('keep their port from one session to the next while it is free', async () => {
    const ports: unknown[] = [];
    for (let round = 0; round < 2; round += 1) {
      const running = place.start('connect', 'pg-two', '--json');
      ports.push((await next(events(running)))['port']);
      running.child.kill('SIGINT');
      await running.outcome;
    }
    expect(ports[0]).toBe(ports[1]);
  });

  it('can be a Unix socket in a directory that only its owner can enter', async () => {
    const running = place.start('connect', 'pg-one', '--json', '--socket');
    const ready = await next(events(running));
    const env = ready['env'] as Record<string, string>;
    expect(ready['socket']).toBe(join(env['PGHOST'] ?? '', '.s.PGSQL.5432'));
    expect(statSync(env['PGHOST'] ?? '').mode & 0o777).toBe(0o700);
    const shown = execFileSync('psql', ['-XAtc', 'select 1'], {
      env: { PATH: process.env['PATH'], ...env },
      encoding: 'utf8',
    });
    expect(shown).toBe('1\n');
    running.child.kill('SIGINT');
    await running.outcome;
    expect(() => statSync(env['PGHOST'] ?? '')).toThrow('ENOENT');
  });

  it('are all opened, or none', async () => {
    const { code, stdout } = await place.run('connect', 'pg-one', 'pg-missing', '--json');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('are shown by status while they are open, without their secret', async () => {
    const running = place.start('connect', 'pg-one', '--json');
    const ready = await next(events(running));
    const { stdout } = await place.run('status', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ doors: [{ session: ready['session'], pid: running.child.pid }] });
    expect(stdout).not.toContain((ready['env'] as Record<string, string>)['PGPASSWORD']);
    running.child.kill('SIGINT');
    await running.outcome;
    expect(JSON.parse((await place.run('status', '--json')).stdout)).toEqual({ version: 1, doors: [], logins: [] });
  });
});

describe('the target’s credential', () => {
  it('is in no argument, no child’s environment, no file and no output', async () => {
    const script = 'cat /proc/[0-9]*/cmdline | tr "\\0" " "; cat /proc/self/environ | tr "\\0" " "';
    const { stdout, stderr } = await place.run('connect', 'pg-one', '--', 'sh', '-c', script);
    expect(stdout).toContain('src/cli/main.ts connect pg-one');
    expect(stdout + stderr).not.toContain(CANARY);
    const found = spawnSync('grep', ['-rl', CANARY, place.directory], { encoding: 'utf8' });
    expect(found.stdout).toBe('');
    expect(readdirSync(join(place.state, 'sessions')).length).toBeGreaterThan(0);
  });

  it('is not in what is said when the login fails', async () => {
    const wrong = new Place(readFileSync(join(place.directory, 'hoopctl.yaml'), 'utf8'), {
      TARGET_PASSWORD: 'wrong-4711',
    });
    try {
      const { code, stdout, stderr } = await wrong.run('targets', 'test', 'pg-one');
      expect(code).toBe(7);
      expect(stdout).toContain('refused the login');
      expect(stdout + stderr).not.toContain('wrong-4711');
    } finally {
      wrong.remove();
    }
  });
});
