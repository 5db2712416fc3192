import { describe, expect, it } from 'vitest';
import type { Facts } from '../../../../src/policy/sql/preview/facts.ts';
import type { Change } from '../../../../src/policy/sql/preview/fitness.ts';
import { trialPlan, trialResult, triesOnly } from '../../../../src/policy/sql/preview/trial.ts';
import { nodeAt, statementsOf } from '../../../../src/policy/sql/tree.ts';
import { textOf } from '../../../../src/policy/sql/analyse.ts';
import { parse, relation } from '../database.ts';

const facts: Facts = {
  kind: 'r',
  key: [{ name: 'id', type: 23 }],
  columns: ['id', 'a"b'].map((name) => ({ name, type: 'text', generated: false, always: false, filled: false })),
  counting: true,
};

function treeOf(text: string): unknown {
  const outcome = parse('sql', text);
  if (!outcome.ok) throw new Error(`no SQL: ${text}: ${outcome.message}`);
  return outcome.tree;
}

const ACTIONS = { InsertStmt: 'insert', UpdateStmt: 'update', DeleteStmt: 'delete' } as const;

function changeIn(tree: unknown, alias = 't'): Change {
  const node = nodeAt(statementsOf(tree)[0]?.['stmt']);
  if (node === null) throw new Error('no statement');
  const action = Object.entries(ACTIONS).find(([type]) => type === node.type)?.[1] ?? 'delete';
  return { action, node, relation: relation('t', ['id', 'a"b']), alias, wavers: false, drifts: false };
}

/** The query that tries it, and whether it passes for that. */
function tried(text: string, own?: string, alias?: string): boolean | string {
  const tree = treeOf(text);
  const [statement] = statementsOf(tree);
  const plan = trialPlan(changeIn(tree, alias), facts, own ?? textOf(statement ?? {}, Buffer.from(text, 'utf8')));
  if (typeof plan === 'string') return plan;
  const outcome = parse('sql', plan.text);
  return outcome.ok && triesOnly(outcome.tree, treeOf(plan.frame), tree, plan.added);
}

describe('the query that tries a change', () => {
  it.each([
    'delete from t where id = 1',
    'delete from t where id = 1;',
    'delete from t where id = 1 -- the end',
    'delete from t where id = 1; -- the end',
    'delete from t where id = 1 /* ) */',
    '/* first */ delete from t where "a""b" = $tag$ ) RETURNING -- $tag$',
    "delete from t where id = 1 and e'\\')' <> ')'",
    "delete from t where u&'\\0041' = 'é' /* ünïcödé */",
    'delete from t returning *',
    'delete from t returning id, (select 1) as x -- ,',
    'update t set "a""b" = $1 where id = $2::int returning id as "hoopctl 9"',
    'insert into t (id) values (1), (2) on conflict do nothing',
    'insert into t (id) values (1) on conflict (id) do update set "a""b" = excluded."a""b"',
    'insert into t default values',
    'insert into t select * from t where id > 5',
    'with x as (select 1 as id) delete from t using x where x.id = t.id',
    'update t set id = id from (select 1) as s (n) where s.n = t.id',
  ])('is the change itself, with more to return: %s', (text) => {
    expect(tried(text)).toBe(true);
  });

  it.each([
    // What is written differs from what was judged.
    ['delete from t where id = 1', 'delete from t'],
    ['delete from t where id = 1', 'delete from t where id = 2'],
    ['delete from t where id = 1', 'delete from t where id = 1 returning id'],
    // It gets out of its place.
    ['delete from t where id = 1', 'delete from t where id = 1 returning 1), "x" as (delete from t returning 1'],
    ['delete from t where id = 1', 'select 1) select 2; delete from t where id = 1; with x as (delete from t'],
    ['delete from t where id = 1', 'delete from t where id = 1 returning 1) select 1 --'],
    ['delete from t where id = 1', 'delete from t where id = 1 /*'],
    ['delete from t where id = 1', "delete from t where id = 1 and 'x"],
    ['delete from t where id = 1', ''],
  ])('is no trial of “%s” when it is written as “%s”', (text, own) => {
    expect(tried(text, own)).toBe(false);
  });

  it('writes names so that they cannot be anything else', () => {
    const alias = 'o"o) select 1 --';
    const text = `delete from t as "${alias.replaceAll('"', '""')}"`;
    expect(tried(text, text, alias)).toBe(true);
  });

  it('is not made where rows cannot be told apart, or nobody counts', () => {
    const update = changeIn(treeOf('update t set id = 1'));
    const upsert = changeIn(treeOf('insert into t (id) values (1) on conflict (id) do update set id = 2'));
    for (const change of [update, upsert]) {
      expect(trialPlan(change, { ...facts, key: [] }, '')).toEqual(expect.stringContaining('primary key'));
    }
    expect(trialPlan(update, { ...facts, counting: false }, '')).toEqual(expect.stringContaining('track_counts'));
    expect(trialPlan(update, { ...facts, columns: [] }, '')).toEqual(expect.stringContaining('no columns'));
  });

  it('answers in one row, and in no other form', () => {
    expect(trialResult(['3', '3', 'ab12', '[["1"],["2"]]'])).toEqual({
      rows: 3,
      matched: 3,
      digest: 'ab12',
      keys: [['1'], ['2']],
    });
    expect(trialResult(['0', '0', null, null])).toMatchObject({ rows: 0, keys: [] });
    expect(trialResult(undefined)).toBeNull();
    expect(trialResult(['3', '3', '1', '[[1]]'])).toBeNull();
    expect(trialResult(['3', '3', '1', '{}'])).toBeNull();
  });
});
