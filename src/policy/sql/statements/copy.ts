import { type At, emit } from '../context.ts';
import { touch } from '../relations.ts';
import { relationsOf } from '../resolve.ts';
import { childScope } from '../scope.ts';
import { type Body, bodyAt, nameParts, textAt } from '../tree.ts';
import { addSource, closeScope, type Handler, visitFields } from '../walk.ts';

function copy(body: Body, at: At): void {
  const from = body['is_from'] === true;
  at.run.evaluates = true;
  const file = textAt(body['filename']);
  if (body['is_program'] === true) emit(at, { action: 'copy-program', object: 'system', name: file });
  else if (file !== null) emit(at, { action: 'copy-file', object: 'system', name: file });
  const elsewhere = file !== null || body['is_program'] === true;
  if (body['query'] !== undefined) copyQuery(body, elsewhere, at);
  else if (from) copyFrom(body, elsewhere, at);
  else copyTo(body, elsewhere, at);
}

function columnsOf(body: Body): readonly string[] | 'all' {
  const columns = nameParts(body['attlist'] ?? []);
  return columns.length === 0 ? 'all' : columns;
}

function copyFrom(body: Body, elsewhere: boolean, at: At): void {
  const range = bodyAt(body['relation']);
  const target = relationsOf(range, at.names);
  const columns = columnsOf(body);
  if (!elsewhere) {
    touch(target, { action: 'copy-in', columns }, at);
    at.run.changes.push({ kind: 'copy-in' });
  }
  touch(target, { action: 'insert', columns }, at);
  const inside: At = { ...at, scope: childScope(at.scope) };
  addSource(range, inside, false);
  visitFields('CopyStmt', body, inside, ['relation', 'query']);
  closeScope(inside);
}

function copyTo(body: Body, elsewhere: boolean, at: At): void {
  const target = relationsOf(bodyAt(body['relation']), at.names);
  const columns = columnsOf(body);
  // COPY reads the table alone, not its children; what it says of them is said once too often.
  if (!elsewhere) touch(target, { action: 'copy-out', columns }, at);
  touch(target, { action: 'select', columns }, at);
  visitFields('CopyStmt', body, at, ['relation', 'query']);
}

/** Everything the query reads goes out. */
function copyQuery(body: Body, elsewhere: boolean, at: At): void {
  const before = new Set(at.run.effects.keys());
  visitFields('CopyStmt', body, at, ['relation']);
  if (elsewhere) return;
  const read = [...at.run.effects].filter(([key, { action }]) => !before.has(key) && action === 'select');
  for (const [, effect] of read) emit({ ...at, via: effect.via }, { ...effect, action: 'copy-out' });
  if (read.length === 0) emit(at, { action: 'copy-out', object: 'system' });
}

export const COPY: Readonly<Record<string, Handler>> = { CopyStmt: copy };
