import type { Catalog, CatalogRelation } from '../../core/catalog.ts';
import type { MaskMethod } from '../../core/mask.ts';
import { namesColumn } from '../pattern.ts';
import type { NamePattern, Policy } from '../rules.ts';
import { indexOf } from '../sql/resolve.ts';

/** A column of a table or view whose values are not to be seen. */
export interface MaskedColumn {
  readonly schema: string;
  readonly relation: string;
  readonly name: string;
  /** OID of its type. */
  readonly type: number;
  readonly with: MaskMethod;
}

/** What policies say about masked columns, against one catalog. */
export interface ColumnMasks {
  /** What each layer of policies says that masks any; of a layer, itself. */
  readonly layers: readonly ColumnMasks[];
  readonly inference: 'refuse' | 'equality' | 'allow';
  /** What cannot be traced is refused, rather than hidden as a whole. */
  readonly strict: boolean;
  /** The masked columns of a relation by name; null where it has none. */
  of(relation: CatalogRelation): ReadonlyMap<string, MaskedColumn> | null;
  /** How a table's column is masked, by the table's OID and the column's number; null when it is not. */
  at(table: number, attribute: number): MaskMethod | null;
  /** Of all relations called so; in any schema where `schema` is null. */
  named(schema: string | null, name: string): readonly CatalogRelation[];
  /** Whether a relation in this schema has masked columns. */
  within(schema: string): boolean;
  /** What comes out of such a function counts as clean. */
  trusts(schema: string, name: string): boolean;
}

/** What the policies of one layer mask; null when none masks a column. */
export function columnMasks(policies: readonly Policy[], catalog: Catalog): ColumnMasks | null {
  const masking = policies.filter(({ mask }) => mask.some(({ column }) => column !== null));
  if (masking.length === 0) return null;
  const masked = maskedColumns(masking, catalog);
  const { relations, relationsByOid } = indexOf(catalog);
  const methodAt = (table: number, attribute: number): MaskMethod | null => {
    const column = relationsByOid.get(table)?.columns.find(({ number }) => number === attribute);
    return column === undefined ? null : (masked.get(table)?.get(column.name)?.with ?? null);
  };
  const masks: ColumnMasks = {
    get layers() {
      return [masks];
    },
    inference: strictest(masking),
    strict: masking.some((policy) => policy.masking.mode === 'strict'),
    of: (relation) => masked.get(relation.oid) ?? null,
    at: methodAt,
    named: (schema, name) => (relations.get(name) ?? []).filter((one) => schema === null || one.schema === schema),
    within: (schema) => catalog.relations.some((one) => one.schema === schema && masked.has(one.oid)),
    trusts: (schema, name) =>
      masking.every((policy) => policy.masking.trustedFunctions.some((pattern) => isNamed(pattern, schema, name))),
  };
  return masks;
}

/** What policies that mask columns let these be compared for. */
export function strictest(policies: readonly Policy[]): ColumnMasks['inference'] {
  return strictestOf(policies.map(({ masking }) => masking.inference));
}

export function strictestOf(all: readonly ColumnMasks['inference'][]): ColumnMasks['inference'] {
  if (all.includes('refuse')) return 'refuse';
  return all.includes('equality') ? 'equality' : 'allow';
}

function isNamed({ parts }: NamePattern, schema: string, name: string): boolean {
  const [inner, outer] = [parts.at(-1), parts.at(-2)];
  return inner?.matches(name) === true && (outer === undefined || outer.matches(schema));
}

type Masked = Map<number, ReadonlyMap<string, MaskedColumn>>;

function maskedColumns(policies: readonly Policy[], catalog: Catalog): Masked {
  const masked: Masked = new Map();
  const { relationsByOid, parents } = indexOf(catalog);
  const queue: CatalogRelation[] = [];
  const add = (relation: CatalogRelation, columns: ReadonlyMap<string, MaskedColumn>): void => {
    const known = masked.get(relation.oid);
    const merged = new Map([...columns, ...(known ?? [])]);
    if (merged.size === (known?.size ?? 0)) return;
    masked.set(relation.oid, merged);
    queue.push(relation);
  };
  for (const relation of catalog.relations) add(relation, ruled(policies, relation));
  // A row of a child is a row of its parents, and a partition's columns are those of the whole.
  for (let relation = queue.pop(); relation !== undefined; relation = queue.pop()) {
    const kin = [...(parents.get(relation.oid) ?? []), ...relation.children.map((oid) => relationsByOid.get(oid))];
    for (const other of kin) if (other !== undefined) add(other, inherited(other, masked.get(relation.oid)));
    add(relation, generated(relation, masked.get(relation.oid)));
  }
  return masked;
}

function ruled(policies: readonly Policy[], relation: CatalogRelation): ReadonlyMap<string, MaskedColumn> {
  const found = new Map<string, MaskedColumn>();
  const rules = policies.flatMap(({ mask }) => mask);
  const schemas = relation.temporary ? [relation.schema, 'pg_temp'] : [relation.schema];
  for (const { name, type } of relation.columns) {
    const covers = (pattern: NamePattern): boolean => namesColumn(pattern, schemas, relation.name, name);
    const rule = rules.find(({ column }) => column?.some(covers) === true);
    if (rule === undefined) continue;
    found.set(name, { schema: relation.schema, relation: relation.name, name, type, with: rule.with });
  }
  return found;
}

function inherited(
  relation: CatalogRelation,
  from: ReadonlyMap<string, MaskedColumn> | undefined,
): ReadonlyMap<string, MaskedColumn> {
  const shared = new Map<string, MaskedColumn>();
  for (const { name, type } of relation.columns) {
    const source = from?.get(name);
    if (source !== undefined) {
      shared.set(name, { ...source, schema: relation.schema, relation: relation.name, type });
    }
  }
  return shared;
}

/** What the server computes of masked columns and keeps is hidden altogether. */
function generated(
  relation: CatalogRelation,
  masked: ReadonlyMap<string, MaskedColumn> | undefined,
): ReadonlyMap<string, MaskedColumn> {
  const found = new Map<string, MaskedColumn>();
  const byNumber = new Map(relation.columns.map(({ number, name }) => [number, name]));
  for (const { name, type, generatedFrom } of relation.columns) {
    if (generatedFrom?.some((number) => masked?.has(byNumber.get(number) ?? '') === true) !== true) continue;
    found.set(name, { schema: relation.schema, relation: relation.name, name, type, with: 'redact' });
  }
  return found;
}
