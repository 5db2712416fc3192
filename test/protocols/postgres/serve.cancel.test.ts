import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serverVersions } from '../../postgres/binaries.ts';
import { frames } from '../../postgres/frames.ts';
import { type Server, startServer } from '../../postgres/server.ts';
import { type WireClient } from '../../postgres/wire-client.ts';
import { value, sqlstate, request, knock } from './knocking.ts';
import { backends, eventually, type ScriptedDoor, scriptedDoor, targetOf } from './scripted.ts';

describe.each(serverVersions())('a connection to PostgreSQL %i', (version) => {
  let server: Server;
  let door: ScriptedDoor;
  const clients: WireClient[] = [];
  const connected = async (...args: Parameters<ScriptedDoor['connect']>): Promise<WireClient> => {
    const client = await door.connect(...args);
    clients.push(client);
    return client;
  };
  beforeAll(async () => {
    server = await startServer({ version, authentication: 'scram-sha-256' });
    door = await scriptedDoor(targetOf(server));
  });
  afterAll(async () => {
    await door.close();
    await server.stop();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await eventually(
      () => backends(server),
      (count) => count === 0,
    );
  });

  describe('and cancelling (R24)', () => {
    const cancel = (pid: number, secret: Buffer): Buffer => {
      const head = Buffer.alloc(4);
      head.writeInt32BE(pid);
      return request(80877102, head, secret);
    };

    it.each([196608, 196610])(
      'cancels what runs on the connection whose key it is, in protocol %i',
      async (protocol) => {
        const [one, other] = [await connected({ protocol }), await connected({ protocol })];
        one.send(frames.query('select pg_sleep(600)'));
        other.send(frames.query('select pg_sleep(0.6)'));
        await new Promise((resolve) => setTimeout(resolve, 200));
        expect(await knock(door, cancel(one.key?.pid ?? 0, one.key?.secret ?? Buffer.alloc(4)))).toHaveLength(0);
        expect(sqlstate(await one.until('Z'))).toBe('57014');
        expect(sqlstate(await other.until('Z'))).toBeUndefined();
        const cancelled = door.guards.slice(-2).map(({ events }) => events.filter(({ type }) => type === 'cancel'));
        expect(cancelled).toEqual([[{ type: 'cancel', connection: expect.any(Number) as unknown }], []]);
        expect(value(await one.query('select 1'))).toBe('1');
      },
    );

    it('takes back a statement that is still being judged, which then never reaches the server', async () => {
      const client = await connected();
      const judged = Promise.withResolvers<void>();
      const answer = Promise.withResolvers<null>();
      door.guard().before = async () => {
        judged.resolve();
        return answer.promise;
      };
      client.send(frames.query('create table never_made ()'));
      await judged.promise;
      const { pid, secret } = client.key ?? { pid: 0, secret: Buffer.alloc(4) };
      expect(await knock(door, cancel(pid, secret))).toHaveLength(0);
      answer.resolve(null);
      expect(sqlstate(await client.until('Z'))).toBe('57014');
      const [failed] = door.guard().events.filter(({ type }) => type === 'error');
      expect(failed).toMatchObject({ statement: door.guard().judged.length, code: '57014' });
      door.guard().before = null;
      expect(value(await client.query("select to_regclass('never_made') is null"))).toBe('t');
    });

    it('never shows a client the server’s own key or process', async () => {
      const client = await connected();
      const pid = value(await client.query('select pg_backend_pid()'));
      expect(String(client.key?.pid)).not.toBe(pid);
    });

    it('does nothing with a key that is foreign, unknown, too short, expired or the server’s, and says nothing', async () => {
      const [client, gone] = [await connected(), await connected()];
      const { key } = client;
      const old = gone.key;
      if (key === null || old === null) throw new Error('no keys');
      const pid = Number(value(await client.query('select pg_backend_pid()')));
      await gone.end();
      await door.ends.at(-1);
      client.send(frames.query('select pg_sleep(0.8)'));
      const wrong = Buffer.from(key.secret.map((byte) => byte ^ 0xff));
      const requests = [
        cancel(key.pid, wrong),
        cancel(key.pid, Buffer.concat([key.secret, key.secret])),
        cancel(key.pid + 1, key.secret),
        cancel(pid, key.secret),
        cancel(old.pid, old.secret),
        cancel(key.pid, old.secret),
        cancel(0, Buffer.alloc(4)),
      ];
      for (const bytes of requests) expect(await knock(door, bytes)).toHaveLength(0);
      expect(sqlstate(await client.until('Z'))).toBeUndefined();
    });
  });
});
