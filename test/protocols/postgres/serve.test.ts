import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../eventually.ts';
import { serverVersions } from '../../postgres/binaries.ts';
import { fieldsOf, frames } from '../../postgres/frames.ts';
import { dial, type WireClient, WireError } from '../../postgres/wire-client.ts';
import { fakeServer } from './fake-server.ts';
import { types, sqlstate, refusedWith } from './knocking.ts';
import { active, backends, scriptedDoor, targetOf } from './scripted.ts';
import { Scene } from './scene.ts';

describe.each(serverVersions())('a connection to PostgreSQL %i', (version) => {
  const scene = new Scene({ version, authentication: 'scram-sha-256' });

  describe('and its target', () => {
    it('tells the client when the target does not let hoopctl in, without its credential', async () => {
      const { Secret } = await import('../../../src/core/secret.ts');
      const own = await scriptedDoor(targetOf(scene.server, { password: new Secret('not the right one') }));
      const error = await own.connect().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(WireError);
      expect(error).toEqual(refusedWith('28P01'));
      expect(JSON.stringify((error as WireError).fields)).not.toMatch(/not the right one|guarded/);
      await own.close();
      expect(own.warnings.join()).not.toContain('not the right one');
    });

    it('gives up on a target that does not answer', async () => {
      const silent = await fakeServer((peer) => peer.rest());
      const own = await scriptedDoor(targetOf({ ...scene.server, port: silent.port }), { limits: { connect: 100 } });
      await expect(own.connect()).rejects.toEqual(refusedWith('08001'));
      await own.close();
      await silent.close();
    });

    it('ends when the server ends it, and says what the server said', async () => {
      const client = await scene.connect();
      await scene.server.admin(
        'postgres',
        `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${scene.server.user}'`,
      );
      const last = await client.until('Z');
      expect([sqlstate(last), client.closed]).toEqual(['57P01', true]);
      expect(await scene.door.ends.at(-1)).toMatchObject({ cause: 'target' });
    });

    it.each([
      ['client_encoding', 'latin1'],
      ['client_encoding', 'sql_ascii'],
      ['standard_conforming_strings', 'off'],
    ])('ends when %s becomes %s, however that happened', async (name, setting) => {
      for (const how of [`set ${name} to ${setting}`, `select set_config('${name}', '${setting}', false)`]) {
        const client = await scene.connect();
        const answer = await client.query(how);
        expect(types(answer)).not.toContain('Z');
        expect(sqlstate(answer)).toBe('08P01');
        expect(client.closed).toBe(true);
        expect(await scene.door.ends.at(-1)).toMatchObject({ cause: 'target' });
      }
    });

    it('says good-bye to the server when the client does', async () => {
      const client = await scene.connect();
      expect(await backends(scene.server)).toBe(1);
      await client.end();
      await eventually(
        () => backends(scene.server),
        (count) => count === 0,
      );
      expect(await scene.door.ends.at(-1)).toMatchObject({ cause: 'client' });
    });

    it('finishes what a client sent before it said good-bye or closed its half', async () => {
      await scene.server.admin('postgres', 'create table if not exists half (n int)', 'truncate half');
      const polite = await scene.connect();
      polite.send(frames.query('select pg_sleep(0.2); insert into half values (1)'), frames.terminate());
      const half = await scene.connect();
      half.socket.end(frames.query('select pg_sleep(0.2); insert into half values (2)'));
      expect(types(await half.until('Z'))).toContain('Z');
      await eventually(
        async () => (await scene.server.admin('postgres', 'select count(*)::int as n from half'))[0]?.['n'],
        (count) => count === 2,
      );
    });
  });

  describe('whose client breaks off leaves nothing behind on the server', () => {
    const breaks: readonly (readonly [string, (client: WireClient) => void | Promise<void>])[] = [
      ['idle', () => undefined],
      ['in the middle of a message', (client) => client.send(frames.query('select 1').subarray(0, 7))],
      ['in a transaction', async (client) => void (await client.query('begin'))],
      ['between Parse and Sync', (client) => client.send(frames.parse('select 1'), frames.bind())],
      ['while a query runs', (client) => client.send(frames.query('select pg_sleep(600)'))],
      [
        'while an Execute runs',
        (client) => client.send(frames.parse('select pg_sleep(600)'), frames.bind(), frames.execute(), frames.sync()),
      ],
      [
        'while it should send COPY data',
        async (client) => (client.send(frames.query('copy half from stdin')), void (await client.until('G'))),
      ],
      [
        'while it does not read a large result',
        (client) => {
          client.socket.pause();
          client.send(frames.query("select repeat('x', 1000) from generate_series(1, 1000000)"));
        },
      ],
    ];

    it.each(breaks)('%s', async (what, act) => {
      await scene.server.admin('postgres', 'create table if not exists half (n int)');
      const client = await scene.connect();
      await act(client);
      if (what.startsWith('while')) await eventually(() => active(scene.server));
      expect(await backends(scene.server)).toBe(1);
      client.socket.resetAndDestroy();
      await eventually(
        () => backends(scene.server),
        (count) => count === 0,
      );
      expect(await scene.door.ends.at(-1)).toMatchObject({ cause: 'client' });
      const events = scene.door.guard().events.map((event) => event.type);
      expect([events[0], events.at(-1)]).toEqual(['open', 'close']);
    });

    it('while it waits for its turn at the guard', async () => {
      const client = await scene.connect();
      const answer = Promise.withResolvers<null>();
      scene.door.guard().before = () => answer.promise;
      client.send(frames.query('select 1'));
      await eventually(
        () => scene.door.guard().judged.length,
        (count) => count === 1,
      );
      const mark = scene.server.log.mark();
      client.socket.resetAndDestroy();
      await eventually(
        () => backends(scene.server),
        (count) => count === 0,
      );
      answer.resolve(null);
      await scene.door.ends.at(-1);
      expect(scene.server.log.statementsOf(scene.server.user, mark)).toEqual([]);
    });
  });

  describe('when the session ends', () => {
    it.each(['reads on', 'sends on', 'does nothing', 'has not logged in', 'has a query running'])(
      'ends at once, also for a client that %s',
      async (how) => {
        await scene.withDoor({}, async (own) => {
          const client = how === 'has not logged in' ? await dial('127.0.0.1', own.options.port) : await own.connect();
          if (how === 'has a query running') client.send(frames.query('select pg_sleep(600)'));
          if (how === 'has a query running')
            await eventually(
              () => own.guard().judged.length,
              (count) => count === 1,
            );
          const before = client.messages.length;
          await eventually(
            () => own.ends.length,
            (count) => count === 1,
          );
          own.expire();
          if (how === 'sends on') client.send(frames.query('select 1'));
          expect(await own.ends[0]).toMatchObject({ cause: 'expired' });
          await eventually(
            () => backends(scene.server),
            (count) => count === 0,
          );
          const told = client.messages
            .slice(before)
            .filter((message) => message.type === 'E')
            .map(fieldsOf);
          expect(told).toMatchObject([{ S: 'FATAL', C: '57P01' }]);
          if (how === 'sends on') expect(own.guard().judged).toEqual([]);
          client.destroy();
        });
      },
    );

    it('ends also for who keeps its half open and has not logged in', async () => {
      await scene.withDoor({}, async (own) => {
        const socket = connect({ host: '127.0.0.1', port: own.options.port, allowHalfOpen: true });
        socket.resume();
        await eventually(
          () => own.ends.length,
          (count) => count === 1,
        );
        own.expire();
        expect(await own.ends[0]).toMatchObject({ cause: 'expired' });
        socket.destroy();
      });
    });

    it('lets nobody in any more', async () => {
      await scene.withDoor({}, async (own) => {
        own.expire();
        await expect(own.connect()).rejects.toEqual(refusedWith('57P01'));
        expect(own.guards).toEqual([]);
      });
    });

    it('is the end of many connections without a warning from the runtime', async () => {
      const warnings: string[] = [];
      const listen = (warning: Error): void => void warnings.push(warning.message);
      process.on('warning', listen);
      await scene.withDoor({}, async (own) => {
        const many = await Promise.all(Array.from({ length: 20 }, () => own.connect()));
        own.expire();
        await Promise.all(own.ends);
        for (const client of many) client.destroy();
      });
      process.off('warning', listen);
      expect(warnings).toEqual([]);
    });
  });
});
