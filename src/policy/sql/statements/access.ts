import type { Action, ObjectKind } from '../../../core/action.ts';
import { type At, emit, unsettle } from '../context.ts';
import { touch } from '../relations.ts';
import { relationsOf } from '../resolve.ts';
import { type Body, bodyAt, listAt, nameParts, nodeAt, textAt } from '../tree.ts';
import { type Handler, visitFields } from '../walk.ts';
import { emitObject, objectKind, roleName } from './objects.ts';

function grant(body: Body, at: At): void {
  unsettle(at.run);
  const action = body['is_grant'] === true ? 'grant' : 'revoke';
  if (body['targtype'] === 'ACL_TARGET_OBJECT') grantOnObjects(action, body, at);
  else grantInSchemas(action, objectKind(body['objtype']), body, at);
}

function grantOnObjects(action: Action, body: Body, at: At): void {
  const columns = listAt(body['privileges']).flatMap((item) => nameParts(nodeAt(item)?.body['cols'] ?? []));
  for (const object of listAt(body['objects'])) {
    const node = nodeAt(object);
    if (node?.type === 'RangeVar') {
      const kind = objectKind(body['objtype']);
      touch(relationsOf(node.body, at.names), { action, columns: columns.length === 0 ? 'all' : columns, kind }, at);
    } else emitObject(action, body['objtype'], object, at);
  }
}

/** ALL TABLES IN SCHEMA and the like. */
function grantInSchemas(action: Action, object: ObjectKind, body: Body, at: At): void {
  const schemas = listAt(body['objects']).map((item) => nameParts(item).at(-1) ?? null);
  for (const schema of schemas.length === 0 ? [null] : schemas) {
    emit(at, { action, object, schema, columns: 'all', certain: schema !== null });
  }
}

function defaultPrivileges(body: Body, at: At): void {
  unsettle(at.run);
  const inner = bodyAt(body['action']);
  const action = inner['is_grant'] === true ? 'grant' : 'revoke';
  emit(at, { action, object: objectKind(inner['objtype']), columns: 'all', certain: false });
}

function grantRole(body: Body, at: At): void {
  unsettle(at.run);
  const action = body['is_grant'] === true ? 'grant' : 'revoke';
  for (const item of listAt(body['granted_roles'])) {
    emit(at, { action, object: 'role', name: textAt(nodeAt(item)?.body['priv_name']) });
  }
  for (const item of listAt(body['grantee_roles'])) {
    emit(at, { action: 'role', object: 'role', name: roleName(nodeAt(item)?.body ?? {}) });
  }
}

function onRole(action: Action, name: string | null, at: At): void {
  unsettle(at.run);
  emit(at, { action: 'role', object: 'role', name });
  emit(at, { action, object: 'role', name });
}

function dropRoles(body: Body, at: At): void {
  for (const item of listAt(body['roles'])) onRole('drop', roleName(nodeAt(item)?.body ?? {}), at);
}

/** ALTER ROLE … SET, ALTER DATABASE … SET: what later sessions begin with. */
function laterSessions(body: Body, at: At): void {
  const setting = textAt(bodyAt(body['setstmt'])['name']);
  emit(at, { action: 'server-admin', object: 'system', name: setting });
}

export const ACCESS: Readonly<Record<string, Handler>> = {
  GrantStmt: grant,
  GrantRoleStmt: grantRole,
  AlterDefaultPrivilegesStmt: defaultPrivileges,
  CreateRoleStmt: (body, at) => {
    onRole('create', textAt(body['role']), at);
    visitFields('CreateRoleStmt', body, at);
  },
  AlterRoleStmt: (body, at) => {
    onRole('alter', roleName(bodyAt(body['role'])), at);
    visitFields('AlterRoleStmt', body, at);
  },
  AlterRoleSetStmt: (body, at) => {
    onRole('alter', roleName(bodyAt(body['role'])), at);
    laterSessions(body, at);
  },
  AlterDatabaseSetStmt: (body, at) => {
    emitObject('alter', 'OBJECT_DATABASE', { String: { sval: body['dbname'] } }, at);
    laterSessions(body, at);
  },
  DropRoleStmt: dropRoles,
};
