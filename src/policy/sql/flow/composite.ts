import { listAt, nodeAt, textAt } from '../tree.ts';
import type { FlowAt } from './flow.ts';
import { fieldOf, type Row, rowCalled } from './row.ts';

/** The row that `(t)` in `(t).column` stands for; null where it may be anything else. */
export function rowNamed(tree: unknown, at: FlowAt): Row | null {
  const node = nodeAt(tree);
  if (node?.type !== 'ColumnRef') return null;
  const names = listAt(node.body['fields']).map(nodeAt);
  const [only] = names;
  if (names.length !== 1 || only?.type !== 'String') return null;
  const name = textAt(only.body['sval']) ?? '';
  // A column of that name comes first.
  const columns = at.level.ranges.some(({ row }) => fieldOf(row, name) !== undefined);
  return columns ? null : (rowCalled(at.level, name) ?? null);
}
