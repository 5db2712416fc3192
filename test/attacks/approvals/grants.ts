import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ApprovalRequest } from '../../../src/core/request.ts';
import { eventually } from '../../eventually.ts';
import type { ServerVersion } from '../../postgres/binaries.ts';
import { fieldsOf } from '../../postgres/frames.ts';
import { type WireClient, wireClient, wireOptions } from '../../postgres/wire-client.ts';
import { frames, shapeOf, Stage, tagsOf } from './stage.ts';

const HOUR = 3_600_000;

/** What people said yes to several times at once, and what rides along on it. */
export function grantedStatements(version: ServerVersion): void {
  describe(`PostgreSQL ${version}: what is granted for several uses`, () => {
    let stage: Stage;

    beforeAll(async () => {
      stage = await Stage.open(version);
    });

    afterAll(() => stage[Symbol.asyncDispose]());
    afterEach(() => stage.clear());

    async function grant(client: WireClient, text: string, uses = 5): Promise<ApprovalRequest> {
      client.send(frames.query(text));
      const request = await stage.held(client);
      expect(await stage.approve(request, { uses, lasts: HOUR })).toMatchObject({ outcome: 'approved' });
      await client.until('Z');
      return request;
    }

    /** The statement is held, and is not run. */
    async function isHeld(client: WireClient, text: string): Promise<ApprovalRequest> {
      client.send(frames.query(text));
      const request = await stage.held(client);
      await stage.deny(request);
      expect(shapeOf(await client.until('Z'))).toMatch(/^E42501 Z/);
      return request;
    }

    it('runs five times, on any connection of the session, and is held the sixth time', async () => {
      const [one, two] = [await stage.client(), await stage.client()];
      const mark = stage.mark();
      await grant(one, 'delete from app.items where id = 101');
      for (const id of [102, 103, 104, 105]) {
        const answer = await (id % 2 === 0 ? two : one).query(`delete from app.items where id = ${id}`);
        expect([shapeOf(answer), tagsOf(answer)]).toEqual(['C ZI', ['DELETE 1']]);
      }
      await isHeld(one, 'delete from app.items where id = 106');
      expect(stage.ran(mark)).toHaveLength(5);
    });

    it('holds for no other target', async () => {
      const [here, there] = [await stage.client(), await stage.client('brief')];
      await grant(here, 'delete from app.items where id = 111');
      await isHeld(there, 'delete from app.items where id = 112');
    });

    it('holds for nothing that differs in more than values', async () => {
      const client = await stage.client();
      await grant(client, "delete from app.items where id = 121 and note <> 'x'");
      for (const text of [
        "delete from app.items where id = 122 or note <> 'x'",
        "delete from app.items where id = 122 and note <> 'x' or 1 = 1",
        "delete from app.items where id = '122' and note <> 'x'",
        "delete from app.items where id = 122 and note <> 'x';",
        "delete from app.items where id = 122 and note <> 'x' -- '",
        "delete from app.items where id = 122 and note <> 'x' returning id",
        "delete from app.counts where id = 122 and n <> '1'",
        "delete from app.items where id = 122 and note <> E'x'",
        "delete from app.items where id = 122 and note <> 'größe'",
      ]) {
        await isHeld(client, text);
      }
    });

    it('holds for no condition that always holds, where one was given that never does', async () => {
      const client = await stage.client();
      await grant(client, 'delete from app.items where 1 = 2');
      const request = await isHeld(client, 'delete from app.items where 1 = 1');
      expect(request.effects).toContainEqual(expect.objectContaining({ action: 'delete', where: 'absent' }));
    });

    it.each([
      [
        "do $$ begin execute (select 'select 1 from app.items'); end $$",
        "do $$ begin execute (select 'delete from app.items'); end $$",
      ],
      [
        "do 'begin execute (select ''select 1 from app.items''); end'",
        "do 'begin execute (select ''delete from app.items''); end'",
      ],
      [
        "select query_to_xml('select 1 from app.counts', true, false, '')",
        "select query_to_xml('delete from app.items returning 1', true, false, '')",
      ],
      [
        "select pg_catalog.query_to_xml('select 1', true, false, 'a')",
        "select pg_catalog.query_to_xml('select 2', true, false, 'a')",
      ],
      ["set role 'pg_read_all_data'", `set role 'guarded'`],
      [
        "select set_config('role', 'pg_read_all_data', false), app.forget(0)",
        "select set_config('role', 'guarded', false), app.forget(0)",
      ],
    ])('holds for no other code, role or setting in the place of a value: %s', async (one, other) => {
      const client = await stage.client();
      const count = await stage.count();
      client.send(frames.query(one));
      const request = await stage.held(client);
      await stage.approve(request, { uses: 5, lasts: HOUR });
      await client.until('Z');
      await isHeld(client, other);
      expect(await stage.count()).toBe(count);
    });

    it('holds for no other sequence or table in the place of a value', async () => {
      const client = await stage.client();
      await stage.server.admin(
        'postgres',
        'create sequence if not exists app.one',
        'create sequence if not exists app.two',
      );
      client.send(frames.query("insert into app.counts values (nextval('app.one') + 1000, 0)"));
      const request = await stage.held(client);
      await stage.approve(request, { uses: 5, lasts: HOUR });
      await client.until('Z');
      await isHeld(client, "insert into app.counts values (nextval('app.two') + 1000, 0)");
    });

    it('holds for no other code in the place of a parameter', async () => {
      const client = await stage.client();
      const text = "select query_to_xml($1, true, false, '')";
      const run = (code: string): void =>
        client.send(frames.parse(text, '', [25]), frames.bind({ values: [code] }), frames.execute(), frames.sync());
      run('select 1 from app.counts');
      // Preparing it is held, too: nobody can follow what it runs.
      await stage.approve(await stage.held(client));
      await stage.approve(await stage.held(client), { uses: 5, lasts: HOUR });
      await client.until('Z');
      const count = await stage.count();
      run('delete from app.items returning 1');
      await stage.deny(await stage.held(client));
      await client.until('Z');
      expect(await stage.count()).toBe(count);
    });

    it('holds for no parameters of other types', async () => {
      const client = await stage.client();
      const run = (type: number): void =>
        client.send(
          frames.parse('delete from app.items where id = $1', '', [type]),
          frames.bind({ values: ['131'] }),
          frames.execute(),
          frames.sync(),
        );
      run(23);
      await stage.approve(await stage.held(client), { uses: 5, lasts: HOUR });
      await client.until('Z');
      run(23);
      expect(shapeOf(await client.until('Z'))).toBe('1 2 C ZI');
      run(20);
      await stage.deny(await stage.held(client));
      expect(shapeOf(await client.until('Z'))).toBe('E42501 ZI');
    });

    it('holds for no table that has taken the place of the one that was meant', async () => {
      const client = await stage.client();
      await client.query('set search_path to app');
      await grant(client, 'delete from items where id = 141');
      await client.query('create temp table items (id int, note text)');
      const request = await isHeld(client, 'delete from items where id = 142');
      expect(request.effects.some(({ schema }) => schema?.startsWith('pg_temp') === true)).toBe(true);
      await client.query('drop table pg_temp.items');
      expect(tagsOf(await client.query('delete from items where id = 142'))).toEqual(['DELETE 1']);
    });

    it('holds for no function that was replaced by one with the same effects', async () => {
      const client = await stage.client();
      const define = (where: string): Promise<unknown> =>
        stage.server.admin(
          'postgres',
          `create or replace function app.forget(integer) returns void language sql as 'delete from app.items where ${where}'`,
        );
      await define('id = $1');
      await grant(client, 'select app.forget(151)');
      expect(shapeOf(await client.query('select app.forget(152)'))).toBe('T D C ZI');
      await define('id <> $1');
      const count = await stage.count();
      // For five milliseconds a catalog is believed.
      await new Promise((resolve) => setTimeout(resolve, 20));
      await isHeld(client, 'select app.forget(153)');
      expect(await stage.count()).toBe(count);
      await define('id = $1');
    });

    it('holds for no prepared statement that has taken the name of the one that was meant', async () => {
      const client = await stage.client();
      const prepare = async (where: string): Promise<void> => {
        client.send(frames.query(`prepare q (int) as delete from app.items where ${where}`));
        await stage.approve(await stage.held(client));
        await client.until('Z');
      };
      await prepare('id = $1');
      await grant(client, 'execute q(161)');
      expect(tagsOf(await client.query('execute q(162)'))).toEqual(['DELETE 1']);
      await client.query('deallocate q');
      await prepare('id <> $1');
      await isHeld(client, 'execute q(163)');
    });

    it('holds for no other role', async () => {
      const client = await stage.client();
      await grant(client, 'delete from app.items where id = 171');
      client.send(frames.query('set role pg_write_all_data'));
      await stage.approve(await stage.held(client));
      await client.until('Z');
      await isHeld(client, 'delete from app.items where id = 172');
    });

    it('ends when it is revoked: its connections are closed, and what still runs there is cancelled', async () => {
      const [idle, busy, other] = [await stage.client(), await stage.client(), await stage.client()];
      const text = 'update app.counts set n = n + 1 where id = 5';
      const request = await grant(idle, text);
      const blocker = await wireClient(wireOptions(stage.server.environment('postgres')));
      await blocker.query('begin');
      await blocker.query('select from app.counts where id = 5 for update');
      busy.send(frames.query(text));
      await blocked(stage, 1);
      expect(await stage.inbox.revoke(request.id, 'enough')).toMatchObject({ revoked: true, used: 2 });
      await Promise.all([idle, busy].map((client) => client.until('')));
      expect([idle.closed, busy.closed]).toEqual([true, true]);
      const last = idle.messages.at(-1);
      expect(last && fieldsOf(last)).toMatchObject({ S: 'FATAL', C: '57P01' });
      // The operator has nothing to worry about.
      expect(stage.door.errors()).not.toContain('warning');
      await blocked(stage, 0);
      await blocker.end();
      expect(await stage.server.admin('postgres', 'select n from app.counts where id = 5')).toEqual([{ n: 1 }]);
      await isHeld(other, text);
    });

    it('lapses while nobody uses it', async () => {
      const client = await stage.client();
      client.send(frames.query('delete from app.items where id = 181'));
      await stage.approve(await stage.held(client), { uses: 5, lasts: 1000 });
      await client.until('Z');
      await eventually(async () => (await stage.inbox.grants()).length === 0);
      await isHeld(client, 'delete from app.items where id = 182');
    });
  });
}

/** Until so many of the test's statements wait for a lock on the server. */
async function blocked(stage: Stage, wanted: number): Promise<void> {
  const count = `select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and usename = '${stage.server.user}'`;
  await eventually(async () => (await stage.server.admin('postgres', count))[0]?.['n'] === wanted);
}
