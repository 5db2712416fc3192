import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../eventually.ts';
import { type Server, startServer } from '../../postgres/server.ts';
import { fieldsOf } from '../../postgres/frames.ts';
import type { WireClient, WireOptions } from '../../postgres/wire-client.ts';
import { cancelRequest } from '../../../src/protocols/postgres/startup.ts';
import { serverVersions } from '../../postgres/binaries.ts';
import { knock } from './knocking.ts';
import { backends, type ScriptedDoor, scriptedDoor, type ScriptedOptions, targetOf } from './scripted.ts';

const ONE: ScriptedOptions = { limits: { spares: 4 } };

describe.each(serverVersions())('spare connections to PostgreSQL %i', (version) => {
  let server: Server;
  let door: ScriptedDoor;
  const clients: WireClient[] = [];

  beforeAll(async () => {
    server = await startServer({ version, authentication: 'scram-sha-256' });
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await door.close();
    await connected(0);
  });

  const open = async (options: ScriptedOptions = ONE): Promise<void> => {
    door = await scriptedDoor(targetOf(server), options);
  };
  const come = async (parameters: WireOptions['parameters'] = {}): Promise<WireClient> => {
    const client = await door.connect({ parameters });
    clients.push(client);
    return client;
  };
  const connected = (count: number): Promise<number> =>
    eventually(
      () => backends(server),
      (now) => now === count,
    );
  const value = async (client: WireClient, text: string): Promise<string | null> => {
    const row = (await client.query(text)).find(({ type }) => type === 'D');
    if (row === undefined) throw new Error('no row');
    return row.body.readInt32BE(2) < 0 ? null : row.body.toString('utf8', 6);
  };
  const pid = (client: WireClient): Promise<string | null> => value(client, 'select pg_backend_pid()');
  /** The process that nobody uses yet. */
  const spare = async (): Promise<string> => {
    const [row] = await eventually(
      () =>
        server.admin(
          'postgres',
          `select pid::text from pg_stat_activity where usename = '${server.user}' and state = 'idle'
           and query like '%pg_catalog%'`,
        ),
      (rows) => rows.length === 1,
    );
    return String(row?.['pid']);
  };

  it('are there for the third client, and the first two cost what they did', async () => {
    await open();
    await pid(await come());
    expect(await backends(server)).toBe(1);
    await pid(await come());
    await connected(3);
    const next = await spare();
    expect(await pid(await come())).toBe(next);
    await connected(4);
  });

  it('keep what one client did to its session from all others', async () => {
    await open();
    const used = new Set<string | null>();
    for (let time = 0; time < 8; time += 1) {
      const client = await come();
      used.add(await pid(client));
      expect(await value(client, "select count(*)::text from pg_class where relname = 'mine'")).toBe('0');
      expect(await value(client, 'show work_mem')).not.toBe('77MB');
      expect(await value(client, 'select count(*)::text from pg_prepared_statements')).toBe('0');
      expect(await value(client, 'select count(*)::text from pg_cursors')).toBe('0');
      expect(await value(client, 'select pg_try_advisory_lock(7)::text')).toBe('true');
      expect(await value(client, "select count(*)::text from pg_locks where locktype = 'advisory'")).toBe('1');
      for (const text of [
        'create temp table mine (a int)',
        "set work_mem = '77MB'",
        'prepare mine as select 1',
        'listen mine',
        'begin',
        'declare mine cursor with hold for select 1',
        'commit',
      ]) {
        expect((await client.query(text)).map(({ type }) => type)).not.toContain('E');
      }
      await client.end();
    }
    expect(used.size).toBe(8);
  });

  it('go to nobody who starts up otherwise', async () => {
    await open();
    await pid(await come({ application_name: 'one' }));
    await pid(await come({ application_name: 'one' }));
    const one = await spare();
    for (const parameters of [
      { application_name: 'two' },
      { application_name: 'one', datestyle: 'German' },
      { application_name: 'one', statement_timeout: '1min' },
      {},
    ]) {
      const client = await come(parameters);
      expect(await pid(client)).not.toBe(one);
      expect(await value(client, 'show application_name')).toBe(parameters.application_name ?? '');
    }
    const same = await come({ application_name: 'one' });
    expect(await pid(same)).toBe(one);
    expect(await value(same, 'show application_name')).toBe('one');
  });

  it('are not made for who does not know the secret, however often', async () => {
    await open();
    await pid(await come());
    for (let time = 0; time < 5; time += 1) {
      await expect(door.connect({ password: 'a guess' })).rejects.toMatchObject({ fields: { C: '28P01' } });
    }
    expect(await backends(server)).toBe(1);
  });

  it('tell their client everything that the server said at the login', async () => {
    await open();
    const first = await come();
    await pid(first);
    await pid(await come());
    await spare();
    const third = await come();
    expect(third.parameters).toEqual(first.parameters);
    expect(third.key).not.toEqual(first.key);
  });

  it('can be cancelled by their client', async () => {
    await open();
    await pid(await come());
    await pid(await come());
    await spare();
    const client = await come();
    const answer = client.query('select pg_sleep(600)');
    await eventually(
      () =>
        server.admin(
          'postgres',
          "select 1 from pg_stat_activity where query = 'select pg_sleep(600)' and state = 'active'",
        ),
      (rows) => rows.length === 1,
    );
    await knock(door, cancelRequest(client.key?.pid ?? 0, client.key?.secret ?? Buffer.alloc(4)));
    const error = (await answer).find(({ type }) => type === 'E');
    expect(error === undefined ? null : fieldsOf(error)['C']).toBe('57014');
  });

  it('are closed with the session', async () => {
    await open();
    await pid(await come());
    await pid(await come());
    await spare();
    for (const client of clients) await client.end();
    await connected(1);
    door.expire();
    await connected(0);
  });

  it('are closed when nobody comes', async () => {
    await open({ limits: { spares: 4, spareAge: 50 } });
    await pid(await come());
    await pid(await come());
    for (const client of clients) await client.end();
    await connected(0);
  });

  it('that the server has ended are not handed out', async () => {
    await open();
    await pid(await come());
    await pid(await come());
    const ended = await spare();
    await server.admin('postgres', `select pg_terminate_backend(${ended})`);
    await connected(2);
    expect(await pid(await come())).not.toBe(ended);
    expect(door.warnings).toEqual([]);
  });

  it('do not outlive a restart of the server', async () => {
    await open();
    await pid(await come());
    await pid(await come());
    await spare();
    await server.halt('fast');
    await server.resume();
    const client = await come();
    expect(await value(client, 'select 1')).toBe('1');
  });

  it('give way where the server has no connection left', async () => {
    await server.admin('postgres', `create role few login connection limit 3 password '${server.password}'`);
    door = await scriptedDoor(targetOf({ ...server, user: 'few' }), ONE);
    const count = (): Promise<number> => backends({ ...server, user: 'few' });
    await pid(await come({ application_name: 'one' }));
    await pid(await come({ application_name: 'one' }));
    await eventually(count, (now) => now === 3);
    const third = await come({ application_name: 'two' });
    expect(await value(third, 'select 3')).toBe('3');
    expect(await count()).toBe(3);
    await expect(door.connect()).rejects.toMatchObject({ fields: { C: '53300' } });
  });
});
