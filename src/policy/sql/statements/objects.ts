import type { Action, ObjectKind } from '../../../core/action.ts';
import { type At, emit } from '../context.ts';
import { touch } from '../relations.ts';
import { functionsNamed, isSystemSchema, relationsNamed } from '../resolve.ts';
import { type Body, listAt, nameParts, nodeAt, textAt, Unintelligible } from '../tree.ts';

type Family = 'relation' | 'column' | 'part' | 'function' | 'global' | 'schematic';

/** How the grammar's kinds of objects are named, and what rules call them. */
const KINDS: Readonly<Record<string, readonly [Family, ObjectKind]>> = {
  OBJECT_ACCESS_METHOD: ['global', 'system'],
  OBJECT_AGGREGATE: ['function', 'aggregate'],
  OBJECT_AMOP: ['schematic', 'operator'],
  OBJECT_AMPROC: ['schematic', 'operator'],
  OBJECT_ATTRIBUTE: ['column', 'type'],
  OBJECT_CAST: ['global', 'cast'],
  OBJECT_COLUMN: ['column', 'table'],
  OBJECT_COLLATION: ['schematic', 'collation'],
  OBJECT_CONVERSION: ['schematic', 'collation'],
  OBJECT_DATABASE: ['global', 'database'],
  OBJECT_DEFAULT: ['part', 'table'],
  OBJECT_DOMAIN: ['schematic', 'domain'],
  OBJECT_DOMCONSTRAINT: ['schematic', 'domain'],
  OBJECT_EVENT_TRIGGER: ['global', 'event-trigger'],
  OBJECT_EXTENSION: ['global', 'extension'],
  OBJECT_FDW: ['global', 'server'],
  OBJECT_FOREIGN_SERVER: ['global', 'server'],
  OBJECT_FOREIGN_TABLE: ['relation', 'foreign-table'],
  OBJECT_FUNCTION: ['function', 'function'],
  OBJECT_INDEX: ['relation', 'index'],
  OBJECT_LANGUAGE: ['global', 'language'],
  OBJECT_LARGEOBJECT: ['global', 'large-object'],
  OBJECT_MATVIEW: ['relation', 'materialized-view'],
  OBJECT_OPCLASS: ['schematic', 'operator'],
  OBJECT_OPERATOR: ['schematic', 'operator'],
  OBJECT_OPFAMILY: ['schematic', 'operator'],
  OBJECT_PARAMETER_ACL: ['global', 'setting'],
  OBJECT_POLICY: ['part', 'policy'],
  OBJECT_PROCEDURE: ['function', 'procedure'],
  OBJECT_PUBLICATION: ['global', 'publication'],
  OBJECT_ROLE: ['global', 'role'],
  OBJECT_ROUTINE: ['function', 'function'],
  OBJECT_RULE: ['part', 'rule'],
  OBJECT_SCHEMA: ['global', 'schema'],
  OBJECT_SEQUENCE: ['relation', 'sequence'],
  OBJECT_STATISTIC_EXT: ['schematic', 'statistics'],
  OBJECT_SUBSCRIPTION: ['global', 'subscription'],
  OBJECT_TABCONSTRAINT: ['part', 'table'],
  OBJECT_TABLE: ['relation', 'table'],
  OBJECT_TABLESPACE: ['global', 'tablespace'],
  OBJECT_TRANSFORM: ['global', 'cast'],
  OBJECT_TRIGGER: ['part', 'trigger'],
  OBJECT_TSCONFIGURATION: ['schematic', 'system'],
  OBJECT_TSDICTIONARY: ['schematic', 'system'],
  OBJECT_TSPARSER: ['schematic', 'system'],
  OBJECT_TSTEMPLATE: ['schematic', 'system'],
  OBJECT_TYPE: ['schematic', 'type'],
  OBJECT_USER_MAPPING: ['global', 'server'],
  OBJECT_VIEW: ['relation', 'view'],
};

/** Kinds that reach beyond the database's own data: they are the server's matter, too. */
const SERVERS_OWN: ReadonlySet<string> = new Set([
  'OBJECT_ACCESS_METHOD',
  'OBJECT_DATABASE',
  'OBJECT_EVENT_TRIGGER',
  'OBJECT_FDW',
  'OBJECT_LANGUAGE',
  'OBJECT_PARAMETER_ACL',
  'OBJECT_PUBLICATION',
  'OBJECT_SUBSCRIPTION',
  'OBJECT_TABLESPACE',
]);

export function objectKind(type: unknown): ObjectKind {
  return familyOf(type)[1];
}

function familyOf(type: unknown): readonly [Family, ObjectKind] {
  const known = KINDS[String(type)];
  if (known === undefined) throw new Unintelligible('an unknown kind of object');
  return known;
}

/** One action on the object a statement names, whatever its kind. */
export function emitObject(action: Action, type: unknown, object: unknown, at: At): void {
  const [family, kind] = familyOf(type);
  if (SERVERS_OWN.has(String(type)) && action !== 'select') {
    emit(at, { action: 'server-admin', object: 'system', name: globalName(object) });
  }
  if (type === 'OBJECT_ROLE') emit(at, { action: 'role', object: 'role', name: globalName(object) });
  if (type === 'OBJECT_EXTENSION') {
    // Its scripts, and the libraries it loads, are not to be seen from here.
    const opaque = action === 'create' || action === 'alter';
    emit(at, { action: 'extension', object: 'extension', name: globalName(object), opaque });
  }
  switch (family) {
    case 'relation':
      return emitRelation(action, kind, partsOf(object), 'all', at);
    case 'column': {
      const parts = partsOf(object);
      return emitRelation(action, kind, parts.slice(0, -1), [parts.at(-1) ?? ''], at);
    }
    case 'part':
      return emitPart(action, kind, partsOf(object), at);
    case 'function':
      return emitFunction(action, kind, partsOf(object), at);
    case 'global':
      return emit(at, { action, object: kind, name: globalName(object) });
    case 'schematic':
      return emitSchematic(action, kind, type === 'OBJECT_DOMCONSTRAINT' ? null : schematicParts(type, object), at);
  }
}

function partsOf(object: unknown): readonly string[] {
  const node = nodeAt(object);
  if (node?.type !== 'RangeVar') return nameParts(object);
  const schema = textAt(node.body['schemaname']);
  const name = textAt(node.body['relname']) ?? '';
  return schema === null ? [name] : [schema, name];
}

/** Objects that live in no schema have plain names; casts and large objects have none. */
function globalName(object: unknown): string | null {
  const node = nodeAt(object);
  if (node?.type === 'String') return textAt(node.body['sval']);
  if (node?.type === 'RoleSpec') return roleName(node.body);
  return null;
}

export function roleName(role: Body): string | null {
  switch (role['roletype']) {
    case 'ROLESPEC_CSTRING':
      return textAt(role['rolename']);
    case 'ROLESPEC_PUBLIC':
      return 'public';
    default:
      return null;
  }
}

/** Operator classes and families are written with their access method in front. */
function schematicParts(type: unknown, object: unknown): readonly string[] | null {
  const node = nodeAt(object);
  if (node?.type === 'List' && listAt(node.body['items']).some((item) => nodeAt(item)?.type !== 'String')) return null;
  const parts = nameParts(object);
  return type === 'OBJECT_OPCLASS' || type === 'OBJECT_OPFAMILY' ? parts.slice(1) : parts;
}

export function emitRelation(
  action: Action,
  kind: ObjectKind,
  parts: readonly string[],
  columns: readonly string[] | 'all',
  at: At,
): void {
  const target = relationsNamed(parts.at(-2) ?? null, parts.at(-1) ?? '', at.names);
  touch(target, { action, columns, kind }, at);
}

/** A trigger, rule, policy or constraint: an action on it is a change of its table. */
function emitPart(action: Action, kind: ObjectKind, parts: readonly string[], at: At): void {
  const relation = parts.slice(0, -1);
  const target = relationsNamed(relation.at(-2) ?? null, relation.at(-1) ?? '', at.names);
  if (kind !== 'table') {
    for (const { schema } of target.candidates) {
      emit(at, { action, object: kind, schema, name: parts.at(-1) ?? null, certain: target.certain });
    }
  }
  touch(target, { action: 'alter', columns: 'all' }, at);
}

function emitFunction(action: Action, kind: ObjectKind, parts: readonly string[], at: At): void {
  at.run.restsOnCatalog = true;
  const name = parts.at(-1) ?? null;
  const { functions } = functionsNamed(parts, at.names);
  const schemas = new Set<string | null>(functions.map(({ schema }) => schema));
  if (schemas.size === 0) schemas.add(parts.at(-2) ?? null);
  const certain = parts.length > 1 || schemas.size === 1;
  for (const schema of schemas) emit(at, { action, object: kind, schema, name, certain });
}

function emitSchematic(action: Action, kind: ObjectKind, parts: readonly string[] | null, at: At): void {
  at.run.restsOnCatalog = true;
  const name = parts?.at(-1) ?? null;
  const written = parts?.at(-2) ?? null;
  if (written !== null || parts === null) {
    emit(at, { action, object: kind, schema: written, name, certain: written !== null });
    return;
  }
  const places = at.names.current ? at.names.path.filter((schema) => !isSystemSchema(schema)) : [null];
  for (const schema of places.length === 0 ? [null] : places) {
    emit(at, { action, object: kind, schema, name, certain: false });
  }
}
