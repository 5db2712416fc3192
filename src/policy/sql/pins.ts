import type { At } from './context.ts';
import { operatorFunctions } from './resolve.ts';
import type { Pins } from './scope.ts';
import { type Body, bodyAt, constantText, listAt, nameParts, nodeAt, textAt } from './tree.ts';

/**
 * Of a query that reads nothing but pg_catalog.pg_settings: the columns that stand in an equality with a
 * text, which is all there is to the condition or one of its ANDs. It holds for the output alone, since
 * conditions themselves are evaluated in any order. Null for every other query. This is how pg_dump
 * changes a setting only where the server has it.
 */
export function pinsOf(select: Body, at: At): Pins | null {
  const [source, ...others] = at.scope.sources;
  if (source === undefined || others.length > 0 || source.renamed || source.target === null) return null;
  if (listAt(select['fromClause']).length !== 1 || nodeAt(listAt(select['fromClause'])[0])?.type !== 'RangeVar')
    return null;
  const [candidate] = source.target.candidates;
  const settings = candidate?.schema === 'pg_catalog' && candidate.name === 'pg_settings';
  if (!settings || !source.target.certain || source.target.candidates.length > 1) return null;
  if (operatorFunctions(['='], at.names).length > 0) return null;
  const values = new Map<string, string>();
  for (const condition of conjuncts(select['whereClause'])) pin(condition, source.alias, values);
  return { scope: at.scope, alias: source.alias, values };
}

/** The text that `tree`, a column, is sure to hold here; null when that is not known. */
export function pinnedText(tree: unknown, { pins, scope }: At): string | null {
  if (pins === null || pins.scope !== scope) return null;
  const column = columnOf(tree, pins.alias);
  return column === null ? null : (pins.values.get(column) ?? null);
}

function conjuncts(tree: unknown): readonly unknown[] {
  const node = nodeAt(tree);
  if (node?.type !== 'BoolExpr' || node.body['boolop'] !== 'AND_EXPR') return node === null ? [] : [tree];
  return listAt(node.body['args']).flatMap(conjuncts);
}

function pin(condition: unknown, alias: string, values: Map<string, string>): void {
  const node = nodeAt(condition);
  if (node?.type !== 'A_Expr' || node.body['kind'] !== 'AEXPR_OP') return;
  const operator = nameParts(node.body['name']).join('.');
  if (operator !== '=' && operator !== 'pg_catalog.=') return;
  const column = columnOf(node.body['lexpr'], alias);
  const value = node.body['rexpr'];
  // A cast would compare by another type's rules.
  const text = nodeAt(value)?.type === 'A_Const' ? constantText(value) : null;
  if (column !== null && text !== null) values.set(column, text);
}

/** The name of a column of the table called `alias`; null for anything else. */
function columnOf(tree: unknown, alias: string): string | null {
  const node = nodeAt(tree);
  if (node?.type !== 'ColumnRef') return null;
  const fields = listAt(node.body['fields']).map((field) => {
    const part = nodeAt(field);
    return part?.type === 'String' ? textAt(bodyAt(part.body)['sval']) : null;
  });
  const column = fields.at(-1) ?? null;
  if (fields.length === 1) return column;
  return fields.length === 2 && fields[0] === alias ? column : null;
}
