import { type At, emit, objectName, unsettle } from '../context.ts';
import { followAll } from '../follow.ts';
import { touch, visitDefinition } from '../relations.ts';
import { relationsOf } from '../resolve.ts';
import { type Body, bodyAt, listAt, nodeAt, textAt } from '../tree.ts';
import { type Handler, visitFields } from '../walk.ts';

const MAINTAIN = { action: 'maintenance', columns: null } as const;

/** Tables that are not named, and the expressions kept for them. */
function reachAll(at: At): void {
  emit(at, { action: 'maintenance', object: 'table', certain: false });
  at.run.restsOnCatalog = true;
  for (const { kind, schema, name, code } of at.run.catalog.relations) {
    if (code.length > 0) followAll(code, at, `${kind} ${objectName(schema, name)}`);
  }
}

/** Without a name: everything in the database. */
function everything(at: At): void {
  emit(at, { action: 'maintenance', object: 'database', name: at.run.catalog.database });
  reachAll(at);
}

function vacuum(body: Body, at: At): void {
  const relations = listAt(body['rels']);
  if (relations.length === 0) everything(at);
  for (const item of relations) {
    const inner = nodeAt(item)?.body ?? {};
    touch(relationsOf(bodyAt(inner['relation']), at.names), MAINTAIN, at);
  }
  visitFields('VacuumStmt', body, at, ['rels']);
}

function onOne(statement: string): Handler {
  return (body, at) => {
    if (body['relation'] === undefined) everything(at);
    else touch(relationsOf(bodyAt(body['relation']), at.names), MAINTAIN, at);
    visitFields(statement, body, at, ['relation']);
  };
}

function reindex(body: Body, at: At): void {
  visitFields('ReindexStmt', body, at, ['relation']);
  if (body['relation'] !== undefined) {
    const kind = body['kind'] === 'REINDEX_OBJECT_INDEX' ? 'index' : 'table';
    touch(relationsOf(bodyAt(body['relation']), at.names), { ...MAINTAIN, kind }, at);
  } else if (body['kind'] === 'REINDEX_OBJECT_SCHEMA') {
    emit(at, { action: 'maintenance', object: 'schema', name: textAt(body['name']) });
    reachAll(at);
  } else everything(at);
}

/** The view's query runs anew. */
function refresh(body: Body, at: At): void {
  const target = relationsOf(bodyAt(body['relation']), at.names);
  touch(target, { ...MAINTAIN, kind: 'materialized-view' }, at);
  for (const { relation } of target.candidates) if (relation !== null) visitDefinition(relation, at);
}

/** ACCESS SHARE is what reading takes anyway. */
const ACCESS_SHARE = 1;

function lock(body: Body, at: At): void {
  const action = body['mode'] === ACCESS_SHARE ? 'select' : 'lock';
  for (const item of listAt(body['relations'])) {
    const range = nodeAt(item)?.body ?? {};
    touch(
      relationsOf(range, at.names),
      { action, columns: action === 'select' ? [] : null, only: range['inh'] !== true },
      at,
    );
  }
  visitFields('LockStmt', body, at, ['relations']);
}

export const MAINTENANCE: Readonly<Record<string, Handler>> = {
  VacuumStmt: vacuum,
  ClusterStmt: onOne('ClusterStmt'),
  ReindexStmt: reindex,
  RefreshMatViewStmt: refresh,
  LockStmt: lock,
  CheckPointStmt: (_body, at) => {
    emit(at, { action: 'server-admin', object: 'system', name: 'checkpoint' });
    unsettle(at.run);
  },
};
