/** What a part of a statement is: parts of one sort can stand for each other. */
export type Sort = ValueSort | 'query' | 'source' | 'clause' | 'item' | 'statement';

export type ValueSort = 'int' | 'number' | 'text' | 'bool' | 'date' | 'json' | 'array' | 'bytes' | 'address';

/** A part of a statement. Its text is that of its parts. */
export interface Piece {
  readonly sort: Sort;
  readonly parts: readonly (string | Piece)[];
  /** The statement makes sense without it. */
  readonly optional?: true;
  /** It names a masked column. */
  readonly secret?: true;
  /** It orders the whole result, by columns that tell all rows apart. */
  readonly orders?: true;
}

export function textOf(piece: Piece): string {
  return piece.parts.map((part) => (typeof part === 'string' ? part : textOf(part))).join('');
}

const children = (piece: Piece): Piece[] => piece.parts.filter((part) => typeof part !== 'string');

export function* within(piece: Piece): Generator<Piece> {
  yield piece;
  for (const child of children(piece)) yield* within(child);
}

/** Whether a masked column is named anywhere in it. */
export function holdsSecret(piece: Piece): boolean {
  for (const each of within(piece)) if (each.secret === true) return true;
  return false;
}

/** Whether the rows come in an order that is known. */
export function isOrdered(piece: Piece): boolean {
  return children(piece).some((child) => child.orders === true);
}

/** Values that may stand for any other of their sort. */
const simplest: Partial<Record<Sort, string>> = {
  int: '1',
  number: '1.5',
  text: "'x'",
  bool: 'true',
  date: "date '2024-01-01'",
  json: "'{}'::jsonb",
  array: "array['x']",
  bytes: "'\\x00'::bytea",
};

/** What a piece can be replaced with, the shortest first. */
function* replacements(piece: Piece): Generator<Piece> {
  if (piece.optional === true && piece.parts.length > 0) yield { sort: piece.sort, parts: [] };
  const text = simplest[piece.sort];
  if (text !== undefined && textOf(piece) !== text) yield { sort: piece.sort, parts: [text] };
  for (const child of children(piece)) {
    for (const inner of within(child)) if (inner.sort === piece.sort && inner.optional !== true) yield inner;
  }
}

/** Trees with one piece made simpler, outer pieces first. */
export function* simpler(piece: Piece): Generator<Piece> {
  yield* replacements(piece);
  for (const [index, part] of piece.parts.entries()) {
    if (typeof part === 'string') continue;
    for (const other of simpler(part)) yield { ...piece, parts: piece.parts.with(index, other) };
  }
}

/** The simplest tree that can be found, within this many attempts, of which `fails` is true as well. */
export async function shrink(tree: Piece, fails: (tree: Piece) => Promise<boolean>, attempts = 600): Promise<Piece> {
  let current = tree;
  let left = attempts;
  for (;;) {
    let found: Piece | null = null;
    for (const candidate of simpler(current)) {
      if (textOf(candidate).length >= textOf(current).length) continue;
      if (left === 0) return current;
      left -= 1;
      if (await fails(candidate)) {
        found = candidate;
        break;
      }
    }
    if (found === null) return current;
    current = found;
  }
}
