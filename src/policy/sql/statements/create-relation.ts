import type { ObjectKind } from '../../../core/action.ts';
import { type At, emit, unsettle } from '../context.ts';
import { creationSchema, isTemporarySchema, relationsNamed } from '../resolve.ts';
import { type Body, requiredText, textAt } from '../tree.ts';

/** Where the relation of a RangeVar is made. Null when that cannot be known. */
export function placeOf(range: Body, at: At): { readonly schema: string | null; readonly name: string } {
  const name = requiredText(range['relname']);
  const written = textAt(range['schemaname']);
  const temporary = at.run.catalog.temporarySchema ?? 'pg_temp';
  if (range['relpersistence'] === 't' || written === 'pg_temp') return { schema: temporary, name };
  return { schema: written ?? creationSchema(at.names), name };
}

/** A relation is made: `create`, and `alter` of what it would replace. */
export function createRelation(range: Body, kind: ObjectKind, at: At, replaces = false): void {
  const { schema, name } = placeOf(range, at);
  at.run.restsOnCatalog = true;
  const temporary = schema !== null && isTemporarySchema(schema, at.run.catalog);
  unsettle(at.run, temporary ? 'locally' : 'everywhere');
  emit(at, { action: 'create', object: kind, schema, name, columns: 'all', certain: schema !== null });
  if (!replaces || schema === null) return;
  for (const { relation } of relationsNamed(schema, name, at.names).candidates) {
    if (relation !== null) emit(at, { action: 'alter', object: relation.kind, schema, name, columns: 'all' });
  }
}

/** Anything else that lives in a schema is made. */
export function createNamed(parts: readonly string[], kind: ObjectKind, at: At): void {
  at.run.restsOnCatalog = true;
  unsettle(at.run);
  const schema = parts.at(-2) ?? creationSchema(at.names);
  emit(at, { action: 'create', object: kind, schema, name: parts.at(-1) ?? null, certain: schema !== null });
}
