import { fieldsOf } from '../nodes.ts';
import { functionsNamed, operatorFunctions } from '../resolve.ts';
import { type Body, isBody, listAt, nameParts, type Node, nodeAt } from '../tree.ts';
import { chooses, entrusted, type FlowAt, Untraced } from './flow.ts';
import { joined, type Value } from './value.ts';

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
  const masked = values.filter((value) => value !== null);
  // What is mixed with masked values is compared with them, too.
  const mixed = masked.length > 1 && masked.some(({ form }) => form === 'mixed');
  const varying = mixed || sides.some(({ value, tree }) => value === null && !isFixed(tree, at));
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

const VARYING: ReadonlySet<string> = new Set(['ColumnRef', 'SubLink', 'CurrentOfExpr', 'SelectStmt']);
/** Functions of the server's that give the same for the same arguments; others may give something else for each row. */
const STEADY: ReadonlySet<string> = new Set(['lower', 'upper', 'md5', 'concat', 'btrim', 'now']);

/** True for what is made of constants and parameters alone, so that it is one value for the whole statement. */
function isFixed(tree: unknown, at: FlowAt): boolean {
  const node = nodeAt(tree);
  if (node === null) return true;
  if (VARYING.has(node.type) || !isSteady(node, at)) return false;
  const fields = fieldsOf(node.type);
  return Object.entries(node.body).every(([name, value]) => {
    const kind = fields?.get(name);
    if (kind === undefined || kind === null) return true;
    if (kind === 'nodes') return listAt(value).every((item) => isFixed(item, at));
    return isFixed(kind === 'node' || !isBody(value) ? value : { [kind]: value }, at);
  });
}

function isSteady({ type, body }: Node, at: FlowAt): boolean {
  switch (type) {
    // A function's own parameters are another's for each call.
    case 'ParamRef':
      return at.parameters === null;
    case 'FuncCall': {
      const { name, functions } = functionsNamed(nameParts(body['funcname']), at.names);
      return functions.length === 0 && STEADY.has(name);
    }
    case 'A_Expr':
      return operatorFunctions(nameParts(body['name']), at.names).length === 0;
    default:
      return true;
  }
}
