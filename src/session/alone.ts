/*
 * Statements that are judged without asking the server anything. Some must come before any query of their transaction,
 * or be the first to run in a pipeline, and a question of the proxy's own would be that query.
 */

const NAMELESS: ReadonlySet<string> = new Set(['TransactionStmt', 'VariableSetStmt', 'VariableShowStmt']);

/** True for texts of statements that look up no names: to begin and end transactions, and to set what they run under. */
export function looksUpNothing(tree: unknown): boolean {
  const statements = (tree as { readonly stmts?: readonly { readonly stmt?: object }[] }).stmts ?? [];
  return (
    statements.length > 0 && statements.every(({ stmt }) => Object.keys(stmt ?? {}).every((type) => NAMELESS.has(type)))
  );
}

const UNMISTAKABLE = /^[\t\n\r\x20-\x5b\x5d-\x7e]*$/u;

/**
 * True for a text without anything that another `standard_conforming_strings` or `client_encoding` would make mean
 * something else: whether code has changed them just now need not be asked.
 */
export function isUnmistakable(text: string): boolean {
  return UNMISTAKABLE.test(text);
}
