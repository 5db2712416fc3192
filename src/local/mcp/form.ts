import type { Grammar, Tree } from '../../core/grammar.ts';
import { bodyAt, listAt, type Node, nodeAt, statementsOf } from '../../policy/sql/tree.ts';

/** What a text is, as far as how it is sent goes. */
export interface Form {
  /** It is one statement. */
  readonly single: boolean;
  /** It is one that changes rows and may give rows of its own: the server has changed all before it gives the first. */
  readonly changes: boolean;
}

const UNKNOWN: Form = { single: false, changes: false };

/** What cannot be read is refused by the guard, in its own words, however it is sent. Never rejects. */
export async function formOf(grammar: Grammar, text: string): Promise<Form> {
  const outcome = await grammar.sql(text);
  if (!outcome.ok) return UNKNOWN;
  try {
    return treeForm(outcome.tree);
  } catch {
    return UNKNOWN;
  }
}

function treeForm(tree: Tree): Form {
  const [first, ...others] = statementsOf(tree);
  if (first === undefined || others.length > 0) return UNKNOWN;
  const statement = nodeAt(first['stmt']);
  return { single: true, changes: statement !== null && changesRows(statement) };
}

const CHANGING: ReadonlySet<string> = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

/** WITH holds statements that change rows at the top of a statement alone. */
function changesRows({ type, body }: Node): boolean {
  if (CHANGING.has(type)) return true;
  return listAt(bodyAt(body['withClause'])['ctes']).some((cte) => {
    const query = nodeAt(nodeAt(cte)?.body['ctequery']);
    return query !== null && CHANGING.has(query.type);
  });
}
