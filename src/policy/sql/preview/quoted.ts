/** A name as SQL reads it back, whatever is in it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A relation's name with its schema. */
export function qualifiedName({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return `${quoted(schema)}.${quoted(name)}`;
}

/** Looked up by name alone, an operator might be the client's own. */
export const EQUALS = 'OPERATOR(pg_catalog.=)';
