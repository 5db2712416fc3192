import type { Catalog, CatalogRelation } from '../../core/catalog.ts';
import type { MaskMethod } from '../../core/mask.ts';
import type { Layer } from '../applies.ts';
import { type ColumnMasks, columnMasks, type MaskedColumn, strictestOf } from './columns.ts';

/**
 * What layers of policies mask, against one catalog: what any of them does, so that nothing is shown that one of them
 * hides. Null when none masks a column.
 */
export function layeredMasks(layers: readonly Layer[], catalog: Catalog): ColumnMasks | null {
  const distinct = new Map(layers.map((layer) => [maskingNames(layer), columnMasks(layer, catalog)]));
  const searching = layers.filter(searches).map((layer) => distinct.get(maskingNames(layer)) ?? null);
  const found = [...distinct.values()].filter((masks) => masks !== null);
  const [only] = found;
  if (only === undefined) return null;
  return distinct.size === 1 ? only : found.map((masks) => besides(searching, masks)).reduce(joined);
}

/** What shows nothing that one of these methods hides. */
export function hidingBoth(one: MaskMethod, other: MaskMethod): MaskMethod {
  if (one === 'null' || other === 'null') return 'null';
  if (typeof one === 'string' || typeof other === 'string') return one === other ? one : 'redact';
  if (one.partial === other.partial) return one;
  if (one.partial === 'domain' || other.partial === 'domain') return 'redact';
  return { partial: Math.min(one.partial, other.partial) };
}

/** Names of policies are unique: layers with the same ones mask the same columns alike. */
function maskingNames(layer: Layer): string {
  return JSON.stringify(layer.filter(({ mask }) => mask.some(({ column }) => column !== null)).map(({ name }) => name));
}

function searches(layer: Layer): boolean {
  return layer.some(({ mask }) => mask.some(({ detect }) => detect !== null));
}

/**
 * Nothing is looked for in a column that is masked. So where a layer looks for something in a column, and does not mask
 * it, no other layer's mask may show a part of it, or which of its values are equal.
 */
function besides(searching: readonly (ColumnMasks | null)[], masks: ColumnMasks): ColumnMasks {
  const known = new Map<number, ReadonlyMap<string, MaskedColumn>>();
  const hidden = (method: MaskMethod, isMaskedBy: (layer: ColumnMasks) => boolean): MaskMethod =>
    searching.every((layer) => layer !== null && isMaskedBy(layer)) ? method : hidingBoth(method, 'redact');
  const own: ColumnMasks = {
    ...masks,
    get layers() {
      return [own];
    },
    of(relation) {
      const columns = masks.of(relation);
      if (columns === null) return null;
      const isMasked = (name: string) => (layer: ColumnMasks) => layer.of(relation)?.has(name) === true;
      const found =
        known.get(relation.oid) ??
        new Map([...columns].map(([name, one]) => [name, { ...one, with: hidden(one.with, isMasked(name)) }]));
      known.set(relation.oid, found);
      return found;
    },
    at(table, attribute) {
      const method = masks.at(table, attribute);
      return method === null ? null : hidden(method, (layer) => layer.at(table, attribute) !== null);
    },
  };
  return own;
}

function joined(one: ColumnMasks, other: ColumnMasks): ColumnMasks {
  const known = new Map<number, ReadonlyMap<string, MaskedColumn>>();
  return {
    layers: [...one.layers, ...other.layers],
    inference: strictestOf([one.inference, other.inference]),
    strict: one.strict || other.strict,
    of(relation: CatalogRelation) {
      const [these, those] = [one.of(relation), other.of(relation)];
      if (these === null || those === null) return these ?? those;
      const columns = known.get(relation.oid) ?? joinedColumns(these, those);
      known.set(relation.oid, columns);
      return columns;
    },
    at(table, attribute) {
      const [first, second] = [one.at(table, attribute), other.at(table, attribute)];
      return first === null || second === null ? (first ?? second) : hidingBoth(first, second);
    },
    named: (schema, name) => one.named(schema, name),
    within: (schema) => one.within(schema) || other.within(schema),
    trusts: (schema, name) => one.trusts(schema, name) && other.trusts(schema, name),
  };
}

function joinedColumns(
  one: ReadonlyMap<string, MaskedColumn>,
  other: ReadonlyMap<string, MaskedColumn>,
): ReadonlyMap<string, MaskedColumn> {
  const all = new Map([...one, ...other]);
  for (const [name, column] of one) {
    const same = other.get(name);
    if (same !== undefined) all.set(name, { ...column, with: hidingBoth(column.with, same.with) });
  }
  return all;
}
