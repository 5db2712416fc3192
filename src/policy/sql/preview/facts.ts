import { FIRST_USER_OID } from '../relations.ts';
import { isBody } from '../tree.ts';

/** What has to be known of a table to try a change of it, and the catalog does not keep. */
export interface Facts {
  /** `pg_class.relkind`. */
  readonly kind: string;
  /** The columns of the primary key, in its order; empty when there is none, or not of the server's own types. */
  readonly key: readonly { readonly name: string; readonly type: number }[];
  readonly columns: readonly {
    readonly name: string;
    /** As SQL writes it, with its modifiers. */
    readonly type: string;
    /** The server computes it: nobody writes it. */
    readonly generated: boolean;
    /** The server alone gives it its value. */
    readonly always: boolean;
    /** It has a default, which may be another value each time. */
    readonly filled: boolean;
  }[];
  /** The server counts what is done to tables. */
  readonly counting: boolean;
}

/** One row with a JSON object. Nothing in it is looked up by the client's search path. */
export function factsQuestion(oid: number): string {
  return `
SELECT pg_catalog.json_build_object(
  'kind', c.relkind,
  'key', (
    SELECT pg_catalog.json_agg(pg_catalog.json_build_array(a.attname, a.atttypid::pg_catalog.int8) ORDER BY k.place)
    FROM pg_catalog.pg_index i
    CROSS JOIN LATERAL pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS k (number, place)
    JOIN pg_catalog.pg_attribute a
      ON a.attrelid OPERATOR(pg_catalog.=) i.indrelid AND a.attnum OPERATOR(pg_catalog.=) k.number
    WHERE i.indrelid OPERATOR(pg_catalog.=) c.oid AND i.indisprimary AND i.indisvalid
      AND k.place OPERATOR(pg_catalog.<=) i.indnkeyatts),
  'columns', (
    SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
      'name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
      'generated', a.attgenerated OPERATOR(pg_catalog.<>) ''::pg_catalog."char",
      'always', a.attidentity OPERATOR(pg_catalog.=) 'a'::pg_catalog."char",
      'filled', a.atthasdef OR a.attidentity OPERATOR(pg_catalog.<>) ''::pg_catalog."char") ORDER BY a.attnum)
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2
      AND NOT a.attisdropped),
  'counting', pg_catalog.current_setting('track_counts')
)::pg_catalog.text
FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) ${Math.trunc(oid)}::pg_catalog.oid`;
}

/** Null when it is no answer to the question. */
export function factsOf(text: string | null | undefined): Facts | null {
  const value: unknown = typeof text === 'string' ? JSON.parse(text) : null;
  if (!isBody(value)) return null;
  const { kind, key, columns, counting } = value;
  if (typeof kind !== 'string' || !Array.isArray(columns) || !columns.every(isColumn)) return null;
  const keys = Array.isArray(key) ? key : [];
  if (!keys.every(isKey)) return null;
  // The order and equality of other types is somebody's code, and may not be looked up by its name.
  const plain = keys.every(([, type]) => type < FIRST_USER_OID);
  return { kind, key: plain ? keys.map(([name, type]) => ({ name, type })) : [], columns, counting: counting === 'on' };
}

function isKey(value: unknown): value is readonly [string, number] {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'number';
}

function isColumn(value: unknown): value is Facts['columns'][number] {
  if (!isBody(value) || typeof value['name'] !== 'string' || typeof value['type'] !== 'string') return false;
  return ['generated', 'always', 'filled'].every((name) => typeof value[name] === 'boolean');
}
