import { beforeEach, describe, expect, it } from 'vitest';
import type { Stage, Tried } from '../../../../src/core/trial.ts';
import { eventually } from '../../../eventually.ts';
import { serverVersions } from '../../../postgres/binaries.ts';
import { frames } from '../../../postgres/frames.ts';
import type { WireClient } from '../../../postgres/wire-client.ts';
import { knock, request, sqlstate, status, types, value } from '../knocking.ts';
import { backends, type ScriptedGuard } from '../scripted.ts';
import { Scene } from '../scene.ts';

const NONE = { parameters: [] } as const;

describe.each(serverVersions())('a trial on a connection to PostgreSQL %i', (version) => {
  const scene = new Scene({ version });
  let client: WireClient;
  let guard: ScriptedGuard;

  beforeEach(async () => {
    await scene.server.admin('postgres', 'drop table if exists t', 'create table t (n int primary key, s text)');
    await scene.server.admin('postgres', "insert into t values (1, 'one'), (2, 'two'), (3, 'three')");
    client = await scene.connect();
    guard = scene.door.guard();
  });

  /** Tries `work` when the next statement with this word in it is judged. */
  function trying<T>(work: (stage: Stage) => Promise<T>, signal?: AbortSignal, word = 'held'): () => Tried<T> {
    let tried: Tried<T> | null = null;
    guard.before = async (statement) => {
      if (!statement.text.includes(word)) return null;
      guard.before = null;
      tried = await guard.trials.attempt(statement, work, signal ?? new AbortController().signal);
      return null;
    };
    return () => {
      if (tried === null) throw new Error('nothing was tried');
      return tried;
    };
  }
  const count = async (): Promise<unknown> => value(await client.query('select count(*) from t'));
  const told = async (): Promise<unknown> =>
    (await scene.server.admin('postgres', 'select n, s from t order by n')).map(({ n, s }) => [n, s]);
  const ALL = [
    [1, 'one'],
    [2, 'two'],
    [3, 'three'],
  ];
  /** Deletes all rows, and counts what is left. */
  const deleteAll = async (stage: Stage): Promise<string | null | undefined> => {
    await stage.ask({ text: 'delete from t', ...NONE });
    return first(stage, await stage.ask({ text: 'select count(*) from t', ...NONE }));
  };
  function first(stage: Stage, answer: Awaited<ReturnType<Stage['ask']>>): string | null | undefined {
    if (answer.outcome !== 'rows') throw new Error(`it is ${JSON.stringify(answer)}`);
    return stage.cells(answer.rows)[0]?.[0];
  }

  it('takes back what was done, and the client hears nothing of it', async () => {
    const tried = trying(deleteAll);
    expect(types(await client.query('select 1 /* held */'))).toBe('TDCZ');
    expect(tried()).toEqual({ result: '0' });
    expect(await told()).toEqual(ALL);
    expect(status(await client.query('select 1'))).toBe('I');
  });

  it('leaves a transaction of the client’s as it was: its work, its snapshot of names, its savepoints', async () => {
    await client.query('begin');
    await client.query("insert into t values (4, 'four')");
    await client.query('savepoint mine');
    await client.query('create temp table gone (n int)');
    const tried = trying(deleteAll);
    expect(status(await client.query('select 1 /* held */'))).toBe('T');
    expect(tried()).toEqual({ result: '0' });
    expect(await count()).toBe('4');
    await client.query('rollback to mine');
    expect(value(await client.query("select to_regclass('gone') is null"))).toBe('t');
    expect(status(await client.query('commit'))).toBe('I');
    expect(await told()).toEqual([...ALL, [4, 'four']]);
  });

  it('outlives a question that fails, outside of a transaction and inside of one', async () => {
    const work = async (stage: Stage): Promise<unknown> => {
      const failed = await stage.undone(() => stage.ask({ text: 'select 1 / 0', ...NONE }));
      return [failed, await deleteAll(stage)];
    };
    const result = [{ outcome: 'failed', code: '22012' }, '0'];
    let tried = trying(work);
    await client.query('select 1 /* held */');
    expect(tried()).toEqual({ result });
    await client.query('begin');
    tried = trying(work);
    expect(status(await client.query('select 1 /* held */'))).toBe('T');
    expect(tried()).toEqual({ result });
    // The last one failed, and nobody went on.
    tried = trying(async (stage) => [await stage.ask({ text: 'no sql', ...NONE }), null]);
    expect(status(await client.query('select 1 /* held */'))).toBe('T');
    expect(await count()).toBe('3');
  });

  it('takes back a part of itself', async () => {
    const tried = trying(async (stage) => {
      const inner = await stage.undone(() => deleteAll(stage));
      return [inner, first(stage, await stage.ask({ text: 'select count(*) from t', ...NONE }))];
    });
    await client.query('select 1 /* held */');
    expect(tried()).toEqual({ result: ['0', '3'] });
  });

  it.each(['outside of', 'inside of'])(
    'takes all back when it breaks off within a part, %s a transaction',
    async (where) => {
      if (where === 'inside of') await client.query('begin');
      const tried = trying(async (stage) => {
        await stage.ask({ text: 'delete from t where n = 1', ...NONE });
        return stage.undone(async () => {
          await stage.ask({ text: 'delete from t', ...NONE });
          throw new TypeError('a bug');
        });
      });
      await client.query('select 1 /* held */');
      expect(tried()).toEqual({ withheld: expect.stringContaining('bug') as string });
      expect(await count()).toBe('3');
    },
  );

  it('puts the statement’s own values and types into its questions', async () => {
    const tried = trying(
      async (stage) => {
        const answer = await stage.ask({ text: 'select pg_typeof($1)::text, $1::text, $2::text', parameters: 'own' });
        return answer.outcome === 'rows' ? stage.cells(answer.rows) : answer;
      },
      undefined,
      'select $1',
    );
    guard.before = (
      (before) => async (statement) =>
        statement.phase === 'bind' ? (before?.(statement) ?? null) : null
    )(guard.before);
    client.send(
      frames.parse('select $1, $2', '', [20, 25]),
      frames.bind({ values: [Buffer.from('0000000000000007', 'hex'), 'ü'] }),
      frames.execute(),
      frames.sync(),
    );
    expect(types(await client.until('Z'))).toBe('12DCZ');
    expect(tried()).toEqual({ result: [['bigint', '7', 'ü']] });
  });

  it('is not made in a pipeline that has begun, nor in a failed transaction, and says why', async () => {
    let tried = trying(deleteAll);
    client.send(
      frames.parse('select 2'),
      frames.bind(),
      frames.execute(),
      frames.parse('select 1 /* held */', 'held'),
      frames.sync(),
    );
    await client.until('Z');
    expect(tried()).toEqual({ withheld: expect.stringContaining('pipeline') as string });
    await client.query('begin');
    await client.query('no sql');
    tried = trying(deleteAll);
    expect(status(await client.query('select 1 /* held */'))).toBe('E');
    expect(tried()).toEqual({ withheld: expect.stringContaining('failed') as string });
    await client.query('rollback');
    expect(await told()).toEqual(ALL);
  });

  it('is made before a pipeline begins, which then goes on', async () => {
    const tried = trying(deleteAll);
    client.send(frames.parse('select count(*) from t /* held */'), frames.bind(), frames.execute(), frames.sync());
    expect(types(await client.until('Z'))).toBe('12DCZ');
    expect(tried()).toEqual({ result: '0' });
  });

  it('is over soon when it is called off, and the statement that follows is not cancelled', async () => {
    for (let round = 0; round < 5; round += 1) {
      const off = new AbortController();
      const tried = trying(async (stage) => {
        await stage.ask({ text: 'delete from t', ...NONE });
        setTimeout(() => off.abort(), 50 * round);
        return stage.ask({ text: 'select pg_sleep(600)', ...NONE });
      }, off.signal);
      expect(value(await client.query('select count(*) from t /* held */'))).toBe('3');
      expect(tried()).toEqual({ withheld: expect.stringContaining('called off') as string });
    }
  });

  it('is not begun when it is called off before', async () => {
    const tried = trying(deleteAll, AbortSignal.abort());
    await client.query('select 1 /* held */');
    expect(tried()).toEqual({ withheld: expect.stringContaining('called off') as string });
  });

  it('ends with the client: what it tried is not kept', async () => {
    const within = Promise.withResolvers<void>();
    trying(async (stage) => {
      await stage.ask({ text: 'delete from t', ...NONE });
      within.resolve();
      return stage.ask({ text: 'select pg_sleep(600)', ...NONE });
    });
    client.send(frames.query('select 1 /* held */'));
    await within.promise;
    client.destroy();
    await eventually(
      () => backends(scene.server),
      (count) => count === 0,
    );
    expect(await told()).toEqual(ALL);
  });

  it('is cancelled with its statement, and takes back what it did', async () => {
    const within = Promise.withResolvers<void>();
    const tried = trying(async (stage) => {
      await stage.ask({ text: 'delete from t', ...NONE });
      within.resolve();
      return stage.ask({ text: 'select pg_sleep(600)', ...NONE });
    });
    client.send(frames.query('select 1 /* held */'));
    await within.promise;
    await eventually(
      async () =>
        (
          await scene.server.admin(
            'postgres',
            "select count(*)::int as n from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()",
          )
        )[0]?.['n'],
      (n) => n === 1,
    );
    const head = Buffer.alloc(4);
    head.writeInt32BE(client.key?.pid ?? 0);
    await knock(scene.door, request(80877102, head, client.key?.secret ?? Buffer.alloc(4)));
    expect(sqlstate(await client.until('Z'))).toBe('57014');
    expect(tried()).toEqual({ result: { outcome: 'failed', code: '57014' } });
    expect(await told()).toEqual(ALL);
    expect(await count()).toBe('3');
  });

  it('ends with the server’s process: the client hears of it, and nothing is kept', async () => {
    const tried = trying(async (stage) => {
      await stage.ask({ text: 'delete from t', ...NONE });
      const pid = first(stage, await stage.ask({ text: 'select pg_backend_pid()', ...NONE }));
      await scene.server.admin('postgres', `select pg_terminate_backend(${pid})`);
      return stage.ask({ text: 'select 1', ...NONE });
    });
    client.send(frames.query('select 1 /* held */'));
    await eventually(
      () => client.closed,
      (closed) => closed,
    );
    await eventually(tried, (one) => 'withheld' in one);
    expect(await told()).toEqual(ALL);
  });

  it('waits two seconds for a lock at most, and lets go of its own when it is over', async () => {
    const other = await scene.connect();
    await other.query('begin');
    await other.query('lock table t');
    const tried = trying((stage) => stage.ask({ text: 'delete from t', ...NONE }));
    await client.query('select 1 /* held */');
    expect(tried()).toEqual({ result: { outcome: 'failed', code: '55P03' } });
    await other.query('rollback');
    const again = trying(deleteAll);
    await client.query('begin');
    await client.query('select 1 /* held */');
    expect(again()).toEqual({ result: '0' });
    // Still in the transaction, and in nobody's way.
    expect(sqlstate(await other.query("set lock_timeout = '1s'; update t set s = 'mine'"))).toBeUndefined();
    other.destroy();
  });

  it('changes no setting that stays', async () => {
    for (const inside of [false, true]) {
      if (inside) await client.query('begin');
      await client.query("set statement_timeout = '7s'");
      const tried = trying(deleteAll);
      await client.query('select 1 /* held */');
      expect(tried()).toEqual({ result: '0' });
      expect(value(await client.query('show statement_timeout'))).toBe('7s');
      expect(value(await client.query('show lock_timeout'))).toBe('0');
      expect(value(await client.query('show transaction_isolation'))).toBe('read committed');
    }
  });

  it.each(['read only', 'isolation level serializable', 'isolation level repeatable read'])(
    'leaves a transaction that is %s as it was',
    async (mode) => {
      await client.query(`begin ${mode}`);
      const tried = trying((stage) => stage.ask({ text: 'delete from t', ...NONE }));
      expect(status(await client.query('select 1 /* held */'))).toBe('T');
      expect(tried()).toEqual({
        result:
          mode === 'read only' ? { outcome: 'failed', code: '25006' } : expect.objectContaining({ outcome: 'rows' }),
      });
      expect(await count()).toBe('3');
      expect(status(await client.query('commit'))).toBe('I');
      expect(await told()).toEqual(ALL);
    },
  );

  it('keeps a few megabytes of rows at most', async () => {
    const tried = trying((stage) =>
      stage.ask({ text: "select repeat('x', 1000) from generate_series(1, 20000)", ...NONE }),
    );
    await client.query('select 1 /* held */');
    expect(tried()).toEqual({ result: { outcome: 'too-large' } });
  });

  it('leaves cursors and prepared statements of the client’s alone', async () => {
    client.send(frames.parse('select n from t order by n', 'kept'), frames.sync());
    await client.until('Z');
    await client.query('begin');
    await client.query('declare c cursor for select n from t order by n');
    expect(value(await client.query('fetch c'))).toBe('1');
    const tried = trying(deleteAll);
    await client.query('select 1 /* held */');
    expect(tried()).toEqual({ result: '0' });
    expect(value(await client.query('fetch c'))).toBe('2');
    client.send(frames.bind({ statement: 'kept' }), frames.execute(), frames.sync());
    expect(value(await client.until('Z'))).toBe('1');
  });
});
