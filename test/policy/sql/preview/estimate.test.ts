import { describe, expect, it } from 'vitest';
import { estimateQuestion, explainsOnly, rowsPlanned } from '../../../../src/policy/sql/preview/estimate.ts';
import { parse } from '../database.ts';

function treeOf(text: string): unknown {
  const outcome = parse('sql', text);
  if (!outcome.ok) throw new Error(`no SQL: ${text}`);
  return outcome.tree;
}

describe('asking what the server expects', () => {
  it.each(['select 1', 'delete from t -- x', "insert into t values ('a')", 'update t set a = $1'])(
    'explains the statement itself: %s',
    (text) => {
      const tree = treeOf(text);
      const question = estimateQuestion(tree, text);
      expect(question).not.toBeNull();
      expect(explainsOnly(treeOf(question ?? ''), tree)).toBe(true);
    },
  );

  it.each(['create table t ()', 'call p()', 'select 1; select 2', 'explain select 1', 'copy t to stdout'])(
    'is not asked of %s',
    (text) => {
      expect(estimateQuestion(treeOf(text), text)).toBeNull();
    },
  );

  it('never runs it, whatever is written in its place', () => {
    const tree = treeOf('delete from t where a = 1');
    for (const text of [
      'explain (format json) delete from t where a = 2',
      'explain (format json, analyze) delete from t where a = 1',
      'explain analyze delete from t where a = 1',
      'explain (format json) delete from t where a = 1; delete from t',
      'delete from t where a = 1',
    ]) {
      expect(explainsOnly(treeOf(text), tree)).toBe(false);
    }
  });

  it('takes the rows that a plan changes from what is below it', () => {
    const plan = (below: unknown) =>
      JSON.stringify([{ Plan: { 'Node Type': 'ModifyTable', 'Plan Rows': 0, Plans: below } }]);
    expect(rowsPlanned(plan([{ 'Parent Relationship': 'Outer', 'Plan Rows': 12 }]))).toBe(12);
    expect(
      rowsPlanned(
        plan([
          { 'Parent Relationship': 'InitPlan', 'Plan Rows': 1 },
          { 'Parent Relationship': 'Outer', 'Plan Rows': 5 },
        ]),
      ),
    ).toBe(5);
    expect(rowsPlanned(JSON.stringify([{ Plan: { 'Node Type': 'Seq Scan', 'Plan Rows': 7 } }]))).toBe(7);
    for (const text of [null, undefined, '[]', '{}', '[{"Plan":{"Plan Rows":"7"}}]', plan([])]) {
      expect(rowsPlanned(text)).toBeNull();
    }
  });
});
