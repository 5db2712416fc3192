import type { Catalog, CatalogFunction, CatalogRelation } from '../../core/catalog.ts';
import { type Body, textAt } from './tree.ts';

/** What one name could stand for. */
export interface Candidate {
  /** Null when the schema cannot be known. */
  readonly schema: string | null;
  readonly name: string;
  /** Null for the system's own relations and for those the catalog does not have. */
  readonly relation: CatalogRelation | null;
}

export interface Target {
  readonly candidates: readonly Candidate[];
  /** True when there is only one thing the name can mean. */
  readonly certain: boolean;
}

/** How names resolve at one place: in the session, or in a function with a search path of its own. */
export interface Names {
  readonly catalog: Catalog;
  readonly path: readonly string[];
  /** False when names may resolve in other ways than the catalog says. */
  readonly current: boolean;
}

interface Index {
  readonly relations: ReadonlyMap<string, readonly CatalogRelation[]>;
  readonly relationsByOid: ReadonlyMap<number, CatalogRelation>;
  readonly parents: ReadonlyMap<number, readonly CatalogRelation[]>;
  readonly functions: ReadonlyMap<string, readonly CatalogFunction[]>;
  readonly functionsByOid: ReadonlyMap<number, CatalogFunction>;
  /** Functions that could be called by an event trigger. */
  readonly eventFunctions: readonly number[];
  readonly operators: ReadonlyMap<string, readonly Catalog['operators'][number][]>;
}

const INDEXES = new WeakMap<Catalog, Index>();

/** Look-up tables of a catalog, built once. */
export function indexOf(catalog: Catalog): Index {
  const known = INDEXES.get(catalog);
  if (known !== undefined) return known;
  const relationsByOid = new Map(catalog.relations.map((relation) => [relation.oid, relation]));
  const index: Index = {
    relations: grouped(catalog.relations),
    relationsByOid,
    parents: parentsOf(catalog),
    functions: grouped(catalog.functions),
    functionsByOid: new Map(catalog.functions.map((one) => [one.oid, one])),
    eventFunctions: catalog.functions
      .filter(({ definition }) => typeof definition === 'string' && definition.includes('RETURNS event_trigger'))
      .map(({ oid }) => oid),
    operators: grouped(catalog.operators),
  };
  INDEXES.set(catalog, index);
  return index;
}

function grouped<T extends { readonly name: string }>(items: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.name);
    if (group === undefined) groups.set(item.name, [item]);
    else group.push(item);
  }
  return groups;
}

function parentsOf(catalog: Catalog): ReadonlyMap<number, readonly CatalogRelation[]> {
  const parents = new Map<number, CatalogRelation[]>();
  for (const relation of catalog.relations) {
    for (const child of relation.children) {
      const list = parents.get(child);
      if (list === undefined) parents.set(child, [relation]);
      else list.push(relation);
    }
  }
  return parents;
}

/** The server's major version; 0 when it does not say. */
export function serverMajor(catalog: Catalog): number {
  const version = Number(catalog.settings['server_version_num']);
  return Number.isFinite(version) ? Math.floor(version / 10_000) : 0;
}

const SYSTEM_SCHEMAS: ReadonlySet<string> = new Set(['pg_catalog', 'information_schema', 'pg_toast']);

export function isSystemSchema(schema: string | null): boolean {
  return schema !== null && SYSTEM_SCHEMAS.has(schema);
}

/** The schema that `pg_temp` stands for, and the other way round. */
function realSchema(schema: string, catalog: Catalog): string {
  return schema === 'pg_temp' ? (catalog.temporarySchema ?? 'pg_temp') : schema;
}

export function isTemporarySchema(schema: string, catalog: Catalog): boolean {
  return schema === 'pg_temp' || schema === catalog.temporarySchema;
}

/** What the relation of a RangeVar could be. */
export function relationsOf(range: Body, names: Names): Target {
  return relationsNamed(textAt(range['schemaname']), textAt(range['relname']) ?? '', names);
}

export function relationsNamed(schema: string | null, name: string, names: Names): Target {
  const found = indexOf(names.catalog).relations.get(name) ?? [];
  if (schema !== null) {
    const real = realSchema(schema, names.catalog);
    const relation = found.find((one) => one.schema === real) ?? null;
    return { candidates: [{ schema: real, name, relation }], certain: true };
  }
  const candidates = names.current ? searched(name, found, names) : anywhere(name, found);
  return { candidates, certain: names.current && (isNowhere(candidates) || isOne(candidates)) };
}

function isOne(candidates: readonly Candidate[]): boolean {
  return candidates.length === 1 && isKnown(candidates[0]);
}

/** Nothing of that name is there: should it come to be, then in one of these places. */
function isNowhere(candidates: readonly Candidate[]): boolean {
  return candidates.every(({ relation, schema }) => relation === null && schema !== null);
}

function isKnown(candidate: Candidate | undefined): boolean {
  return candidate !== undefined && (candidate.relation !== null || isSystemSchema(candidate.schema));
}

function anywhere(name: string, found: readonly CatalogRelation[]): readonly Candidate[] {
  const known = found.map((relation) => ({ schema: relation.schema, name, relation }));
  const system = name.startsWith('pg_') ? [{ schema: 'pg_catalog', name, relation: null }] : [];
  return [...known, ...system, { schema: null, name, relation: null }];
}

/** The first hit along the path; and every place before it where the catalog cannot rule out another one. */
function searched(name: string, found: readonly CatalogRelation[], names: Names): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (const entry of names.path) {
    const schema = realSchema(entry, names.catalog);
    const relation = found.find((one) => one.schema === schema) ?? null;
    if (relation !== null) return [...candidates, { schema, name, relation }];
    if (mayHoldSystemRelation(schema, name)) candidates.push({ schema, name, relation: null });
  }
  if (candidates.length > 0) return candidates;
  const places = names.path.filter((schema) => !isSystemSchema(schema));
  if (places.length === 0) return [{ schema: null, name, relation: null }];
  return places.map((schema) => ({ schema: realSchema(schema, names.catalog), name, relation: null }));
}

function mayHoldSystemRelation(schema: string, name: string): boolean {
  if (schema === 'information_schema') return true;
  return (schema === 'pg_catalog' || schema === 'pg_toast') && name.startsWith('pg_');
}

/** Functions a call could reach. `builtin`: a function of pg_catalog may be meant, too. */
export interface Callables {
  readonly schema: string | null;
  readonly name: string;
  readonly functions: readonly CatalogFunction[];
  readonly builtin: boolean;
}

/** Overloads are chosen by types, which are not known here: every function of that name is a candidate. */
export function functionsNamed(parts: readonly string[], names: Names): Callables {
  const name = parts.at(-1) ?? '';
  const qualifier = parts.at(-2) ?? null;
  const found = indexOf(names.catalog).functions.get(name) ?? [];
  if (qualifier !== null) {
    const schema = realSchema(qualifier, names.catalog);
    return { schema, name, functions: found.filter((one) => one.schema === schema), builtin: isSystemSchema(schema) };
  }
  const visible = names.current ? found.filter((one) => names.path.includes(one.schema)) : found;
  return { schema: null, name, functions: visible, builtin: true };
}

/** Functions behind the user-defined operators that a use of `parts` could mean. */
export function operatorFunctions(parts: readonly string[], names: Names): readonly number[] {
  const found = indexOf(names.catalog).operators.get(parts.at(-1) ?? '') ?? [];
  const qualifier = parts.at(-2) ?? null;
  const visible = found.filter((one) => {
    if (qualifier !== null) return one.schema === realSchema(qualifier, names.catalog);
    return !names.current || names.path.includes(one.schema);
  });
  return visible.flatMap((one) => one.functions);
}

/** Whether somebody's type may be meant by the name: tables are types, too. */
export function isType(name: string, catalog: Catalog): boolean {
  return indexOf(catalog).relations.has(name) || catalog.types.some((type) => type.name === name);
}

/** Where an unqualified name is created; null when that cannot be known. */
export function creationSchema(names: Names): string | null {
  if (!names.current) return null;
  const { catalog } = names;
  const first = names.path.find((schema) => !isSystemSchema(schema) && !isTemporarySchema(schema, catalog));
  return first ?? null;
}

/** A setting's list of schemas, as `search_path` of a function: quoted or not, `$user` looked up. */
export function parsePath(value: string, catalog: Catalog): readonly string[] {
  const listed = identifierList(value).map((name) => (name === '$user' ? catalog.user : name));
  const known = listed.map((name) => realSchema(name, catalog)).filter((name) => name !== '');
  const temporary = catalog.temporarySchema ?? 'pg_temp';
  const implicit = [temporary, 'pg_catalog'].filter((name) => !known.includes(name));
  return [...implicit, ...known];
}

function identifierList(value: string): readonly string[] {
  return splitIdentifiers(value, ',');
}

/** Reads names as the server reads them in text: folded unless quoted. */
export function splitIdentifiers(value: string, separator: ',' | '.'): readonly string[] {
  const names: string[] = [];
  let name = '';
  let quoted = false;
  for (let at = 0; at < value.length; at += 1) {
    const sign = value.charAt(at);
    if (quoted) {
      if (sign !== '"') name += sign;
      else if (value.charAt(at + 1) === '"') {
        name += '"';
        at += 1;
      } else quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === separator) {
      names.push(name);
      name = '';
    } else if (sign.trim() !== '') name += sign.toLowerCase();
  }
  return [...names, name];
}
