import { nodeAt, Unintelligible } from '../tree.ts';
import { changeRow, isChange } from './change.ts';
import { deeper, type FlowAt } from './flow.ts';
import type { Row } from './row.ts';
import { queryRow } from './select.ts';

/** The columns that a query, or a change, gives. @throws Untraced, Unintelligible */
export function rowOf(tree: unknown, at: FlowAt): Row {
  const node = nodeAt(tree);
  if (node === null) throw new Unintelligible('a query was expected');
  if (isChange(node.type)) return changeRow(node, at);
  if (node.type !== 'SelectStmt') throw new Unintelligible('a query was expected');
  return deeper(at.flow, () => queryRow(node.body, at));
}
