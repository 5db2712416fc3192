import type { At } from './context.ts';
import { ACCESS } from './statements/access.ts';
import { CHANGES } from './statements/change.ts';
import { CODE } from './statements/code.ts';
import { COPY } from './statements/copy.ts';
import { DEFINITIONS } from './statements/define.ts';
import { MAINTENANCE } from './statements/maintenance.ts';
import { PREPARED } from './statements/prepared.ts';
import { QUERIES } from './statements/query.ts';
import { SESSION } from './statements/session.ts';
import { nodeAt, Unintelligible } from './tree.ts';
import { EXPRESSIONS, type Handler, PLAIN, visitFields } from './walk.ts';

/** What to do at each node that has a meaning of its own. */
const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  ...Object.entries(EXPRESSIONS),
  ...Object.entries(QUERIES),
  ...Object.entries(CHANGES),
  ...Object.entries(DEFINITIONS),
  ...Object.entries(CODE),
  ...Object.entries(ACCESS),
  ...Object.entries(SESSION),
  ...Object.entries(PREPARED),
  ...Object.entries(COPY),
  ...Object.entries(MAINTENANCE),
]);

/** Types of nodes that the visitor understands. */
export const UNDERSTOOD: ReadonlySet<string> = new Set([...HANDLERS.keys(), ...PLAIN]);

/** Deeper trees are refused: the stack is bounded, and the longest honest statements are far from it. */
const MAX_DEPTH = 1200;

/**
 * Visits a node and all below it.
 * @throws Unintelligible at a node it does not know
 */
export function visit(tree: unknown, at: At): void {
  const node = nodeAt(tree);
  if (node === null) return;
  const { run } = at;
  run.depth += 1;
  if (run.depth > MAX_DEPTH) throw new Unintelligible('nested too deep');
  const handler = HANDLERS.get(node.type);
  if (handler !== undefined) handler(node.body, at);
  else if (PLAIN.has(node.type)) visitFields(node.type, node.body, at);
  else throw new Unintelligible(`an unknown node: ${node.type}`);
  run.depth -= 1;
}
