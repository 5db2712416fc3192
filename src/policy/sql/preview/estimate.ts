import type { Analysis } from '../../analysis.ts';
import { isBody, nodeAt, shapeOf, statementsOf } from '../tree.ts';

const PLANNED: ReadonlySet<string> = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

/** The text that makes the server say what it expects of a statement; null where it cannot be asked. `own`: its text. */
export function estimateQuestion(tree: unknown, own: string): string | null {
  const [statement, ...more] = statementsOf(tree);
  const type = nodeAt(statement?.['stmt'])?.type ?? '';
  return more.length > 0 || !PLANNED.has(type) ? null : `EXPLAIN (FORMAT JSON) ${own}`;
}

/** Whether `explained` explains exactly the statement of `tree`, and nothing else. */
export function explainsOnly(explained: unknown, tree: unknown): boolean {
  const [statement, ...more] = statementsOf(explained);
  const node = nodeAt(statement?.['stmt']);
  if (more.length > 0 || node?.type !== 'ExplainStmt') return false;
  const { query, ...rest } = node.body;
  return shapeOf(rest) === OPTIONS && shapeOf(query) === shapeOf(statementsOf(tree)[0]?.['stmt']);
}

/** The shape of (FORMAT JSON). */
const OPTIONS =
  '{"options":[{"DefElem":{"defname":"format","arg":{"String":{"sval":"json"}},"defaction":"DEFELEM_UNSPEC"}}]}';

/**
 * Whether planning runs nothing and shows nothing: functions of constants are computed by the planner, and what it
 * estimates of masked columns measures them. `analysis`: of the text that explains.
 */
export function mayBePlanned({ statements }: Analysis): boolean {
  return statements.every(({ effects, functions, masking }) => {
    const reads = effects.every(
      ({ action, object, opaque }) => action === 'select' && !opaque && READ.has(object ?? ''),
    );
    const known = functions.every(({ knowledge }) => knowledge !== 'opaque');
    return reads && known && (masking === null || (masking.refusal === null && masking.columns === null));
  });
}

const READ: ReadonlySet<string> = new Set(['table', 'view', 'materialized-view']);

/** The rows that a plan says it touches or returns; null when it is none. */
export function rowsPlanned(text: string | null | undefined): number | null {
  const value: unknown = typeof text === 'string' ? JSON.parse(text) : null;
  const first: unknown = Array.isArray(value) ? value[0] : null;
  return isBody(first) ? rowsOf(first['Plan']) : null;
}

function rowsOf(plan: unknown): number | null {
  if (!isBody(plan)) return null;
  const below: unknown = plan['Plans'];
  if (plan['Node Type'] === 'ModifyTable' && Array.isArray(below)) {
    // The rows that are changed come from below; the node itself gives those of RETURNING.
    const source: unknown = below.find((one) => isBody(one) && one['Parent Relationship'] === 'Outer');
    return rowsOf(source);
  }
  const rows = plan['Plan Rows'];
  return typeof rows === 'number' ? rows : null;
}
