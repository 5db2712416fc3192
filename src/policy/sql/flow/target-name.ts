import { listAt, nameParts, nodeAt, textAt } from '../tree.ts';

/** What the server calls a target without a name of its own; null where that is not told here. */
export function nameOf(tree: unknown): string | null {
  const node = nodeAt(tree);
  switch (node?.type) {
    case 'ColumnRef':
      return lastName(node.body['fields']);
    case 'A_Indirection':
      return lastName(node.body['indirection']) ?? nameOf(node.body['arg']);
    case 'FuncCall':
      return nameParts(node.body['funcname']).at(-1) ?? null;
    case 'CollateClause':
      return nameOf(node.body['arg']);
    default:
      return null;
  }
}

function lastName(tree: unknown): string | null {
  const names = listAt(tree)
    .map(nodeAt)
    .filter((node) => node?.type === 'String');
  return textAt(names.at(-1)?.body['sval']);
}
