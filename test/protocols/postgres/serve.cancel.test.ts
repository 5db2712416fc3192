import { describe, expect, it } from 'vitest';
import { eventually } from '../../eventually.ts';
import { serverVersions } from '../../postgres/binaries.ts';
import { frames } from '../../postgres/frames.ts';
import { value, sqlstate, request, knock } from './knocking.ts';
import { Scene } from './scene.ts';
import { active } from './scripted.ts';

describe.each(serverVersions())('a connection to PostgreSQL %i', (version) => {
  const scene = new Scene({ version, authentication: 'scram-sha-256' });

  describe('and cancelling (R24)', () => {
    const cancel = (pid: number, secret: Buffer): Buffer => {
      const head = Buffer.alloc(4);
      head.writeInt32BE(pid);
      return request(80877102, head, secret);
    };

    /** A request to cancel what does not run yet cancels nothing. */
    const running = (count: number): Promise<number> =>
      eventually(
        () => active(scene.server),
        (now) => now === count,
      );

    it.each([196608, 196610])(
      'cancels what runs on the connection whose key it is, in protocol %i',
      async (protocol) => {
        const [one, other] = [await scene.connect({ protocol }), await scene.connect({ protocol })];
        one.send(frames.query('select pg_sleep(600)'));
        other.send(frames.query('select pg_sleep(600)'));
        await running(2);
        expect(await knock(scene.door, cancel(one.key?.pid ?? 0, one.key?.secret ?? Buffer.alloc(4)))).toHaveLength(0);
        expect(sqlstate(await one.until('Z'))).toBe('57014');
        // The other one runs on.
        expect(await active(scene.server)).toBe(1);
        const cancelled = scene.door.guards
          .slice(-2)
          .map(({ events }) => events.filter(({ type }) => type === 'cancel'));
        expect(cancelled).toEqual([[{ type: 'cancel', connection: expect.any(Number) as unknown }], []]);
        expect(value(await one.query('select 1'))).toBe('1');
      },
    );

    it('takes back a statement that is still being judged, which then never reaches the server', async () => {
      const client = await scene.connect();
      const judged = Promise.withResolvers<void>();
      const answer = Promise.withResolvers<null>();
      scene.door.guard().before = async () => {
        judged.resolve();
        return answer.promise;
      };
      client.send(frames.query('create table never_made ()'));
      await judged.promise;
      const { pid, secret } = client.key ?? { pid: 0, secret: Buffer.alloc(4) };
      expect(await knock(scene.door, cancel(pid, secret))).toHaveLength(0);
      answer.resolve(null);
      expect(sqlstate(await client.until('Z'))).toBe('57014');
      const [failed] = scene.door.guard().events.filter(({ type }) => type === 'error');
      expect(failed).toMatchObject({ statement: scene.door.guard().judged.length, code: '57014' });
      scene.door.guard().before = null;
      expect(value(await client.query("select to_regclass('never_made') is null"))).toBe('t');
    });

    it('never shows a client the server’s own key or process', async () => {
      const client = await scene.connect();
      const pid = value(await client.query('select pg_backend_pid()'));
      expect(String(client.key?.pid)).not.toBe(pid);
    });

    it('does nothing with a key that is foreign, unknown, too short, expired or the server’s, and says nothing', async () => {
      const [client, gone] = [await scene.connect(), await scene.connect()];
      const { key } = client;
      const old = gone.key;
      if (key === null || old === null) throw new Error('no keys');
      const pid = Number(value(await client.query('select pg_backend_pid()')));
      await gone.end();
      await scene.door.ends.at(-1);
      client.send(frames.query('select pg_sleep(600)'));
      await running(1);
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
      for (const bytes of requests) expect(await knock(scene.door, bytes)).toHaveLength(0);
      expect(await active(scene.server)).toBe(1);
      await knock(scene.door, cancel(key.pid, key.secret));
      expect(sqlstate(await client.until('Z'))).toBe('57014');
    });
  });
});
