/** A place in a file; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Something wrong with a file, in words that never repeat a secret. */
export interface Problem {
  readonly at: Position;
  readonly message: string;
}

/** A YAML file as plain data that still knows where everything stands. */
export type Node =
  | { readonly kind: 'map'; readonly at: Position; readonly entries: readonly Entry[] }
  | { readonly kind: 'list'; readonly at: Position; readonly items: readonly Node[] }
  | {
      readonly kind: 'scalar';
      readonly at: Position;
      readonly value: string | number | boolean | null;
      /** Set when the word `null` was written, not left out. */
      readonly explicit?: true;
    };

export interface Entry {
  readonly key: string;
  readonly keyAt: Position;
  readonly value: Node;
}

/** The entry's value, or null when the node is no map or has no such key. */
export function valueAt(node: Node, key: string): Node | null {
  if (node.kind !== 'map') return null;
  return node.entries.find((entry) => entry.key === key)?.value ?? null;
}

export const START: Position = { line: 1, column: 1 };
