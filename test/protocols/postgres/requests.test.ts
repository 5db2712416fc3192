import { beforeEach, describe, expect, it } from 'vitest';
import { serverVersions } from '../../postgres/binaries.ts';
import { frames } from '../../postgres/frames.ts';
import type { WireClient } from '../../postgres/wire-client.ts';
import { errors, status, types, values } from './knocking.ts';
import { MARKER } from './scripted.ts';
import { Scene } from './scene.ts';

const refused = `select '${MARKER}'`;
const REFUSED = expect.objectContaining({
  S: 'ERROR',
  C: '42501',
  M: 'the script says no',
  D: 'It contains the marker.',
  H: 'Leave the marker out.',
}) as unknown;

describe.each(serverVersions())('statements on their way to PostgreSQL %i', (version) => {
  const scene = new Scene({ version });
  let client: WireClient;
  let mark: number;

  beforeEach(async () => {
    await scene.server.admin(
      'postgres',
      'drop table if exists t',
      'create table t (n int unique deferrable initially deferred)',
    );
    client = await scene.connect();
    mark = scene.server.log.mark();
  });

  const ran = (): string[] => scene.server.log.statementsOf(scene.server.user, mark);
  const count = async (): Promise<unknown> =>
    (await scene.server.admin('postgres', 'select count(*)::int as n from t'))[0]?.['n'];

  /** Parse, Bind, Describe and Execute of a statement, without Sync. */
  const extended = (text: string): Buffer =>
    Buffer.concat([frames.parse(text), frames.bind(), frames.describe('P'), frames.execute()]);

  async function usable(): Promise<void> {
    expect(values(await client.query('select 42'))).toEqual(['42']);
  }

  describe('that are refused', () => {
    it.each(['simple', 'extended', 'named'])(
      'give one error and one ReadyForQuery, reach nothing, and leave the connection usable: %s',
      async (how) => {
        if (how === 'simple') client.send(frames.query(refused));
        else if (how === 'extended') client.send(extended(refused), frames.sync());
        else client.send(frames.parse(refused, 'name'), frames.describe('S', 'name'), frames.sync());
        const answer = await client.until('Z');
        expect(types(answer)).toBe('EZ');
        expect(errors(answer)).toEqual([REFUSED]);
        expect(status(answer)).toBe('I');
        await usable();
        expect(ran()).toEqual(['select 42']);
      },
    );

    it('do not name a prepared statement, and leave one of that name as it was', async () => {
      client.send(frames.parse('select 1', 'kept'), frames.sync());
      expect(types(await client.until('Z'))).toBe('1Z');
      client.send(frames.close('S', 'other'), frames.parse(refused, 'kept'), frames.sync());
      expect(types(await client.until('Z'))).toBe('3EZ');
      client.send(frames.bind({ statement: 'kept' }), frames.execute(), frames.sync());
      expect(values(await client.until('Z'))).toEqual(['1']);
      client.send(frames.parse(refused, 'never'), frames.sync(), frames.bind({ statement: 'never' }), frames.sync());
      expect(types(await client.until('Z'))).toBe('EZ');
      const unknown = await client.until('Z');
      expect(types(unknown)).toBe('EZ');
      expect(errors(unknown)[0]?.['C']).toBe('26000');
      expect(ran().join()).not.toContain(MARKER);
    });

    it('drop the unnamed statement as any Parse that fails does', async () => {
      client.send(frames.parse('select 1'), frames.sync(), frames.parse(refused), frames.sync());
      await client.until('Z');
      await client.until('Z');
      client.send(frames.bind(), frames.sync());
      expect(errors(await client.until('Z'))[0]?.['C']).toBe('26000');
    });

    it('at Bind or Execute of what was let through before are refused there', async () => {
      client.send(frames.parse('select 7', 's'), frames.sync());
      await client.until('Z');
      const guard = scene.door.guard();
      for (const phase of ['bind', 'execute']) {
        guard.before = async (statement) =>
          statement.phase === phase ? { message: phase, detail: 'd', hint: 'h', cause: 'denied' } : null;
        client.send(frames.bind({ statement: 's' }), frames.execute(), frames.sync());
        const answer = await client.until('Z');
        expect(types(answer)).toBe(phase === 'bind' ? 'EZ' : '2EZ');
        expect(errors(answer)[0]?.['M']).toBe(phase);
      }
      guard.before = null;
      expect(ran()).toEqual([]);
      client.send(frames.bind({ statement: 's' }), frames.execute(), frames.sync());
      expect(values(await client.until('Z'))).toEqual(['7']);
    });

    it('abort an open transaction as a server error would, until it is rolled back', async () => {
      await client.query('begin');
      await client.query('insert into t values (1)');
      const answer = await client.query(refused);
      expect([types(answer), status(answer)]).toEqual(['EZ', 'E']);
      expect(errors(await client.query('select 1'))[0]?.['C']).toBe('25P02');
      expect(types(await client.query('commit'))).toBe('CZ');
      expect(await count()).toBe(0);
      await usable();
    });

    it('in a transaction by the extended protocol leave what a savepoint kept', async () => {
      await client.query('begin; insert into t values (1); savepoint s');
      client.send(
        extended('insert into t values (2)'),
        extended(refused),
        extended('insert into t values (3)'),
        frames.sync(),
      );
      const answer = await client.until('Z');
      expect([types(answer), status(answer)]).toEqual(['12nCEZ', 'E']);
      expect(types(await client.query('rollback to s; commit'))).toBe('CCZ');
      expect(await count()).toBe(1);
    });

    it('in a query of several statements let none of them run', async () => {
      const answer = await client.query(`insert into t values (1); ${refused}; insert into t values (2)`);
      expect([types(answer), status(answer)]).toEqual(['EZ', 'I']);
      expect(ran()).toEqual([]);
      expect(await count()).toBe(0);
    });

    it('leave the unnamed statement as it was unless they were to replace it', async () => {
      const kept = [frames.bind(), frames.execute(), frames.sync()];
      client.send(frames.parse('select 7'), frames.execute('unknown'), frames.sync());
      expect(types(await client.until('Z'))).toBe('1EZ');
      client.send(...kept);
      expect(values(await client.until('Z'))).toEqual(['7']);
      client.send(frames.parse(refused), frames.sync(), ...kept);
      expect(types(await client.until('Z'))).toBe('EZ');
      expect(errors(await client.until('Z'))[0]?.['C']).toBe('26000');
    });

    it('do not hold up simple queries sent along with them, which run each by itself', async () => {
      client.send(
        frames.query('insert into t values (1)'),
        frames.query(refused),
        frames.query('insert into t values (2)'),
      );
      expect(types(await client.until('Z'))).toBe('CZ');
      expect(types(await client.until('Z'))).toBe('EZ');
      expect(types(await client.until('Z'))).toBe('CZ');
      expect(await count()).toBe(2);
    });

    it('as FunctionCall are refused always, and answered as one (R21)', async () => {
      client.send(frames.functionCall(1598, []));
      const answer = await client.until('Z');
      expect([types(answer), errors(answer)[0]?.['C']]).toEqual(['EZ', '42501']);
      await usable();
      expect(ran()).toEqual(['select 42']);
    });

    it('as FunctionCall behind an unfinished pipeline are refused in their place (R21)', async () => {
      client.send(extended('insert into t values (1)'), frames.functionCall(1598, []));
      const answer = await client.until('Z');
      expect(types(answer)).toBe('12nCEZ');
      expect(await count()).toBe(0);
    });

    it.each([
      ['NUL', frames.raw('Q', Buffer.from('select 1\0; drop table t\0'))],
      ['invalid UTF-8', frames.raw('Q', Buffer.from([...Buffer.from("select '"), 0xc0, 0xaf, 0x27, 0]))],
      ['no end', frames.raw('Q', Buffer.from('select 1'))],
      ['a Parse with invalid UTF-8', Buffer.concat([frames.raw('P', Buffer.from([0, 0xff, 0, 0, 0])), frames.sync()])],
      [
        'a Bind that is cut short',
        Buffer.concat([frames.parse('select 1'), frames.raw('B', Buffer.from([0])), frames.sync()]),
      ],
      ['an Execute without a limit', Buffer.concat([frames.raw('E', Buffer.from([0])), frames.sync()])],
      ['a Close of neither', Buffer.concat([frames.raw('C', Buffer.from('X\0')), frames.sync()])],
    ])('because they cannot be understood (%s) are answered in place (R30)', async (_what, bytes) => {
      client.send(bytes);
      const answer = await client.until('Z');
      expect(types(answer)).toMatch(/^1?EZ$/);
      expect(errors(answer)[0]?.['C']).toBe('08P01');
      await usable();
      expect(ran().filter((text) => text.includes('drop'))).toEqual([]);
    });
  });

  describe.each([0, 1, 2, 3])('a pipeline whose statement at position %i is refused', (position) => {
    const insert = (index: number): string =>
      `insert into t values (${index})${index === position ? ` -- ${MARKER}` : ''}`;

    it('runs nothing after it, commits nothing, and answers one error and one ReadyForQuery (R21)', async () => {
      client.send(...[0, 1, 2, 3].map((index) => extended(insert(index))), frames.sync());
      const answer = await client.until('Z');
      expect(types(answer)).toBe(`${'12nC'.repeat(position)}EZ`);
      expect(status(answer)).toBe('I');
      expect(ran()).toEqual([0, 1, 2, 3].slice(0, position).map(insert));
      expect(await count()).toBe(0);
      await usable();
    });

    it('heeds what comes after the next Sync', async () => {
      const pieces = [0, 1, 2, 3].flatMap((index) => [extended(insert(index)), frames.sync()]);
      client.send(...pieces);
      for (let index = 0; index < 4; index += 1) {
        expect(types(await client.until('Z'))).toBe(index === position ? 'EZ' : '12nCZ');
      }
      expect(await count()).toBe(3);
    });

    it('heeds what is sent along with the Sync when the error is known by then', async () => {
      client.send(...[0, 1, 2, 3].map((index) => extended(insert(index))), frames.flush());
      await client.until('E');
      client.send(frames.sync(), extended('insert into t values (7)'), frames.sync());
      expect(types(await client.until('Z'))).toBe('Z');
      expect(types(await client.until('Z'))).toBe('12nCZ');
      expect(await count()).toBe(1);
    });

    it('gives the same when every message is sent alone and flushed', async () => {
      for (const index of [0, 1, 2, 3]) {
        for (const part of [frames.parse(insert(index)), frames.bind(), frames.execute(), frames.flush()])
          client.send(part);
      }
      client.send(frames.sync());
      expect(types(await client.until('Z'))).toBe(`${'12C'.repeat(position)}EZ`);
      expect(await count()).toBe(0);
    });
  });

  describe('that pass', () => {
    it('are the very bytes that were judged, and are judged once for each phase', async () => {
      const parse = frames.parse("select $1::text || 'ü'", 'p', [25]);
      client.send(parse, frames.bind({ statement: 'p', values: ['a'] }), frames.execute(), frames.sync());
      expect(values(await client.until('Z'))).toEqual(['aü']);
      const { judged } = scene.door.guard();
      expect(judged.map((one) => one.phase)).toEqual(['prepare', 'bind', 'execute']);
      expect(judged[0]?.bytes.equals(parse)).toBe(true);
      expect(judged[0]?.parameterTypes).toEqual([25]);
      expect(judged[1]?.parameters).toEqual([{ format: 'text', value: Buffer.from('a') }]);
      expect(judged.map((one) => one.prepared)).toEqual([null, 1, 1]);
      expect(new Set(judged.map((one) => one.text))).toEqual(new Set(["select $1::text || 'ü'"]));
    });

    it('are written down with the columns of their results, also when Describe and Execute are sent together', async () => {
      client.send(extended('select 1 as one, 2 as two'), frames.sync());
      await client.until('Z');
      client.send(frames.parse('select 3 as three', 's'), frames.describe('S', 's'), frames.sync());
      await client.until('Z');
      client.send(frames.bind({ statement: 's', binary: true }), frames.execute(), frames.sync());
      await client.until('Z');
      await client.query('select 4 as four where false');
      const columns = scene.door
        .guard()
        .events.flatMap((event) =>
          event.type === 'columns'
            ? [[event.statement, event.columns.map((column) => `${column.name} ${column.format}`)]]
            : [],
        );
      expect(columns).toEqual([
        [3, ['one text', 'two text']],
        [6, ['three binary']],
        [7, ['four text']],
      ]);
    });

    it('know what SQL’s EXECUTE means, whichever protocol prepared it', async () => {
      client.send(frames.parse('select 11', 'by_protocol'), frames.sync());
      await client.until('Z');
      await client.query('prepare by_sql as select 22');
      await client.query('execute by_sql');
      const { judged } = scene.door.guard();
      const known = judged.at(-1)?.preparedTexts;
      expect([known?.('by_sql'), known?.('by_protocol'), known?.('neither')]).toEqual([
        ['select 22'],
        ['select 11'],
        [],
      ]);
      await client.query('deallocate by_sql');
      expect(known?.('by_sql')).toEqual([]);
      client.send(frames.parse('select 33', 'x'), frames.bind({ statement: 'by_sql' }), frames.sync());
      expect(errors(await client.until('Z'))[0]?.['C']).toBe('26000');
    });

    it('keep the unnamed statement when SQL deallocates all', async () => {
      client.send(frames.parse('deallocate all'), frames.bind(), frames.execute(), frames.sync());
      expect(types(await client.until('Z'))).toBe('12CZ');
      client.send(frames.bind(), frames.execute(), frames.sync());
      expect(types(await client.until('Z'))).toBe('2CZ');
    });

    it('run portals in parts, and judge each part', async () => {
      client.send(
        frames.parse('select generate_series(1, 5)'),
        frames.bind({ portal: 'p' }),
        frames.execute('p', 2),
        frames.flush(),
      );
      expect(types(await client.until('s'))).toBe('12DDs');
      client.send(frames.execute('p', 2), frames.execute('p', 2), frames.sync());
      expect(types(await client.until('Z'))).toBe('DDsDCZ');
      client.send(frames.execute('p'), frames.sync());
      expect(errors(await client.until('Z'))[0]?.['C']).toBe('34000');
    });

    it('fail at Sync when a deferred constraint does', async () => {
      client.send(extended('insert into t values (1)'), extended('insert into t values (1)'), frames.sync());
      const answer = await client.until('Z');
      expect(types(answer)).toBe('12nC12nCEZ');
      expect(errors(answer)[0]?.['C']).toBe('23505');
      await usable();
    });

    it('may be empty', async () => {
      expect(types(await client.query(''))).toBe('IZ');
      expect(types(await client.query(' ; '))).toBe('IZ');
      client.send(extended(''), frames.sync());
      expect(types(await client.until('Z'))).toBe('12nIZ');
    });
  });
});
