/** Raised inside the analysis and caught at its edge: the statement is not understood, and refused. */
export class Unintelligible extends Error {
  override readonly name = 'Unintelligible';
}

/** The fields of a node. */
export type Body = Readonly<Record<string, unknown>>;

export interface Node {
  readonly type: string;
  readonly body: Body;
}

export const NOTHING: Body = {};

export function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A tree's node. Null where the tree says there is none (absent, or the parser's empty object).
 * @throws Unintelligible when it has another shape
 */
export function nodeAt(tree: unknown): Node | null {
  if (tree === undefined || tree === null) return null;
  if (!isBody(tree)) throw new Unintelligible('a node was expected');
  const types = Object.keys(tree);
  const [type] = types;
  if (type === undefined) return null;
  const body = tree[type];
  if (types.length !== 1 || !isBody(body)) throw new Unintelligible('a node with one type was expected');
  return { type, body };
}

/** The fields a typed field holds; empty when absent. */
export function bodyAt(tree: unknown): Body {
  if (tree === undefined || tree === null) return NOTHING;
  if (!isBody(tree)) throw new Unintelligible('a node was expected');
  return tree;
}

/**
 * The statements of a parsed text.
 * @throws Unintelligible when the tree is not one of a text
 */
export function statementsOf(tree: unknown): readonly Body[] {
  if (!isBody(tree)) throw new Unintelligible('a parsed text was expected');
  for (const key of Object.keys(tree)) {
    if (key !== 'version' && key !== 'stmts') throw new Unintelligible('an unknown field of a parsed text');
  }
  return listAt(tree['stmts']).map((statement) => {
    if (!isBody(statement)) throw new Unintelligible('a statement was expected');
    for (const key of Object.keys(statement)) {
      if (!['stmt', 'stmt_location', 'stmt_len'].includes(key))
        throw new Unintelligible('an unknown field of a statement');
    }
    return statement;
  });
}

export function listAt(tree: unknown): readonly unknown[] {
  if (tree === undefined || tree === null) return [];
  if (!Array.isArray(tree)) throw new Unintelligible('a list was expected');
  return tree;
}

export function textAt(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw new Unintelligible('a text was expected');
  return value;
}

export function requiredText(value: unknown): string {
  const text = textAt(value);
  if (text === null || text === '') throw new Unintelligible('a name was expected');
  return text;
}

/** The parts of a dotted name: a list of String nodes, bare or in a List node. */
export function nameParts(tree: unknown): readonly string[] {
  if (Array.isArray(tree)) return tree.map(namePart);
  const node = nodeAt(tree);
  if (node === null) return [];
  if (node.type === 'List') return listAt(node.body['items']).map(namePart);
  if (node.type === 'TypeName') return nameParts(node.body['names']);
  if (node.type === 'ObjectWithArgs') return nameParts(node.body['objname']);
  return [namePart(tree)];
}

function namePart(tree: unknown): string {
  const node = nodeAt(tree);
  if (node?.type === 'String') return textAt(node.body['sval']) ?? '';
  throw new Unintelligible('a part of a name was expected');
}

/** The value of a text constant, seen through casts to a text type; null for anything else. */
export function constantText(tree: unknown): string | null {
  const node = textNode(tree);
  if (node?.type === 'String') return textAt(node.body['sval']) ?? '';
  return node === null ? null : (textAt(bodyAt(node.body['sval'])['sval']) ?? '');
}

/** True where `constantText` gives a text; the text itself is not looked at. */
export function isConstantText(tree: unknown): boolean {
  return textNode(tree) !== null;
}

/** The String or the text's A_Const. */
function textNode(tree: unknown): Node | null {
  const node = nodeAt(tree);
  if (node?.type === 'String') return node;
  if (node?.type === 'A_Const') return Object.hasOwn(node.body, 'sval') ? node : null;
  if (node?.type !== 'TypeCast') return null;
  const names = nameParts(bodyAt(node.body['typeName'])['names']);
  const type = names.at(-1);
  const plain = type === 'text' || type === 'varchar' || type === 'regclass' || type === 'name';
  return plain && (names.length === 1 || names[0] === 'pg_catalog') ? textNode(node.body['arg']) : null;
}

/** The integer a constant holds, where the parser leaves out zero; null for anything else. */
export function constantInteger(tree: unknown): number | null {
  const node = nodeAt(tree);
  if (node?.type === 'Integer') return integerOf(node.body);
  if (node?.type === 'A_Const' && node.body['ival'] !== undefined) return integerOf(bodyAt(node.body['ival']));
  return null;
}

function integerOf(body: Body): number {
  const value = body['ival'] ?? 0;
  if (typeof value !== 'number') throw new Unintelligible('a number was expected');
  return value;
}

/** Options of a statement: `name` lower-case, `value` the node or undefined. */
export function definitions(tree: unknown): readonly { readonly name: string; readonly value: unknown }[] {
  return listAt(tree).map((item) => {
    const node = nodeAt(item);
    if (node?.type !== 'DefElem') throw new Unintelligible('an option was expected');
    return { name: (textAt(node.body['defname']) ?? '').toLowerCase(), value: node.body['arg'] };
  });
}

/** An option is on unless it says otherwise; words that the server does not take make it refuse. */
export function mayBeOn(tree: unknown): boolean {
  const node = nodeAt(tree);
  if (node === null) return true;
  if (node.type === 'Integer') return (node.body['ival'] ?? 0) !== 0;
  if (node.type === 'Boolean') return node.body['boolval'] === true;
  if (node.type !== 'String') return true;
  const word = (textAt(node.body['sval']) ?? '').toLowerCase();
  return word !== 'off' && word !== 'false' && word !== '0';
}

/** Fields that say where in the text something stands. */
export const POSITIONS: ReadonlySet<string> = new Set([
  'location',
  'rexpr_list_start',
  'rexpr_list_end',
  'list_start',
  'list_end',
]);

/** A tree without its positions, for comparing. */
export function shapeOf(tree: unknown): string {
  return JSON.stringify(tree, (key, value: unknown) => (POSITIONS.has(key) ? undefined : value)) ?? '';
}
