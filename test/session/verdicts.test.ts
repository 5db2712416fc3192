import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Judge, openBench } from '../../src/session/judge.ts';
import { person, policy, rule, schemas } from '../policy/examples.ts';
import { catalog, relation } from '../policy/sql/database.ts';
import { asked, CountingGrammar, HandClock, ScriptedSource } from './bench.ts';

let grammar: CountingGrammar;

/** Holds back what hangs on conditions, names and code. */
const NARROW = policy({
  deny: [rule({ action: ['delete', 'update'], where: 'absent' }), rule({ action: ['set', 'server-file'] })],
  scope: schemas('app'),
});

function judge(): Judge {
  const source = new ScriptedSource();
  const columns = ['id', 'name', 'n'];
  source.catalog = catalog({ version: 'one', relations: [relation('t', columns), relation('s', columns)] });
  return new Judge(openBench({ identity: person, policies: [NARROW], grammar, clock: new HandClock() }), source);
}

beforeEach(() => {
  grammar = new CountingGrammar();
});

describe('a verdict', () => {
  it.each([
    ['select * from app.t where id = 1', 'select * from app.t where id = 23'],
    ["insert into app.t (id, name) values (1, 'a')", "insert into app.t (id, name) values (2, 'it''s')"],
    ["update app.t set n = n + -5, name = 'x' where id = 7", "update app.t set n = n + -61, name = '' where id = 8"],
    ["delete from app.t where id = 1 and name like 'a%'", "delete from app.t where id = 2 and name like '%'"],
    ["select name::text from app.t where name = '2024'::text", "select name::text from app.t where name = 'b'::text"],
  ])('on %j is one on %j, too, and nothing is parsed again', async (one, other) => {
    const by = judge();
    const first = await by.judge(asked(one));
    expect(first.decision.verdict).toBe('allow');
    // At once, and not the promise of it.
    expect(by.judge(asked(other))).toMatchObject(first);
    expect(grammar.texts).toEqual([one]);
  });

  it.each([
    ['other names', 'select * from app.t where id = 1', 'select * from app.s where id = 1'],
    ['a number that is a column', 'select * from app.t where id = 1', 'select * from app.t where id = n'],
    ['a kind of literal', 'select * from app.t where id = 1', "select * from app.t where id = '1'"],
    ['declared types', 'select * from app.t where id = 1', 'select * from app.t where id = 2'],
  ])('holds for no text that differs in %s', async (what, one, other) => {
    const by = judge();
    await by.judge(asked(one));
    await by.judge(asked(other, what === 'declared types' ? { parameterTypes: [23] } : {}));
    expect(grammar.texts).toEqual([one, other]);
  });

  it.each([
    ["select set_config('work_mem', '1MB', false)", "select set_config('search_path', 'evil', false)"],
    ["delete from app.t where name like 'a'", "delete from app.t where name like '%'"],
    ['delete from app.t where 1 = 2', 'delete from app.t where 1 = 1'],
    ['delete from app.t where id = 1 or n <> 5 or n = 6', 'delete from app.t where id = 1 or n <> 5 or n = 5'],
    ["select nextval('app.seq')", "select nextval('other.seq')"],
    ["select 'app.t'::regclass, * from app.t", "select 'other.t'::regclass, * from app.t"],
    ['update app.t set n = 1 where coalesce(n, 1) = 0', 'update app.t set n = 1 where coalesce(n, 1) = 1'],
    ["select pg_read_file('a')", "select pg_read_file('b')"],
    ["select query_to_xml('select 1', true, true, '')", "select query_to_xml('drop table app.t', true, true, '')"],
  ])('that hangs on a literal, as in %j, is not given on %j', async (one, other) => {
    const [warm, fresh] = [judge(), judge()];
    await warm.judge(asked(one));
    expect((await warm.judge(asked(other))).decision).toEqual((await fresh.judge(asked(other))).decision);
  });

  it('is the same, whatever was judged before it', async () => {
    const condition = fc.constantFrom(
      'id = ?',
      'id <> ?',
      '? = ?',
      'name like ?',
      'id = ? and n > ?',
      'id = ? or n = ?',
      'n between ? and ?',
      'not id = ?',
      'id in (?, ?)',
      'id = any (array[?, ?])',
      'coalesce(n, ?) = ?',
      'name ~ ?',
      'id is not null and ? = ?',
      'n * ? = ?',
      'case when n = ? then true else ? = ? end',
      'id = (select ? from app.t)',
      'n - ? < ?',
      '?',
      'id >= ? or id < ?',
      'name is distinct from ?',
      'id = - ?',
      '(id, n) = (?, ?)',
      "id = ? and name like '%' or ? = ?",
    );
    const shape = fc.oneof(
      condition.map((text) => `delete from app.t where ${text}`),
      condition.map((text) => `update app.t set n = ?, name = ? where ${text} returning ?`),
      condition.map((text) => `select ?, name from app.t where ${text} order by ? limit ?`),
      fc.constantFrom(
        'insert into app.t (id, name) values (?, ?), (?, ?)',
        'select set_config(?, ?, false)',
        "select set_config('work_mem', ?, false)",
        'select ?::regclass',
        'select lower(?), nextval(?), current_setting(?)',
        'select * from app.t; delete from app.t where ? = ?',
      ),
    );
    const literal = fc.constantFrom(
      '0',
      '1',
      '2',
      '7',
      "''",
      "'a'",
      "'%'",
      "'t'",
      "'1'",
      "'search_path'",
      "'app.t'",
      "'x.y'",
    );
    const property = fc.asyncProperty(
      shape,
      fc.array(literal, { minLength: 24, maxLength: 24 }),
      async (text, values) => {
        const fill = (from: number): string => {
          let index = from;
          return text.replaceAll('?', () => values[index++] ?? '0');
        };
        const [one, other] = [fill(0), fill(12)];
        const [warm, fresh] = [judge(), judge()];
        await warm.judge(asked(one));
        const [found, wanted] = [await warm.judge(asked(other)), await fresh.judge(asked(other))];
        expect({ text: other, ...found }).toMatchObject({
          decision: wanted.decision,
          effects: wanted.effects,
          changes: wanted.changes,
        });
      },
    );
    await fc.assert(property, { numRuns: 1500 });
  });
});
