import { type At, later, through } from '../context.ts';
import { pinsOf } from '../pins.ts';
import { touch } from '../relations.ts';
import type { Source } from '../scope.ts';
import { type Body, bodyAt, listAt, mayBeOn, nodeAt, requiredText, textAt, Unintelligible } from '../tree.ts';
import { addOther, addSource, closeScope, type Handler, openScope, visitFields, visitList } from '../walk.ts';
import { whereOf } from '../where.ts';
import { createRelation } from './create-relation.ts';

function select(body: Body, at: At): void {
  const inside = openScope(body, at);
  visitList(body['fromClause'], inside);
  visitList(body['targetList'], { ...inside, pins: pinsOf(body, inside) });
  const special = ['withClause', 'fromClause', 'targetList', 'lockingClause', 'intoClause'];
  visitFields('SelectStmt', body, inside, special);
  visitList(body['lockingClause'], inside);
  closeScope(inside);
  if (body['intoClause'] !== undefined) at.run.visit({ IntoClause: body['intoClause'] }, at);
}

/** FOR UPDATE and the like: on the tables named, or on all of FROM. */
function locking(body: Body, at: At): void {
  visitFields('LockingClause', body, at, ['lockedRels']);
  const named = listAt(body['lockedRels']).map((item) => requiredText(nodeAt(item)?.body['relname']));
  for (const source of [...at.scope.sources, ...at.scope.below]) {
    const meant = named.length === 0 || named.includes(source.alias) || at.scope.below.includes(source);
    if (source.target !== null && meant) touch(source.target, { action: 'lock', columns: null, only: source.only }, at);
  }
}

function insert(body: Body, at: At): void {
  const inside = openScope(body, at);
  at.run.evaluates = true;
  at.run.visit(body['selectStmt'], inside);
  const target = addSource(bodyAt(body['relation']), inside, false);
  const known = ['withClause', 'selectStmt', 'relation', 'onConflictClause', 'returningClause'];
  visitFields('InsertStmt', body, inside, known);
  if (body['onConflictClause'] !== undefined) onConflict(bodyAt(body['onConflictClause']), target, inside);
  returning(body['returningClause'], target, inside);
  closeScope(inside);
  const columns = targetNames(body['cols']);
  touchTarget(target, { action: 'insert', columns: columns.length === 0 ? 'all' : columns }, inside);
}

function onConflict(body: Body, target: Source, at: At): void {
  addOther('excluded', at.scope);
  visitFields('OnConflictClause', body, at);
  if (body['action'] !== 'ONCONFLICT_UPDATE') return;
  // It reaches only rows that the insert ran into.
  touchTarget(target, { action: 'update', columns: targetNames(body['targetList']), where: 'present' }, at);
}

function update(body: Body, at: At): void {
  const inside = openScope(body, at);
  const target = addSource(bodyAt(body['relation']), inside, false);
  visitList(body['fromClause'], inside);
  visitFields('UpdateStmt', body, inside, ['withClause', 'relation', 'fromClause', 'returningClause']);
  returning(body['returningClause'], target, inside);
  closeScope(inside);
  const where = whereOf(body['whereClause'], target, at.run.catalog);
  touchTarget(target, { action: 'update', columns: targetNames(body['targetList']), where }, inside);
}

function remove(body: Body, at: At): void {
  const inside = openScope(body, at);
  const target = addSource(bodyAt(body['relation']), inside, false);
  visitList(body['usingClause'], inside);
  visitFields('DeleteStmt', body, inside, ['withClause', 'relation', 'usingClause', 'returningClause']);
  returning(body['returningClause'], target, inside);
  closeScope(inside);
  touchTarget(
    target,
    { action: 'delete', columns: 'all', where: whereOf(body['whereClause'], target, at.run.catalog) },
    inside,
  );
}

function merge(body: Body, at: At): void {
  const inside = openScope(body, at);
  const target = addSource(bodyAt(body['relation']), inside, false);
  at.run.visit(body['sourceRelation'], inside);
  const known = ['withClause', 'relation', 'sourceRelation', 'returningClause'];
  visitFields('MergeStmt', body, inside, known);
  returning(body['returningClause'], target, inside);
  closeScope(inside);
  touchTarget(target, { action: 'merge', columns: 'all' }, inside);
  for (const clause of listAt(body['mergeWhenClauses'])) {
    const when = nodeAt(clause)?.body;
    if (when !== undefined) mergePart(when, body['joinCondition'], target, inside);
  }
}

function mergePart(when: Body, join: unknown, target: Source, at: At): void {
  const condition = whereOf(when['condition'], target, at.run.catalog);
  const unmatched = when['matchKind'] === 'MERGE_WHEN_NOT_MATCHED_BY_SOURCE';
  const joined = unmatched ? 'absent' : whereOf(join, target, at.run.catalog);
  const where = condition === 'present' || joined === 'present' ? 'present' : 'absent';
  const names = targetNames(when['targetList']);
  const columns = names.length === 0 ? 'all' : names;
  switch (when['commandType']) {
    case 'CMD_INSERT':
      return touchTarget(target, { action: 'insert', columns }, at);
    case 'CMD_UPDATE':
      return touchTarget(target, { action: 'update', columns, where }, at);
    case 'CMD_DELETE':
      return touchTarget(target, { action: 'delete', columns: 'all', where }, at);
    case 'CMD_NOTHING':
      return undefined;
    default:
      throw new Unintelligible('an unknown action of MERGE');
  }
}

function touchTarget(source: Source, what: Omit<Parameters<typeof touch>[1], 'only'>, at: At): void {
  if (source.target === null) throw new Unintelligible('a table was expected');
  touch(source.target, { ...what, only: source.only }, at);
}

function returning(tree: unknown, target: Source, at: At): void {
  if (tree === undefined) return;
  const body = bodyAt(tree);
  const renamed = listAt(body['options']).map((item) => textAt(nodeAt(item)?.body['value']) ?? '');
  for (const alias of ['old', 'new', ...renamed]) {
    const taken = at.scope.sources.some((source) => source.alias === alias);
    if (!taken) at.scope.sources.push({ ...target, alias, columns: new Set(), whole: false, read: false });
  }
  visitFields('ReturningClause', body, at);
}

function targetNames(tree: unknown): readonly string[] {
  return listAt(tree).map((item) => requiredText(nodeAt(item)?.body['name']));
}

/** The table that SELECT INTO makes. */
function into(body: Body, at: At): void {
  createRelation(bodyAt(body['rel']), 'table', at);
  visitFields('IntoClause', body, at, ['rel']);
}

function explain(body: Body, at: At): void {
  const runs = listAt(body['options']).some((item) => {
    const option = nodeAt(item);
    return option?.body['defname'] === 'analyze' && mayBeOn(option.body['arg']);
  });
  visitList(body['options'], at);
  at.run.visit(body['query'], runs ? at : { ...through(at, 'EXPLAIN'), planning: true });
}

/** CURSOR_OPT_HOLD of nodes/parsenodes.h. */
const WITH_HOLD = 0x20;

function declareCursor(body: Body, at: At): void {
  // Rows are computed when they are fetched, or when the transaction ends.
  visitFields('DeclareCursorStmt', body, later(at));
  const options = typeof body['options'] === 'number' ? body['options'] : 0;
  const hold = (options & WITH_HOLD) !== 0;
  at.run.changes.push({ kind: 'declare', name: requiredText(body['portalname']), hold });
}

export const QUERIES: Readonly<Record<string, Handler>> = {
  SelectStmt: select,
  InsertStmt: insert,
  UpdateStmt: update,
  DeleteStmt: remove,
  MergeStmt: merge,
  MergeWhenClause: (body, at) => visitFields('MergeWhenClause', body, at),
  OnConflictClause: (body, at) => visitFields('OnConflictClause', body, at),
  ReturningClause: (body, at) => visitFields('ReturningClause', body, at),
  LockingClause: locking,
  IntoClause: into,
  CommonTableExpr: (body, at) => visitFields('CommonTableExpr', body, at),
  WithClause: (body, at) => visitFields('WithClause', body, at),
  ExplainStmt: explain,
  DeclareCursorStmt: declareCursor,
  // What is fetched was judged where the cursor was declared.
  FetchStmt: (body, at) => {
    visitFields('FetchStmt', body, at);
    at.run.changes.push({ kind: 'fetch', name: requiredText(body['portalname']) });
  },
  ClosePortalStmt: (body, at) => {
    visitFields('ClosePortalStmt', body, at);
    at.run.changes.push({ kind: 'close', name: textAt(body['portalname']) });
  },
};
