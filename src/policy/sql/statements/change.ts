import { type At, emit, unsettle } from '../context.ts';
import { touch, useAll } from '../relations.ts';
import { followFunction, objectOf } from '../follow.ts';
import { functionsNamed, relationsOf } from '../resolve.ts';
import { type Body, bodyAt, listAt, nameParts, nodeAt, requiredText, textAt } from '../tree.ts';
import { addSource, type Handler, visitFields, visitList } from '../walk.ts';
import { childScope } from '../scope.ts';
import { emitObject, emitRelation, objectKind, roleName } from './objects.ts';

function drop(body: Body, at: At): void {
  unsettle(at.run);
  for (const object of listAt(body['objects'])) emitObject('drop', body['removeType'], object, at);
  // What hangs on it is not known here.
  if (body['behavior'] === 'DROP_CASCADE') emit(at, { action: 'drop', certain: false }, 'cascade');
}

function truncate(body: Body, at: At): void {
  const cascade = body['behavior'] === 'DROP_CASCADE';
  for (const item of listAt(body['relations'])) {
    const range = nodeAt(item)?.body ?? {};
    const what = { action: 'truncate', columns: 'all', only: range['inh'] !== true, cascade } as const;
    touch(relationsOf(range, at.names), what, at);
  }
  // Tables whose foreign keys pass nothing on are emptied as well.
  if (cascade) emit(at, { action: 'truncate', object: 'table', columns: 'all', certain: false }, 'cascade');
}

function alterTable(body: Body, at: At): void {
  unsettle(at.run);
  const range = bodyAt(body['relation']);
  const target = relationsOf(range, at.names);
  const kind = objectKind(body['objtype']);
  const inside: At = { ...at, scope: childScope(null) };
  // Expressions in it read the table's columns.
  addSource(range, inside, false);
  for (const item of listAt(body['cmds'])) {
    const command = nodeAt(item)?.body ?? {};
    touch(target, { action: 'alter', columns: columnsOf(command), kind, only: range['inh'] !== true }, at);
    if (command['behavior'] === 'DROP_CASCADE') emit(at, { action: 'drop', certain: false }, 'cascade');
    if (RESHAPING.has(String(command['subtype']))) at.run.reshapes = true;
    at.run.visit(item, inside);
  }
  visitFields('AlterTableStmt', body, at, ['relation', 'cmds']);
}

/** They switch existing code on, or hang tables onto others. */
const RESHAPING: ReadonlySet<string> = new Set([
  'AT_EnableTrig',
  'AT_EnableAlwaysTrig',
  'AT_EnableReplicaTrig',
  'AT_EnableTrigAll',
  'AT_EnableTrigUser',
  'AT_EnableRule',
  'AT_EnableAlwaysRule',
  'AT_EnableReplicaRule',
  'AT_EnableRowSecurity',
  'AT_ForceRowSecurity',
  'AT_AddInherit',
  'AT_AttachPartition',
  'AT_AddOf',
]);

function columnsOf(command: Body): readonly string[] | 'all' {
  const definition = nodeAt(command['def']);
  if (definition?.type === 'ColumnDef') {
    const name = textAt(definition.body['colname']) ?? textAt(command['name']);
    return name === null ? 'all' : [name];
  }
  const named = /Column|Default|NotNull|Statistics|Options|Storage|Compression|Identity|Expression/u;
  const name = textAt(command['name']);
  return name !== null && named.test(String(command['subtype'])) ? [name] : 'all';
}

/** Tables that a command names are changed too: a parent, a partition. */
function alterCommand(body: Body, at: At): void {
  const definition = nodeAt(body['def']);
  if (definition?.type === 'RangeVar') touch(relationsOf(definition.body, at.names), ALTERED, at);
  visitFields('AlterTableCmd', body, at, definition?.type === 'RangeVar' ? ['def'] : []);
}

const ALTERED = { action: 'alter', columns: 'all' } as const;

function partition(body: Body, at: At): void {
  touch(relationsOf(bodyAt(body['name']), at.names), ALTERED, at);
  visitFields('PartitionCmd', body, at, ['name']);
}

function rename(body: Body, at: At): void {
  unsettle(at.run);
  at.run.reshapes = true;
  const type = body['renameType'];
  const newName = requiredText(body['newname']);
  if (body['relation'] === undefined) {
    // Schemas, roles and databases are named by a plain field.
    const object = body['object'] ?? { String: { sval: body['subname'] } };
    emitObject('alter', type, object, at);
    useNamed(type, object, at);
    renameTo(type, object, newName, at);
    if (type === 'OBJECT_SCHEMA') renameInside(requiredText(body['subname']), newName, at);
    return;
  }
  const range = bodyAt(body['relation']);
  const old = relationsOf(range, at.names);
  const column = textAt(body['subname']);
  const ofColumn = type === 'OBJECT_COLUMN' || type === 'OBJECT_ATTRIBUTE';
  touch(old, { action: 'alter', columns: ofColumn && column !== null ? [column, newName] : 'all' }, at);
  if (ofColumn || column !== null) return;
  useAll(old, at);
  for (const { schema, relation } of old.candidates) {
    const kind = relation?.kind ?? objectKind(type);
    emit(at, { action: 'alter', object: kind, schema, name: newName, columns: 'all', certain: old.certain });
  }
}

/** Under another name, code may be called where something else was meant: naming it is judged like calling it. */
function useNamed(type: unknown, object: unknown, at: At): void {
  if (!NAMING_CODE.has(String(type))) return;
  for (const one of functionsNamed(nameParts(object), at.names).functions) followFunction(one, at);
}

const NAMING_CODE: ReadonlySet<string> = new Set([
  'OBJECT_FUNCTION',
  'OBJECT_PROCEDURE',
  'OBJECT_ROUTINE',
  'OBJECT_AGGREGATE',
]);

function renameTo(type: unknown, object: unknown, newName: string, at: At): void {
  const node = nodeAt(object);
  if (node?.type === 'String') emitObject('alter', type, { String: { sval: newName } }, at);
  else if (type !== 'OBJECT_DOMCONSTRAINT') {
    const schema = nameParts(object).at(-2) ?? null;
    emit(at, { action: 'alter', object: objectKind(type), schema, name: newName, certain: schema !== null });
  }
}

/** All that lies in a renamed schema is known by another name from here on. */
function renameInside(schema: string, newName: string, at: At): void {
  const { relations, functions } = at.run.catalog;
  at.run.restsOnCatalog = true;
  for (const { kind, name } of relations.filter((one) => one.schema === schema)) {
    emitRelation('alter', kind, [schema, name], 'all', at);
    emit(at, { action: 'alter', object: kind, schema: newName, name, columns: 'all' });
  }
  for (const relation of relations.filter((one) => one.schema === schema)) {
    useAll({ candidates: [{ schema, name: relation.name, relation }], certain: true }, at);
  }
  for (const one of functions.filter((each) => each.schema === schema)) {
    followFunction(one, at);
    for (const place of [schema, newName]) {
      emit(at, { action: 'alter', object: objectOf(one), schema: place, name: one.name });
    }
  }
}

function moveToSchema(body: Body, at: At): void {
  unsettle(at.run);
  at.run.reshapes = true;
  const schema = requiredText(body['newschema']);
  const type = body['objectType'];
  const kind = objectKind(type);
  if (body['relation'] === undefined) {
    emitObject('alter', type, body['object'], at);
    useNamed(type, body['object'], at);
    const name = type === 'OBJECT_EXTENSION' ? null : (nameParts(body['object']).at(-1) ?? null);
    emit(at, { action: 'alter', object: kind, schema, name });
    return;
  }
  const range = bodyAt(body['relation']);
  const old = relationsOf(range, at.names);
  touch(old, { ...ALTERED, kind }, at);
  useAll(old, at);
  const name = requiredText(range['relname']);
  emit(at, { action: 'alter', object: old.candidates[0]?.relation?.kind ?? kind, schema, name, columns: 'all' });
}

function changeOwner(body: Body, at: At): void {
  alterNamed('objectType')(body, at);
  emit(at, { action: 'role', object: 'role', name: roleName(bodyAt(body['newowner'])) });
}

/** Statements that change one object, with its kind in the field `type` and its name in `object`. */
function alterNamed(type: string): Handler {
  return (body, at) => {
    unsettle(at.run);
    const range = body['relation'];
    if (range === undefined) emitObject('alter', body[type], body['object'], at);
    else touch(relationsOf(bodyAt(range), at.names), ALTERED, at);
  };
}

function alterFunction(body: Body, at: At): void {
  unsettle(at.run);
  at.run.reshapes = true;
  emitObject('alter', body['objtype'], { ObjectWithArgs: bodyAt(body['func']) }, at);
  visitList(body['actions'], at);
}

/** Statements that change an object of a kind of their own. */
function alters(statement: string, type: string, nameOf: (body: Body) => unknown): Handler {
  return (body, at) => {
    unsettle(at.run);
    if (RESHAPING_KINDS.has(type)) at.run.reshapes = true;
    emitObject('alter', type, nameOf(body), at);
    visitFields(statement, body, at);
  };
}

const RESHAPING_KINDS: ReadonlySet<string> = new Set(['OBJECT_TYPE', 'OBJECT_EXTENSION', 'OBJECT_EVENT_TRIGGER']);

const listed = (field: string) => (body: Body) => ({ List: { items: body[field] } });
const plain = (field: string) => (body: Body) => ({ String: { sval: body[field] } });

function alterSequence(body: Body, at: At): void {
  unsettle(at.run);
  touch(relationsOf(bodyAt(body['sequence']), at.names), { ...ALTERED, kind: 'sequence' }, at);
  visitFields('AlterSeqStmt', body, at, ['sequence']);
}

function alterEnum(body: Body, at: At): void {
  unsettle(at.run);
  emitObject('alter', 'OBJECT_TYPE', { List: { items: body['typeName'] } }, at);
}

function reassign(body: Body, at: At): void {
  unsettle(at.run);
  for (const item of listAt(body['roles']))
    emit(at, { action: 'role', object: 'role', name: roleName(nodeAt(item)?.body ?? {}) });
  emit(at, { action: 'alter', certain: false });
}

function dropOwned(body: Body, at: At): void {
  unsettle(at.run);
  for (const item of listAt(body['roles']))
    emit(at, { action: 'role', object: 'role', name: roleName(nodeAt(item)?.body ?? {}) });
  emit(at, { action: 'drop', certain: false });
  emit(at, { action: 'revoke', certain: false });
}

function alterStatistics(body: Body, at: At): void {
  unsettle(at.run);
  emitObject('alter', 'OBJECT_STATISTIC_EXT', { List: { items: body['defnames'] } }, at);
}

function alterPolicy(body: Body, at: At): void {
  unsettle(at.run);
  const range = bodyAt(body['table']);
  const parts = [textAt(range['schemaname']), requiredText(range['relname']), requiredText(body['policy_name'])];
  const items = parts.filter((part) => part !== null).map((sval) => ({ String: { sval } }));
  emitObject('alter', 'OBJECT_POLICY', { List: { items } }, at);
  const inside: At = { ...at, scope: childScope(null) };
  addSource(range, inside, false);
  visitFields('AlterPolicyStmt', body, inside, ['table']);
}

export const CHANGES: Readonly<Record<string, Handler>> = {
  DropStmt: drop,
  TruncateStmt: truncate,
  AlterTableStmt: alterTable,
  AlterTableCmd: alterCommand,
  PartitionCmd: partition,
  RenameStmt: rename,
  AlterObjectSchemaStmt: moveToSchema,
  AlterOwnerStmt: changeOwner,
  AlterObjectDependsStmt: alterNamed('objectType'),
  CommentStmt: alterNamed('objtype'),
  SecLabelStmt: alterNamed('objtype'),
  AlterFunctionStmt: alterFunction,
  AlterDomainStmt: alters('AlterDomainStmt', 'OBJECT_DOMAIN', listed('typeName')),
  AlterTypeStmt: alters('AlterTypeStmt', 'OBJECT_TYPE', listed('typeName')),
  AlterEnumStmt: alterEnum,
  AlterCollationStmt: alters('AlterCollationStmt', 'OBJECT_COLLATION', listed('collname')),
  AlterOperatorStmt: (body, at) => {
    unsettle(at.run);
    emitObject('alter', 'OBJECT_OPERATOR', { ObjectWithArgs: bodyAt(body['opername']) }, at);
    visitList(body['options'], at);
  },
  AlterOpFamilyStmt: alters('AlterOpFamilyStmt', 'OBJECT_OPERATOR', listed('opfamilyname')),
  AlterTSDictionaryStmt: alters('AlterTSDictionaryStmt', 'OBJECT_TSDICTIONARY', listed('dictname')),
  AlterTSConfigurationStmt: alters('AlterTSConfigurationStmt', 'OBJECT_TSCONFIGURATION', listed('cfgname')),
  AlterSeqStmt: alterSequence,
  AlterStatsStmt: alterStatistics,
  AlterPolicyStmt: alterPolicy,
  AlterExtensionStmt: alters('AlterExtensionStmt', 'OBJECT_EXTENSION', plain('extname')),
  AlterExtensionContentsStmt: (body, at) => {
    unsettle(at.run);
    emitObject('alter', 'OBJECT_EXTENSION', plain('extname')(body), at);
    emitObject('alter', body['objtype'], body['object'], at);
  },
  AlterFdwStmt: alters('AlterFdwStmt', 'OBJECT_FDW', plain('fdwname')),
  AlterForeignServerStmt: alters('AlterForeignServerStmt', 'OBJECT_FOREIGN_SERVER', plain('servername')),
  AlterUserMappingStmt: alters('AlterUserMappingStmt', 'OBJECT_USER_MAPPING', plain('servername')),
  AlterEventTrigStmt: alters('AlterEventTrigStmt', 'OBJECT_EVENT_TRIGGER', plain('trigname')),
  AlterTableSpaceOptionsStmt: alters('AlterTableSpaceOptionsStmt', 'OBJECT_TABLESPACE', plain('tablespacename')),
  AlterTableMoveAllStmt: (body, at) => {
    unsettle(at.run);
    emitObject('alter', 'OBJECT_TABLESPACE', plain('orig_tablespacename')(body), at);
    emit(at, { action: 'alter', object: objectKind(body['objtype']), columns: 'all', certain: false });
  },
  AlterPublicationStmt: alters('AlterPublicationStmt', 'OBJECT_PUBLICATION', plain('pubname')),
  AlterSubscriptionStmt: alters('AlterSubscriptionStmt', 'OBJECT_SUBSCRIPTION', plain('subname')),
  AlterDatabaseStmt: alters('AlterDatabaseStmt', 'OBJECT_DATABASE', plain('dbname')),
  AlterDatabaseRefreshCollStmt: alters('AlterDatabaseRefreshCollStmt', 'OBJECT_DATABASE', plain('dbname')),
  DropUserMappingStmt: (body, at) => emitObject('drop', 'OBJECT_USER_MAPPING', plain('servername')(body), at),
  DropTableSpaceStmt: (body, at) => emitObject('drop', 'OBJECT_TABLESPACE', plain('tablespacename')(body), at),
  DropSubscriptionStmt: (body, at) => emitObject('drop', 'OBJECT_SUBSCRIPTION', plain('subname')(body), at),
  DropdbStmt: (body, at) => emitObject('drop', 'OBJECT_DATABASE', plain('dbname')(body), at),
  DropOwnedStmt: dropOwned,
  ReassignOwnedStmt: reassign,
};
