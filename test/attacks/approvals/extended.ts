import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ServerVersion } from '../../postgres/binaries.ts';
import { fieldsOf, valuesOf } from '../../postgres/frames.ts';
import { frames, shapeOf, Stage, tagsOf } from './stage.ts';

const DELETE = 'delete from app.items where id = $1';
const run = (text: string, ...values: string[]): Buffer[] => [
  frames.parse(text),
  frames.bind({ values }),
  frames.execute(),
];

/** Approvals in the extended protocol, seen by the server's log. */
export function heldInExtended(version: ServerVersion): void {
  describe(`PostgreSQL ${version}: in the extended protocol`, () => {
    let stage: Stage;

    beforeAll(async () => {
      stage = await Stage.open(version);
    });

    afterAll(() => stage[Symbol.asyncDispose]());
    afterEach(() => stage.clear());

    it.each(['', 'named'])('what is prepared as %j is held when its values are bound', async (name) => {
      const client = await stage.client();
      const mark = stage.mark();
      const id = name === '' ? '10' : '11';
      client.send(frames.parse(DELETE, name), frames.describe('S', name), frames.sync());
      expect(shapeOf(await client.until('Z'))).toBe('1 t n ZI');
      client.send(frames.bind({ statement: name, values: [id] }), frames.execute(), frames.sync());
      const request = await stage.held(client);
      expect([request.phase, request.text, request.parameters, stage.ran(mark)]).toEqual(['bind', DELETE, [id], []]);
      await stage.approve(request);
      const answer = await client.until('Z');
      expect([shapeOf(answer), tagsOf(answer), stage.ran(mark)]).toEqual(['2 C ZI', ['DELETE 1'], [DELETE]]);
    });

    it('every binding is held anew', async () => {
      const client = await stage.client();
      const mark = stage.mark();
      client.send(frames.parse(DELETE, 's'), frames.sync());
      await client.until('Z');
      for (const [id, yes] of [
        ['12', true],
        ['13', false],
        ['14', true],
      ] as const) {
        client.send(frames.bind({ statement: 's', values: [id] }), frames.execute(), frames.sync());
        const request = await stage.held(client);
        expect(request.parameters).toEqual([id]);
        await (yes ? stage.approve(request) : stage.deny(request));
        expect(shapeOf(await client.until('Z'))).toBe(yes ? '2 C ZI' : 'E42501 ZI');
      }
      expect(stage.ran(mark)).toEqual([DELETE, DELETE]);
    });

    it('the middle of a pipeline is held: what comes before has run, what comes after waits', async () => {
      const client = await stage.client();
      const mark = stage.mark();
      client.send(
        ...run('select 1 from app.counts limit 1'),
        ...run(DELETE, '15'),
        ...run('select 2 from app.counts limit 1'),
        frames.sync(),
      );
      const before = await client.until('N');
      expect([shapeOf(before), stage.ran(mark)]).toEqual(['1 2 D C 1', ['select 1 from app.counts limit 1']]);
      const [request] = await stage.waiting();
      if (request === undefined) throw new Error('nothing waits');
      expect(request.inTransaction).toBe(true);
      await stage.approve(request);
      expect(shapeOf(await client.until('Z'))).toBe('2 C 1 2 D C ZI');
      expect(stage.ran(mark)).toHaveLength(3);
    });

    it('a denial in a pipeline lets nothing of its implicit transaction commit, and nothing after it run (R21)', async () => {
      const client = await stage.client();
      const count = await stage.count();
      const from = client.messages.length;
      client.send(
        ...run(DELETE, '16'),
        ...run(DELETE, '17'),
        ...run(DELETE, '18'),
        frames.sync(),
        frames.query('select 1'),
      );
      await stage.approve(await stage.held(client));
      await stage.deny(await stage.held(client));
      const answer = await client.until('Z');
      expect(shapeOf(answer)).toBe('E42501 ZI');
      expect(shapeOf(client.messages.slice(from))).toMatch(/^1 2 C 1 E42501 ZI\b/);
      expect(shapeOf(await client.until('Z'))).toBe('T D C ZI');
      expect([await stage.count(), await stage.waiting()]).toEqual([count, []]);
    });

    it('several in one batch are held one after the other, each with its own values', async () => {
      const client = await stage.client();
      client.send(...['21', '22', '23'].flatMap((id) => run(DELETE, id)), frames.sync());
      for (const id of ['21', '22', '23']) {
        const request = await stage.held(client);
        expect([request.parameters, await stage.waiting()]).toEqual([[id], [request]]);
        await stage.approve(request);
      }
      expect(tagsOf(await client.until('Z'))).toEqual(['DELETE 1']);
    });

    it('a Flush instead of a Sync brings the answer', async () => {
      const client = await stage.client();
      client.send(...run(DELETE, '24'), frames.flush());
      await stage.approve(await stage.held(client));
      expect(shapeOf(await client.until('C'))).toBe('2 C');
      client.send(frames.sync());
      expect(shapeOf(await client.until('Z'))).toBe('ZI');
    });

    it('a portal whose rows are fetched in parts runs under one yes', async () => {
      const client = await stage.client();
      const text = 'with gone as (delete from app.items where id between 31 and 35 returning id) select id from gone';
      await client.query('begin');
      client.send(frames.parse(text), frames.bind({ portal: 'p' }), frames.execute('p', 2), frames.flush());
      await stage.approve(await stage.held(client));
      expect(shapeOf(await client.until('s'))).toBe('2 D D s');
      client.send(frames.execute('p', 2), frames.execute('p', 2), frames.sync());
      expect(shapeOf(await client.until('Z'))).toBe('D D s D C ZT');
      client.send(frames.execute('p'), frames.sync());
      expect(shapeOf(await client.until('Z'))).toBe('C ZT');
      await client.query('rollback');
    });

    it('a portal that has run does not run again', async () => {
      const client = await stage.client();
      await client.query('begin');
      client.send(frames.parse('update app.counts set n = n + 1 where id = 1'), frames.bind({ portal: 'p' }));
      client.send(frames.execute('p'), frames.sync());
      await stage.approve(await stage.held(client));
      await client.until('Z');
      client.send(frames.execute('p'), frames.sync());
      expect(shapeOf(await client.until('Z'))).toMatch(/^E\w{5} ZE$/);
      await client.query('rollback');
    });

    it('another statement under an equal name runs under no yes of the first', async () => {
      const client = await stage.client();
      const mark = stage.mark();
      await client.query('begin');
      client.send(
        frames.parse(DELETE, 's'),
        frames.bind({ statement: 's', portal: 'p', values: ['41'] }),
        frames.flush(),
      );
      await stage.approve(await stage.held(client));
      await client.until('2');
      const other = 'delete from app.items';
      client.send(frames.close('S', 's'), frames.close('P', 'p'), frames.parse(other, 's'));
      client.send(frames.bind({ statement: 's', portal: 'p' }), frames.execute('p'), frames.sync());
      const request = await stage.held(client);
      expect(request.text).toBe(other);
      await stage.deny(request);
      await client.until('Z');
      expect(stage.ran(mark)).toEqual([]);
    });

    it('a portal that is closed, dropped or gone with its transaction takes its leave along', async () => {
      for (const drop of ['close p', 'discard all', 'deallocate all; close all']) {
        const client = await stage.client();
        const mark = stage.mark();
        if (drop !== 'discard all') await client.query('begin');
        client.send(frames.parse(DELETE, 's'), frames.bind({ statement: 's', portal: 'p', values: ['42'] }));
        client.send(drop === 'discard all' ? frames.sync() : frames.flush());
        await stage.approve(await stage.held(client));
        await client.until(drop === 'discard all' ? 'Z' : '2');
        client.send(frames.query(drop));
        await client.until('Z');
        client.send(frames.execute('p'), frames.sync());
        expect([drop, shapeOf(await client.until('Z'))]).toEqual([drop, expect.stringMatching(/^E34000 Z/)]);
        expect(stage.ran(mark)).toEqual([]);
        client.destroy();
      }
    });

    it.each([
      ['set search_path to pg_temp, app', 'create temp table items (id int, note text)'],
      ['create temp table other (id int)', 'select 1'],
      ["set local work_mem to '1MB'", 'select 1'],
    ])('what names mean may change between binding and running: %s', async (one, two) => {
      const client = await stage.client();
      await client.query('set search_path to app');
      await client.query('begin');
      const text = 'delete from items where id = 43';
      client.send(frames.parse(text), frames.bind({ portal: 'p' }), frames.flush());
      await stage.approve(await stage.held(client));
      await client.until('2');
      for (const between of [one, two]) await client.query(between);
      client.send(frames.execute('p'), frames.sync());
      const answer = shapeOf(await client.until('Z'));
      // The plan was made when it was bound; what is not what was approved any more is refused.
      expect(answer).toMatch(two === 'select 1' ? /^C ZT$/ : /^E42501 ZE$/);
      await client.query('rollback');
    });

    it('a role that is set between binding and running is another subject', async () => {
      const client = await stage.client();
      await client.query('begin');
      client.send(frames.parse('delete from app.items where id = 44'), frames.bind({ portal: 'p' }), frames.flush());
      await stage.approve(await stage.held(client));
      await client.until('2');
      client.send(frames.query('set role pg_read_all_data'));
      await stage.approve(await stage.held(client));
      await client.until('Z');
      client.send(frames.execute('p'), frames.sync());
      expect(shapeOf(await client.until('Z'))).toBe('E42501 ZE');
      await client.query('rollback');
    });

    it('a cursor over what changes something is not approved: it would run as often as it is read', async () => {
      const client = await stage.client();
      await client.query('begin');
      for (const text of [
        'declare c cursor for select app.forget(45), id from app.counts where id <= 3',
        'declare c no scroll cursor with hold for select app.forget(45)',
      ]) {
        expect(shapeOf(await client.query(text))).toBe('E42501 ZE');
        await client.query('rollback; begin');
      }
      expect(await stage.waiting()).toEqual([]);
      await client.query('declare c cursor for select id from app.counts where id <= 3');
      expect(shapeOf(await client.query('fetch 1 from c'))).toBe('T D C ZT');
      await client.query('rollback');
    });

    it.each(['fetch all from p', 'move 1 in p', 'move absolute 0 from p'])(
      'what was approved for a portal is run by Execute alone, and not by %s',
      async (text) => {
        const client = await stage.client();
        const mark = stage.mark();
        await client.query('begin');
        client.send(frames.parse('select app.forget(45)'), frames.bind({ portal: 'p' }), frames.flush());
        await stage.approve(await stage.held(client));
        await client.until('2');
        client.send(...run(text), frames.sync());
        expect(shapeOf(await client.until('Z'))).toMatch(/^E42501 ZE$/);
        await client.query('rollback; begin');
        client.send(frames.parse('select app.forget(45)'), frames.bind({ portal: 'p' }), frames.sync());
        await stage.approve(await stage.held(client));
        await client.until('Z');
        expect(shapeOf(await client.query(text))).toBe('E42501 ZE');
        await client.query('rollback');
        expect(stage.ran(mark)).toEqual([]);
      },
    );

    it('values in binary are shown as they are, and run as they are', async () => {
      const client = await stage.client();
      const value = Buffer.alloc(4);
      value.writeInt32BE(46);
      client.send(frames.parse(DELETE, '', [23]), frames.bind({ values: [value] }), frames.execute(), frames.sync());
      const request = await stage.held(client);
      expect(request.parameters).toEqual([{ base64: value.toString('base64') }]);
      await stage.approve(request);
      expect(tagsOf(await client.until('Z'))).toEqual(['DELETE 1']);
    });

    it('what is returned is that of the statement, typed as it was described', async () => {
      const client = await stage.client();
      const text = 'update app.counts set n = n + 1 where id = $1 returning id, n';
      client.send(frames.parse(text), frames.describe('S'), frames.bind({ values: ['2'] }), frames.describe('P'));
      client.send(frames.execute(), frames.sync());
      await stage.approve(await stage.held(client));
      const answer = await client.until('Z');
      expect(shapeOf(answer)).toBe('2 T D C ZI');
      const [row] = answer.filter(({ type }) => type === 'D');
      expect(row && valuesOf(row).map(String)).toEqual(['2', '1']);
    });

    it('code that nobody can follow is held when it is prepared, and does not run twice', async () => {
      const client = await stage.client();
      const mark = stage.mark();
      const text = "do $$ begin execute (select 'update app.counts set n = 1'); end $$";
      client.send(frames.parse(text, 's'), frames.bind({ statement: 's' }), frames.execute(), frames.sync());
      const first = await stage.held(client);
      expect(first.phase).toBe('prepare');
      await stage.approve(first);
      expect(shapeOf(await client.until('Z'))).toBe('1 2 C ZI');
      client.send(frames.bind({ statement: 's' }), frames.execute(), frames.sync());
      const second = await stage.held(client);
      expect(second.phase).toBe('bind');
      await stage.deny(second);
      expect([shapeOf(await client.until('Z')), stage.ran(mark)]).toEqual(['E42501 ZI', [text]]);
    });

    it('a statement behind an error is neither held nor asked about', async () => {
      const client = await stage.client();
      client.send(...run('select 1/0'), ...run(DELETE, '47'), frames.sync());
      const answer = await client.until('Z');
      expect([shapeOf(answer), answer.some(({ type }) => type === 'N')]).toEqual([
        expect.stringMatching(/ E22012 ZI$/),
        false,
      ]);
      expect(await stage.waiting()).toEqual([]);
    });

    it('the notice says how to answer, and nothing of the policy’s sources', async () => {
      const client = await stage.client();
      client.send(...run(DELETE, '48'), frames.sync());
      const notice = (await client.until('N')).at(-1);
      const [request] = await stage.waiting();
      expect(notice && fieldsOf(notice)).toEqual({
        S: 'NOTICE',
        V: 'NOTICE',
        C: '00000',
        M: `held for approval: request ${request?.id}`,
        D: `It is not sent before a person approves it; until ${request?.expires}.`,
        H: `Approve it in another terminal with: hoopctl approve ${request?.id}. Cancelling takes it back.`,
      });
    });
  });
}
