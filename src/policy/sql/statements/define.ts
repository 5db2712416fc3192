import type { ObjectKind } from '../../../core/action.ts';
import { type At, emit, through, objectName, unsettle } from '../context.ts';
import { followFunction } from '../follow.ts';
import { call, isImpure, useOperator } from '../functions.ts';
import { touch } from '../relations.ts';
import { functionsNamed, relationsOf } from '../resolve.ts';
import { childScope } from '../scope.ts';
import { type Body, bodyAt, definitions, listAt, nameParts, nodeAt, requiredText, textAt } from '../tree.ts';
import { addSource, type Handler, visitFields, visitList } from '../walk.ts';
import { createNamed, createRelation, placeOf } from './create-relation.ts';
import { emitObject, objectKind } from './objects.ts';

function createTable(kind: ObjectKind): Handler {
  return (body, at) => {
    const range = bodyAt(body['relation']);
    createRelation(range, kind, at);
    const inside: At = { ...at, scope: childScope(null) };
    for (const parent of listAt(body['inhRelations'])) {
      touch(relationsOf(nodeAt(parent)?.body ?? {}, at.names), { action: 'alter', columns: 'all' }, at);
    }
    // Its own columns are no table's yet.
    visitFields('CreateStmt', body, inside, ['relation', 'inhRelations']);
  };
}

/** REFERENCES looks into the other table. */
function constraint(body: Body, at: At): void {
  if (body['pktable'] !== undefined) {
    const columns = nameParts(body['pk_attrs'] ?? []);
    const target = relationsOf(bodyAt(body['pktable']), at.names);
    touch(target, { action: 'select', columns: columns.length === 0 ? 'all' : columns }, at);
  }
  visitFields('Constraint', body, at, ['pktable']);
}

function like(body: Body, at: At): void {
  touch(relationsOf(bodyAt(body['relation']), at.names), { action: 'select', columns: [] }, at);
  visitFields('TableLikeClause', body, at, ['relation']);
}

function createForeignTable(body: Body, at: At): void {
  createTable('foreign-table')(bodyAt(body['base']), at);
  visitFields('CreateForeignTableStmt', body, at, ['base']);
}

function createTableAs(body: Body, at: At): void {
  const into = bodyAt(body['into']);
  const kind = objectKind(body['objtype']);
  createRelation(bodyAt(into['rel']), kind, at);
  visitFields('IntoClause', into, at, ['rel']);
  at.run.visit(body['query'], at);
}

function createView(body: Body, at: At): void {
  const range = bodyAt(body['view']);
  createRelation(range, 'view', at, body['replace'] === true);
  const { schema, name } = placeOf(range, at);
  const inside = through(at, `view ${objectName(schema, name)}`);
  at.run.visit(body['query'], { ...inside, scope: childScope(null) });
  visitFields('ViewStmt', body, at, ['view', 'query']);
}

function createSequence(body: Body, at: At): void {
  createRelation(bodyAt(body['sequence']), 'sequence', at);
  visitFields('CreateSeqStmt', body, at, ['sequence']);
}

function createIndex(body: Body, at: At): void {
  const range = bodyAt(body['relation']);
  const target = relationsOf(range, at.names);
  unsettle(at.run);
  const written = textAt(body['idxname']);
  for (const { schema, name } of target.candidates) {
    // Without a name the server makes one up, from the table's.
    emit(at, { action: 'create', object: 'index', schema, name: written ?? `${name}_idx`, certain: target.certain });
  }
  touch(target, { action: 'alter', columns: 'all' }, at);
  const inside: At = { ...at, scope: childScope(null) };
  addSource(range, inside, false);
  visitFields('IndexStmt', body, inside, ['relation']);
}

function createStatistics(body: Body, at: At): void {
  createNamed(nameParts(body['defnames'] ?? []), 'statistics', at);
  const inside: At = { ...at, scope: childScope(null) };
  for (const item of listAt(body['relations'])) {
    const range = nodeAt(item)?.body ?? {};
    touch(relationsOf(range, at.names), { action: 'alter', columns: 'all' }, at);
    addSource(range, inside, false);
  }
  visitFields('CreateStatsStmt', body, inside, ['relations']);
}

/** Everything in it without a schema is made in the new one. */
function createSchema(body: Body, at: At): void {
  unsettle(at.run);
  const role = bodyAt(body['authrole']);
  const name = textAt(body['schemaname']) ?? textAt(role['rolename']);
  emit(at, { action: 'create', object: 'schema', name, certain: name !== null });
  const path = name === null ? at.names.path : [name, ...at.names.path];
  const names = { ...at.names, path, current: at.names.current && name !== null };
  visitList(body['schemaElts'], { ...at, names });
}

/** CREATE AGGREGATE, OPERATOR, TYPE, COLLATION and TEXT SEARCH: made of functions that run from then on. */
function define(body: Body, at: At): void {
  const parts = nameParts(body['defnames'] ?? []);
  createNamed(parts, objectKind(body['kind']), at);
  for (const { value } of definitions(body['definition'])) followNamed(value, parts, at);
  visitFields('DefineStmt', body, at);
}

/** A function given by name as part of another object. */
function followNamed(tree: unknown, owner: readonly string[], at: At): void {
  const node = nodeAt(tree);
  const named = node?.type === 'TypeName' || node?.type === 'ObjectWithArgs' || node?.type === 'List';
  if (!named) return;
  const strings = node.type !== 'List' || listAt(node.body['items']).every((item) => nodeAt(item)?.type === 'String');
  if (!strings) return;
  const inside = through(at, owner.join('.'));
  const parts = nameParts(tree);
  const { functions, builtin, name } = functionsNamed(parts, at.names);
  for (const one of functions) followFunction(one, inside);
  // It may be an operator or an operator class just as well.
  useOperator(parts, inside);
  // One of the server's own would run under another name from then on.
  if (builtin && isImpure(name)) call(parts, [null], inside);
}

function createDomain(body: Body, at: At): void {
  createNamed(nameParts(body['domainname'] ?? []), 'domain', at);
  visitFields('CreateDomainStmt', body, { ...at, scope: childScope(null) });
}

function createComposite(body: Body, at: At): void {
  createRelation(bodyAt(body['typevar']), 'type', at);
  visitFields('CompositeTypeStmt', body, at, ['typevar']);
}

function createNamedType(statement: string): Handler {
  return (body, at) => {
    createNamed(nameParts(body['typeName'] ?? []), 'type', at);
    for (const { value } of definitions(body['params'])) followNamed(value, nameParts(body['typeName'] ?? []), at);
    visitFields(statement, body, at);
  };
}

function createOperatorClass(body: Body, at: At): void {
  createNamed(nameParts(body['opclassname'] ?? []), 'operator', at);
  visitFields('CreateOpClassStmt', body, at);
}

function operatorClassItem(body: Body, at: At): void {
  followNamed({ ObjectWithArgs: bodyAt(body['name']) }, ['operator class'], at);
  visitFields('CreateOpClassItem', body, at);
}

function createCast(body: Body, at: At): void {
  unsettle(at.run);
  emit(at, { action: 'create', object: 'cast' });
  if (body['func'] !== undefined) followNamed({ ObjectWithArgs: bodyAt(body['func']) }, ['cast'], at);
  visitFields('CreateCastStmt', body, at);
}

function createTransform(body: Body, at: At): void {
  unsettle(at.run);
  emit(at, { action: 'create', object: 'cast' });
  for (const field of ['fromsql', 'tosql']) {
    if (body[field] !== undefined) followNamed({ ObjectWithArgs: bodyAt(body[field]) }, ['transform'], at);
  }
  visitFields('CreateTransformStmt', body, at);
}

function createConversion(body: Body, at: At): void {
  createNamed(nameParts(body['conversion_name'] ?? []), 'collation', at);
  followNamed({ List: { items: body['func_name'] } }, ['conversion'], at);
}

/** Objects of the server or the database, in no schema. */
function creates(statement: string, type: string, field: string): Handler {
  return (body, at) => {
    unsettle(at.run);
    if (type === 'OBJECT_EXTENSION') at.run.reshapes = true;
    emitObject('create', type, { String: { sval: requiredText(body[field]) } }, at);
    visitFields(statement, body, at);
  };
}

/** Foreign schemas bring tables whose names are the other server's. */
function importForeignSchema(body: Body, at: At): void {
  unsettle(at.run);
  emit(at, {
    action: 'create',
    object: 'foreign-table',
    schema: textAt(body['local_schema']),
    columns: 'all',
    certain: false,
  });
}

function publicationTable(body: Body, at: At): void {
  const inside: At = { ...at, scope: childScope(null) };
  const columns = nameParts(body['columns'] ?? []);
  const target = relationsOf(bodyAt(body['relation']), at.names);
  touch(target, { action: 'select', columns: columns.length === 0 ? 'all' : columns }, at);
  addSource(bodyAt(body['relation']), inside, false);
  visitFields('PublicationTable', body, inside, ['relation']);
}

export const DEFINITIONS: Readonly<Record<string, Handler>> = {
  CreateStmt: createTable('table'),
  Constraint: constraint,
  TableLikeClause: like,
  CreateForeignTableStmt: createForeignTable,
  CreateTableAsStmt: createTableAs,
  ViewStmt: createView,
  CreateSeqStmt: createSequence,
  IndexStmt: createIndex,
  CreateStatsStmt: createStatistics,
  CreateSchemaStmt: createSchema,
  DefineStmt: define,
  CreateDomainStmt: createDomain,
  CompositeTypeStmt: createComposite,
  CreateEnumStmt: createNamedType('CreateEnumStmt'),
  CreateRangeStmt: createNamedType('CreateRangeStmt'),
  CreateOpClassStmt: createOperatorClass,
  CreateOpClassItem: operatorClassItem,
  CreateOpFamilyStmt: (body, at) => createNamed(nameParts(body['opfamilyname'] ?? []), 'operator', at),
  CreateCastStmt: createCast,
  CreateTransformStmt: createTransform,
  CreateConversionStmt: createConversion,
  CreateExtensionStmt: creates('CreateExtensionStmt', 'OBJECT_EXTENSION', 'extname'),
  CreateFdwStmt: creates('CreateFdwStmt', 'OBJECT_FDW', 'fdwname'),
  CreateForeignServerStmt: creates('CreateForeignServerStmt', 'OBJECT_FOREIGN_SERVER', 'servername'),
  CreateUserMappingStmt: creates('CreateUserMappingStmt', 'OBJECT_USER_MAPPING', 'servername'),
  CreateAmStmt: creates('CreateAmStmt', 'OBJECT_ACCESS_METHOD', 'amname'),
  CreatePLangStmt: creates('CreatePLangStmt', 'OBJECT_LANGUAGE', 'plname'),
  CreateTableSpaceStmt: (body, at) =>
    emitObject('create', 'OBJECT_TABLESPACE', { String: { sval: body['tablespacename'] } }, at),
  CreatedbStmt: creates('CreatedbStmt', 'OBJECT_DATABASE', 'dbname'),
  CreatePublicationStmt: creates('CreatePublicationStmt', 'OBJECT_PUBLICATION', 'pubname'),
  CreateSubscriptionStmt: creates('CreateSubscriptionStmt', 'OBJECT_SUBSCRIPTION', 'subname'),
  PublicationObjSpec: (body, at) => visitFields('PublicationObjSpec', body, at),
  PublicationTable: publicationTable,
  ImportForeignSchemaStmt: importForeignSchema,
};
