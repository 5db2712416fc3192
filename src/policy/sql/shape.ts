import { type FieldKind, fieldsOf } from './nodes.ts';
import { isBody, nodeAt, statementsOf, Unintelligible } from './tree.ts';

/** Deeper trees are refused: the stack is bounded, and the longest honest statements are far from it. */
const MAX_DEPTH = 1200;

const CHECKED = new WeakSet<object>();

/**
 * Holds a tree against the list of nodes and fields, so that nothing in it is passed over only because
 * nobody looks for it.
 * @throws Unintelligible at a node or a field that is not known, and at trees nested too deep
 */
export function checkShape(tree: unknown): void {
  if (!isBody(tree) || CHECKED.has(tree)) return;
  checkNode(tree, 0);
  CHECKED.add(tree);
}

/** Names that are longer than this in UTF-8 may be cut elsewhere by a server that keeps text in another encoding. */
const SURELY_WHOLE = 45;

/**
 * A server that keeps text in another encoding cuts and folds names of other letters in its own way.
 * @throws Unintelligible where a name could mean another one there
 */
export function checkNames(tree: unknown, encoding: string): void {
  if (encoding === 'UTF8') return;
  if (Array.isArray(tree)) for (const item of tree) checkNames(item, encoding);
  else if (isBody(tree)) {
    for (const [key, value] of Object.entries(tree)) if (key !== 'A_Const') checkNames(value, encoding);
  } else if (typeof tree === 'string' && /[^\p{ASCII}]/u.test(tree)) {
    const cut = Buffer.byteLength(tree) > SURELY_WHOLE;
    if (cut || /(?!\p{ASCII})\p{Lu}/u.test(tree))
      throw new Unintelligible('a name that the server may read as another');
  }
}

/** The same for all statements of a parsed text. */
export function checkStatements(tree: unknown): void {
  for (const statement of statementsOf(tree)) checkShape(statement['stmt']);
}

function checkNode(tree: unknown, depth: number): void {
  const node = nodeAt(tree);
  if (node !== null) checkFields(node.type, node.body, depth);
}

function checkFields(type: string, body: Readonly<Record<string, unknown>>, depth: number): void {
  if (depth > MAX_DEPTH) throw new Unintelligible('nested too deep');
  const fields = fieldsOf(type);
  if (fields === undefined) throw new Unintelligible(`an unknown node: ${type}`);
  for (const [field, value] of Object.entries(body)) {
    const kind = fields.get(field);
    if (kind === undefined) throw new Unintelligible(`an unknown field of ${type}`);
    checkField(kind, value, depth + 1);
  }
}

function checkField(kind: FieldKind, value: unknown, depth: number): void {
  if (kind === null) {
    if (typeof value === 'object' && value !== null) throw new Unintelligible('a plain value was expected');
  } else if (kind === 'node') checkNode(value, depth);
  else if (kind === 'nodes') {
    if (!Array.isArray(value)) throw new Unintelligible('a list was expected');
    for (const item of value) checkNode(item, depth);
  } else if (isBody(value)) checkFields(kind, value, depth);
  else throw new Unintelligible('a node was expected');
}
