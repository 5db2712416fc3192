/** Extensions whose C functions only compute. */
const COMPUTING: ReadonlySet<string> = new Set([
  'bloom',
  'btree_gin',
  'btree_gist',
  'citext',
  'cube',
  'dict_int',
  'dict_xsyn',
  'earthdistance',
  'fuzzystrmatch',
  'hstore',
  'intarray',
  'isn',
  'ltree',
  'pg_stat_statements',
  'pg_trgm',
  'pgcrypto',
  'postgis',
  'seg',
  'tsm_system_rows',
  'tsm_system_time',
  'unaccent',
  'uuid-ossp',
  'vector',
]);

/** C functions of those that do more. */
const EXCEPTIONS: ReadonlySet<string> = new Set([
  'checkauthtrigger',
  'pg_stat_statements_reset',
  'set_limit',
  'isn_weak',
]);

/** True unless the C function `name` of the extension is known only to compute. */
export function runsCode(extension: string, name: string): boolean {
  return !COMPUTING.has(extension) || EXCEPTIONS.has(name);
}
