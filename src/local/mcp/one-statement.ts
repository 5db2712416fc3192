import type { Grammar } from '../../core/grammar.ts';

/**
 * Whether a text is one statement, as far as can be told; what cannot be read is refused by the guard, in its own words,
 * however it is sent.
 */
export async function isOneStatement(grammar: Grammar, text: string): Promise<boolean> {
  const outcome = await grammar.sql(text);
  if (!outcome.ok) return false;
  const { tree } = outcome;
  if (typeof tree !== 'object' || tree === null || !('stmts' in tree)) return false;
  return Array.isArray(tree.stmts) && tree.stmts.length === 1;
}
