import type { Catalog, CatalogColumn, CatalogRelation } from '../../../core/catalog.ts';
import type { MaskMethod } from '../../../core/mask.ts';
import { indexOf } from '../../sql/resolve.ts';
import type { ColumnMasks } from '../columns.ts';
import { type Kind, kindNamed, kindOf, kindTyped, methodFor } from './kinds.ts';
import { isSampled, type Stuff, stuffOf } from './stuff.ts';
import { type Finding, findingIn, findingInNumbers } from './values.ts';
import { wordsOf } from './words.ts';

/** Values of a table's columns, by column; NULLs left out. */
export type Samples = ReadonlyMap<string, readonly string[]>;

export interface MaskSuggestion {
  readonly schema: string;
  readonly relation: string;
  readonly column: string;
  readonly kind: Kind;
  readonly with: MaskMethod;
  /** What speaks for it: at least one of these. */
  readonly because: {
    readonly name: boolean;
    readonly type: boolean;
    readonly values: Pick<Finding, 'matching' | 'of'> | null;
  };
}

export interface Suggestions {
  /** Ordered by schema, relation and column number. */
  readonly suggestions: readonly MaskSuggestion[];
  readonly tables: number;
  /** All of them, and those that are masked already. */
  readonly columns: number;
  readonly masked: number;
}

/** A table's columns whose values may tell more than their names do. */
export interface Sampling {
  readonly relation: CatalogRelation;
  readonly columns: readonly string[];
  /** False where other servers would be asked for rows. */
  readonly withChildren: boolean;
}

/** Columns that look as if their values were not for everybody, and are not masked. `samples`: by the table's OID. */
export function suggestMasks(
  catalog: Catalog,
  masks: ColumnMasks | null,
  samples: ReadonlyMap<number, Samples>,
): Suggestions {
  const tables = tablesOf(catalog);
  const suggestions = tables.flatMap((table) =>
    unmasked(table, masks).flatMap((column) => {
      const suggestion = suggestionFor(table, column, samples.get(table.oid)?.get(column.name) ?? []);
      return suggestion === null ? [] : [suggestion];
    }),
  );
  const count = (columnsOf: (table: CatalogRelation) => readonly unknown[]): number =>
    tables.reduce((sum, table) => sum + columnsOf(table).length, 0);
  const columns = count((table) => table.columns);
  return { suggestions, tables: tables.length, columns, masked: columns - count((table) => unmasked(table, masks)) };
}

/** What is worth looking at. Tables of other servers are not. */
export function samplings(catalog: Catalog, masks: ColumnMasks | null): readonly Sampling[] {
  return tablesOf(catalog).flatMap((relation) => {
    const columns = unmasked(relation, masks).filter(({ type }) => isSampled(type));
    if (relation.kind !== 'table' || columns.length === 0) return [];
    const withChildren = !hasForeign(relation, catalog);
    return [{ relation, columns: columns.map(({ name }) => name), withChildren }];
  });
}

/** Views show what their tables hold, and rules for a table hold for its partitions and children. */
function tablesOf(catalog: Catalog): readonly CatalogRelation[] {
  const { parents } = indexOf(catalog);
  const order = (one: CatalogRelation): string => `${one.schema}\0${one.name}`;
  return catalog.relations
    .filter(({ kind, temporary }) => (kind === 'table' || kind === 'foreign-table') && !temporary)
    .filter(({ oid }) => !parents.has(oid))
    .toSorted((one, other) => (order(one) < order(other) ? -1 : 1));
}

function unmasked(table: CatalogRelation, masks: ColumnMasks | null): readonly CatalogColumn[] {
  const masked = masks?.of(table) ?? null;
  return table.columns.filter(({ name }) => masked?.has(name) !== true);
}

function hasForeign({ children }: CatalogRelation, catalog: Catalog): boolean {
  const { relationsByOid } = indexOf(catalog);
  return children.some((oid) => {
    const child = relationsByOid.get(oid);
    return child !== undefined && (child.kind === 'foreign-table' || hasForeign(child, catalog));
  });
}

function suggestionFor(
  { schema, name: relation }: CatalogRelation,
  { name: column, type }: CatalogColumn,
  values: readonly string[],
): MaskSuggestion | null {
  const stuff = stuffOf(type);
  const named = kindNamed(wordsOf(column), wordsOf(relation), stuff);
  const typed = kindTyped(stuff);
  const found = findingOf(values, stuff);
  const shown = found === null ? null : kindOf(found.kind);
  // What values are is surer than what they are called.
  const kind = shown ?? named ?? typed;
  if (kind === null) return null;
  const because = { name: named === kind, type: typed === kind, values: found === null ? null : counted(found) };
  return { schema, relation, column, kind, with: methodFor(kind, stuff), because };
}

function findingOf(values: readonly string[], stuff: Stuff): Finding | null {
  if (stuff === 'text') return findingIn(values);
  return stuff === 'number' ? findingInNumbers(values) : null;
}

const counted = ({ matching, of }: Finding): Pick<Finding, 'matching' | 'of'> => ({ matching, of });
