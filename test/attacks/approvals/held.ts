import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../eventually.ts';
import type { ServerVersion } from '../../postgres/binaries.ts';
import { fieldsOf } from '../../postgres/frames.ts';
import { frames, shapeOf, Stage, tagsOf } from './stage.ts';

/** What becomes of a statement that is held, seen by the server's log. */
export function heldStatements(version: ServerVersion): void {
  describe(`PostgreSQL ${version}: a statement that is held`, () => {
    let stage: Stage;

    beforeAll(async () => {
      stage = await Stage.open(version);
    });

    afterAll(() => stage[Symbol.asyncDispose]());
    afterEach(() => stage.clear());

    it('runs once when it is approved, and is held again when it is sent again', async () => {
      const client = await stage.client();
      const mark = stage.mark();
      const text = 'delete from app.items where id = 1';
      client.send(frames.query(text));
      const first = await stage.held(client);
      expect([first.text, stage.ran(mark)]).toEqual([text, []]);
      expect(await stage.approve(first)).toEqual({ accepted: true, outcome: 'approved', missing: null });
      const answer = await client.until('Z');
      expect([shapeOf(answer), tagsOf(answer), stage.ran(mark)]).toEqual(['C ZI', ['DELETE 1'], [text]]);
      client.send(frames.query(text));
      const second = await stage.held(client);
      expect(second.id).not.toBe(first.id);
      expect(await stage.approve({ id: second.id, digest: first.digest })).toMatchObject({ accepted: false });
      expect(await stage.deny(second)).toMatchObject({ outcome: 'denied' });
      expect([shapeOf(await client.until('Z')), stage.ran(mark)]).toEqual(['E42501 ZI', [text]]);
    });

    it('is not sent when it is denied, and the client is told why', async () => {
      const client = await stage.client();
      const mark = stage.mark();
      client.send(frames.query('update app.items set note = note'));
      await stage.deny(await stage.held(client), 'use the migration');
      const [error] = (await client.until('Z')).filter(({ type }) => type === 'E');
      expect(error && fieldsOf(error)).toMatchObject({
        C: '42501',
        M: 'a person denied this statement: use the migration',
        H: expect.stringContaining('do not retry variants'),
      });
      expect(stage.ran(mark)).toEqual([]);
    });

    it('is not sent when its time is up', async () => {
      const client = await stage.client('brief');
      const mark = stage.mark();
      client.send(frames.query('delete from app.items'));
      const request = await stage.held(client);
      expect(shapeOf(await client.until('Z'))).toBe('E42501 ZI');
      expect(await stage.approve(request)).toMatchObject({ accepted: false });
      expect([stage.ran(mark), shapeOf(await client.query('select 1'))]).toEqual([[], 'T D C ZI']);
    });

    it('holds nobody up but its own connection', async () => {
      const [held, free] = [await stage.client(), await stage.client()];
      held.send(frames.query('delete from app.items'));
      await stage.held(held);
      expect(shapeOf(await free.query('select count(*) from app.items'))).toBe('T D C ZI');
    });

    const leaving = {
      'a FIN': (socket: { end(): unknown }) => socket.end(),
      'a RST': (socket: { resetAndDestroy(): unknown }) => socket.resetAndDestroy(),
      'a good-bye': (socket: { end(bytes: Buffer): unknown }) => socket.end(frames.terminate()),
    };
    it.each(Object.entries(leaving))('is not sent when the client leaves with %s', async (_how, leave) => {
      const client = await stage.client();
      const mark = stage.mark();
      client.send(frames.query('delete from app.items'));
      const request = await stage.held(client);
      leave(client.socket as never);
      await eventually(async () => (await stage.waiting()).length === 0);
      expect(await stage.approve(request)).toMatchObject({ accepted: false });
      expect(stage.ran(mark)).toEqual([]);
    });

    it('in a transaction lets what came before run, and leaves the transaction failed when it is denied', async () => {
      const client = await stage.client();
      const mark = stage.mark();
      await client.query('begin');
      await client.query('select count(*) from app.items');
      client.send(frames.query('delete from app.items where id = 2'));
      const request = await stage.held(client);
      expect(request.inTransaction).toBe(true);
      await stage.deny(request);
      expect(shapeOf(await client.until('Z'))).toBe('E42501 ZE');
      expect(shapeOf(await client.query('select 1'))).toBe('E25P02 ZE');
      expect(shapeOf(await client.query('commit'))).toBe('C ZI');
      expect(stage.ran(mark)).toEqual(['select count(*) from app.items']);
    });

    it('in a transaction is committed by the client alone', async () => {
      const client = await stage.client();
      await client.query('begin');
      client.send(frames.query('delete from app.items where id = 3'));
      await stage.approve(await stage.held(client));
      expect(shapeOf(await client.until('Z'))).toBe('C ZT');
      const before = await stage.count();
      await client.query('rollback');
      expect(await stage.count()).toBe(before);
    });

    it('in a failed transaction never changes anything', async () => {
      const client = await stage.client();
      const before = await stage.count();
      await client.query('begin');
      await client.query('select 1/0');
      client.send(frames.query('delete from app.items where id = 4'));
      const answer = await Promise.race([client.until('Z'), stage.held(client)]);
      if (!Array.isArray(answer)) await stage.approve(answer as Awaited<ReturnType<Stage['held']>>);
      const ready = Array.isArray(answer) ? answer : await client.until('Z');
      expect(shapeOf(ready)).toMatch(/^E\w{5} ZE$/);
      await client.query('rollback');
      expect(await stage.count()).toBe(before);
    });

    it('of several statements in one query is one request, and none of them runs without it', async () => {
      const client = await stage.client();
      const mark = stage.mark();
      const text =
        'select 1 from app.items limit 1; delete from app.items where id = 5; select 2 from app.items limit 1';
      client.send(frames.query(text));
      await stage.deny(await stage.held(client));
      expect([shapeOf(await client.until('Z')), stage.ran(mark)]).toEqual(['E42501 ZI', []]);
      client.send(frames.query(text));
      await stage.approve(await stage.held(client));
      expect([shapeOf(await client.until('Z')), stage.ran(mark)]).toEqual(['T D C C T D C ZI', [text]]);
    });

    it('that copies data in takes the data when it is approved', async () => {
      const client = await stage.client();
      client.send(frames.query('copy app.items from stdin'));
      await stage.approve(await stage.held(client));
      expect((await client.until('GEZ')).at(-1)?.type).toBe('G');
      client.send(frames.copyData('5001\tcopied\n'), frames.copyDone());
      expect(tagsOf(await client.until('Z'))).toEqual(['COPY 1']);
    });

    it('that copies data in drops the data when it is denied, also data that was sent ahead', async () => {
      const client = await stage.client();
      const mark = stage.mark();
      client.send(frames.query('copy app.items from stdin'), frames.copyData('5002\tahead\n'), frames.copyDone());
      await stage.deny(await stage.held(client));
      expect([shapeOf(await client.until('Z')), stage.ran(mark)]).toEqual(['E42501 ZI', []]);
      expect(shapeOf(await client.query('select 1'))).toBe('T D C ZI');
    });

    it.each([
      'do $$ begin delete from app.items where id = 6; end $$',
      "do $$ begin execute 'delete from app.items'; end $$",
      'select app.forget(6)',
      'call app.tidy()',
      'prepare p as delete from app.items where id = 6',
      'with gone as (delete from app.items where id = 6 returning id) select id from gone',
      'explain analyze delete from app.items where id = 6',
      'merge into app.items i using app.counts c on i.id = c.id when matched then delete',
      'truncate app.items',
      "insert into app.items values (6, 'six') on conflict (id) do update set note = 'six'",
    ])('whatever it is called: %s', async (text) => {
      const client = await stage.client();
      const mark = stage.mark();
      client.send(frames.query(text));
      await stage.deny(await stage.held(client));
      expect([shapeOf(await client.until('Z')), stage.ran(mark)]).toEqual(['E42501 ZI', []]);
    });

    it('that EXECUTE names is held, with what it would do', async () => {
      const client = await stage.client();
      client.send(frames.query('prepare p (int) as delete from app.items where id = $1'));
      await stage.approve(await stage.held(client));
      expect(shapeOf(await client.until('Z'))).toBe('C ZI');
      const mark = stage.mark();
      client.send(frames.query('execute p(7)'));
      const request = await stage.held(client);
      expect(request.effects).toContainEqual(expect.objectContaining({ action: 'delete', name: 'items' }));
      await stage.approve(request);
      expect(tagsOf(await client.until('Z'))).toEqual(['DELETE 1']);
      expect(stage.ran(mark)).toHaveLength(0);
      expect(await stage.server.admin('postgres', 'select 1 as one from app.items where id = 7')).toEqual([]);
    });
  });
}
