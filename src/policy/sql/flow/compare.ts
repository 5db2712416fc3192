import { fieldsOf } from '../nodes.ts';
import { operatorFunctions } from '../resolve.ts';
import { type Body, isBody, listAt, nodeAt } from '../tree.ts';
import { chooses, entrusted, type FlowAt, Untraced } from './flow.ts';
import { CLEAN, joined, type Value } from './value.ts';

/** One side of a comparison, and its tree where there is one. */
export interface Side {
  readonly value: Value;
  readonly tree: unknown;
}

export const side = (tree: unknown, at: FlowAt): Side => ({ value: at.flow.valueOf(tree, at), tree });

/**
 * Values compared for equality. A masked value may be compared with another, or with what is the same for all rows: a
 * guess. Compared with another column it would be found out row by row, from what stands in that one.
 */
export function equal(sides: readonly Side[], at: FlowAt): Value {
  const values = sides.map(({ value }) => value);
  if (['=', '<>'].some((name) => operatorFunctions([name], at.names).length > 0)) {
    entrusted(joined(values, 'final'), 'are passed to an operator of somebody’s own', at);
  }
  for (const value of values) chooses(value, 'are compared in part', at);
  const all = joined(values, 'match');
  const varying = sides.some(({ value, tree }) => value === CLEAN && !isFixed(tree));
  if (all !== null && varying && at.flow.masks.inference !== 'allow') {
    throw new Untraced(all.sources, 'are compared with what differs from row to row', GUESS);
  }
  return all;
}

const GUESS = 'Compare them with a constant or a parameter.';

/** Pairs of two rows of the same length, compared one by one. */
export function equalRows(left: Body, right: Body, at: FlowAt): Value {
  const [some, others] = [listAt(left['args']), listAt(right['args'])];
  const pairs = some.map((tree, index) => equal([side(tree, at), side(others[index], at)], at));
  return joined(pairs, 'match');
}

const VARYING: ReadonlySet<string> = new Set(['ColumnRef', 'SubLink', 'FuncCall', 'CurrentOfExpr', 'SelectStmt']);
const SAME_FOR_ALL: ReadonlySet<string> = new Set(['lower', 'upper', 'md5', 'concat', 'btrim', 'now', 'coalesce']);

/** True for what is made of constants and parameters alone, so that it is one value for the whole statement. */
function isFixed(tree: unknown): boolean {
  const node = nodeAt(tree);
  if (node === null) return true;
  const plain = node.type === 'FuncCall' && SAME_FOR_ALL.has(lastName(node.body['funcname']));
  if (VARYING.has(node.type) && !plain) return false;
  const fields = fieldsOf(node.type);
  return Object.entries(node.body).every(([name, value]) => {
    const kind = fields?.get(name);
    if (kind === undefined || kind === null) return true;
    if (kind === 'nodes') return listAt(value).every(isFixed);
    return kind === 'node' ? isFixed(value) : !isBody(value) || isFixed({ [kind]: value });
  });
}

function lastName(tree: unknown): string {
  const node = nodeAt(listAt(tree).at(-1));
  return node?.type === 'String' && typeof node.body['sval'] === 'string' ? node.body['sval'] : '';
}
