import { type At, emit, followOnce, treeOf } from '../context.ts';
import { childScope } from '../scope.ts';
import { type Body, nodeAt, requiredText, textAt, statementsOf } from '../tree.ts';
import { type Handler, visitFields, visitList } from '../walk.ts';

/** The query is judged where it is prepared, and again where it is executed. */
function prepare(body: Body, at: At): void {
  visitFields('PrepareStmt', body, at);
  // In code it may run or not, or fail unnoticed: what the name stands for from then on cannot be told.
  if (at.via.length > 0) emit(at, { action: 'dynamic', opaque: true }, 'PREPARE');
  at.run.changes.push({ kind: 'prepare', name: requiredText(body['name']), text: at.text });
}

/** Every text the name may stand for: those of the connection, and those of this same text. */
function execute(body: Body, at: At): void {
  const name = requiredText(body['name']);
  visitList(body['params'], at);
  const texts = at.run.preparedTexts(name);
  if (texts.length === 0) {
    emit(at, { action: 'unknown', name, opaque: true, certain: false }, `EXECUTE ${name}`);
    return;
  }
  for (const text of texts) {
    const inside: At = {
      ...at,
      names: at.dynamic,
      scope: childScope(null),
      via: [...at.via, `EXECUTE ${name}`],
      text,
    };
    const key = `execute ${text}`;
    followOnce(at.run, key, () => {
      const parsed = treeOf(at.run, 'sql', text);
      if (parsed === 'pending') return 'followed';
      if (parsed === 'failed') emit(inside, { action: 'unknown', name, opaque: true, certain: false });
      else visitPrepared(parsed.tree, inside);
      return 'followed';
    });
  }
}

/** A text that prepares by SQL stands for what it prepares. */
function visitPrepared(tree: unknown, at: At): void {
  for (const statement of statementsOf(tree)) {
    const node = nodeAt(statement['stmt']);
    if (node?.type === 'PrepareStmt') visitFields('PrepareStmt', node.body, at);
    else at.run.visit(statement['stmt'], at);
  }
}

export const PREPARED: Readonly<Record<string, Handler>> = {
  PrepareStmt: prepare,
  ExecuteStmt: execute,
  DeallocateStmt: (body, at) => {
    at.run.changes.push({ kind: 'deallocate', name: textAt(body['name']) });
  },
};
