import type { PrintedCode } from '../../../core/catalog.ts';

/*
 * Questions about the catalog, asked on a client's own connection. That client may have put its own schemas before
 * pg_catalog and its own operators into them, so that nothing here may be looked up by the search path: every name is
 * qualified, every operator is written OPERATOR(pg_catalog.…) (which `qualified` does), and syntax that looks up
 * operators behind one's back (IN, BETWEEN, USING, IS DISTINCT FROM, simple CASE) is not used.
 */

const FIRST_USER_OID = '16384::pg_catalog.oid';

/** Writes operators that stand between spaces in their qualified form. */
function qualified(sql: string): string {
  return sql.replaceAll(/ (=|<>|>=|~|&) /g, ' OPERATOR(pg_catalog.$1) ');
}

/** Schemas of other connections' temporary objects, whose comings and goings change nothing here. */
const FOREIGN_TEMPORARY = `COALESCE((
  SELECT pg_catalog.array_agg(n.oid) FROM pg_catalog.pg_namespace n
  WHERE n.nspname ~ '^pg_(toast_)?temp_' AND n.oid <> pg_catalog.pg_my_temp_schema()), '{}'::pg_catalog.oid[])`;

const OURS = (column: string): string => `NOT (${column} = ANY (${FOREIGN_TEMPORARY}))`;

const KINDS = `ARRAY['r','v','m','f','p','S','i','I','c']::pg_catalog."char"[]`;

/** What tells one state of a catalog's rows from another: every change gives a row another place. */
const state = (table: string, column: string, filter = `${column} >= ${FIRST_USER_OID}`): string => `(
  SELECT pg_catalog.md5(pg_catalog.string_agg(pg_catalog.concat(t.${column}, ':', t.xmin, t.ctid), ',' ORDER BY t.ctid))
  FROM pg_catalog.${table} t WHERE t.${filter})`;

/** One row that is equal whenever names mean the same. */
export const FINGERPRINT = qualified(`
SELECT pg_catalog.json_build_object(
  'database', pg_catalog.current_database(),
  'user', CURRENT_USER,
  'superuser', (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = CURRENT_USER),
  'searchPath', pg_catalog.current_schemas(true),
  'temporarySchema', (
    SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE n.oid = pg_catalog.pg_my_temp_schema()),
  'schemas', (SELECT pg_catalog.json_agg(n.nspname) FROM pg_catalog.pg_namespace n WHERE ${OURS('n.oid')}),
  'settings', pg_catalog.json_build_object(
    'server_version_num', pg_catalog.current_setting('server_version_num'),
    'server_encoding', pg_catalog.current_setting('server_encoding'),
    'standard_conforming_strings', pg_catalog.current_setting('standard_conforming_strings'),
    'client_encoding', pg_catalog.current_setting('client_encoding')),
  'state', pg_catalog.json_build_array(
    (SELECT pg_catalog.md5(pg_catalog.string_agg(pg_catalog.concat(t.oid, ':', t.xmin, t.ctid), ',' ORDER BY t.ctid))
     FROM pg_catalog.pg_class t
     WHERE t.oid >= ${FIRST_USER_OID} AND t.relkind = ANY (${KINDS}) AND ${OURS('t.relnamespace')}),
    (SELECT pg_catalog.md5(pg_catalog.string_agg(pg_catalog.concat(t.attrelid, ':', t.xmin, t.ctid), ',' ORDER BY t.ctid))
     FROM pg_catalog.pg_attribute t JOIN pg_catalog.pg_class c ON c.oid = t.attrelid
     WHERE t.attrelid >= ${FIRST_USER_OID} AND t.attnum >= 1::pg_catalog.int2
       AND c.relkind = ANY (${KINDS}) AND ${OURS('c.relnamespace')}),
    ${state('pg_rewrite', 'oid')},
    ${state('pg_trigger', 'oid')},
    ${state('pg_constraint', 'oid')},
    ${state('pg_attrdef', 'oid')},
    ${state('pg_policy', 'oid')},
    ${state('pg_inherits', 'inhrelid')},
    ${state('pg_proc', 'oid')},
    ${state('pg_type', 'oid', `oid >= ${FIRST_USER_OID} AND t.typtype <> 'c'::pg_catalog."char" AND t.typelem = 0::pg_catalog.oid`)},
    ${state('pg_operator', 'oid')},
    ${state('pg_cast', 'oid')},
    ${state('pg_opclass', 'oid')},
    ${state('pg_amproc', 'oid')},
    ${state('pg_amop', 'oid')},
    ${state('pg_statistic_ext', 'oid')},
    ${state('pg_namespace', 'oid', `oid <> 0::pg_catalog.oid AND ${OURS('t.oid')}`)}))::pg_catalog.text`);

/**
 * One row: a text that is equal only as long as nothing at all was committed in between and names are looked up alike,
 * so that FINGERPRINT would be equal, too; empty where that cannot be told. It costs a tenth of it.
 *
 * A snapshot says which transactions are seen, and numbers are not used twice, unless a crash loses the last of them:
 * the end of its recovery is a checkpoint. On a standby a snapshot's text does not say all, and what the connection's
 * own transaction did is in none.
 */
export const GLANCE = qualified(`
SELECT CASE
  WHEN pg_catalog.pg_is_in_recovery() OR pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL THEN ''
  ELSE pg_catalog.json_build_array(
    pg_catalog.pg_current_snapshot(),
    (SELECT pg_catalog.json_build_array(k.timeline_id, k.checkpoint_lsn) FROM pg_catalog.pg_control_checkpoint() k),
    pg_catalog.pg_postmaster_start_time(),
    pg_catalog.current_database(),
    CURRENT_USER,
    pg_catalog.current_schemas(true),
    pg_catalog.pg_my_temp_schema(),
    pg_catalog.current_setting('server_version_num'),
    pg_catalog.current_setting('server_encoding'),
    pg_catalog.current_setting('standard_conforming_strings'),
    pg_catalog.current_setting('client_encoding'))::pg_catalog.text
  END`);

/**
 * The numbers of the columns that a generated one is computed of; null for any other. Before 15 it is the column that
 * depends on them, since then it is its expression.
 */
const GENERATED_FROM = `(
  SELECT pg_catalog.json_agg(d.refobjsubid) FROM pg_catalog.pg_depend d
  LEFT JOIN pg_catalog.pg_attrdef f
    ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass::pg_catalog.oid AND f.oid = d.objid
  WHERE a.attgenerated <> ''::pg_catalog."char" AND d.refobjid = a.attrelid AND d.refobjsubid >= 1
    AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AND d.refobjsubid <> a.attnum
    AND ((f.adrelid = a.attrelid AND f.adnum = a.attnum)
      OR (d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid
        AND d.objid = a.attrelid AND d.objsubid = a.attnum)))`;

const RELATIONS = `
SELECT pg_catalog.json_build_object('row', 'relation', 'oid', c.oid::pg_catalog.int8, 'schema', n.nspname, 'name', c.relname,
  'kind', c.relkind, 'temporary', c.relpersistence = 't'::pg_catalog."char",
  'columns', (
    SELECT pg_catalog.json_agg(pg_catalog.json_build_array(a.attnum, a.attname, a.atttypid::pg_catalog.int8,
      ${GENERATED_FROM}) ORDER BY a.attnum)
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum >= 1::pg_catalog.int2 AND NOT a.attisdropped),
  'keyed', (
    SELECT pg_catalog.json_agg(k.number) FROM (
      SELECT pg_catalog.unnest(i.indkey::pg_catalog.int2[]) AS number FROM pg_catalog.pg_index i
      WHERE i.indrelid = c.oid AND (i.indisunique OR i.indisexclusion)
      UNION ALL SELECT pg_catalog.unnest(f.conkey) FROM pg_catalog.pg_constraint f
      WHERE f.conrelid = c.oid AND f.contype = 'f'::pg_catalog."char") k),
  'defined', c.relkind = ANY (ARRAY['v','m']::pg_catalog."char"[]))::pg_catalog.text
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid >= ${FIRST_USER_OID} AND c.relkind = ANY (${KINDS}) AND ${OURS('c.relnamespace')}`;

const RULES = `
SELECT pg_catalog.json_build_object('row', 'rule', 'relation', r.ev_class::pg_catalog.int8,
  'rule', r.oid::pg_catalog.int8)::pg_catalog.text
FROM pg_catalog.pg_rewrite r
WHERE r.oid >= ${FIRST_USER_OID} AND r.rulename <> '_RETURN'::pg_catalog.name AND r.ev_enabled <> 'D'::pg_catalog."char"`;

/** The function a trigger calls, and those in its WHEN. */
const TRIGGERS = `
SELECT pg_catalog.json_build_object('row', 'trigger', 'relation', t.tgrelid::pg_catalog.int8,
  'function', COALESCE(p.oprcode::pg_catalog.oid, d.refobjid)::pg_catalog.int8, 'type', t.tgtype,
  'deferrable', t.tgdeferrable)::pg_catalog.text
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass::pg_catalog.oid AND d.objid = t.oid
LEFT JOIN pg_catalog.pg_operator p ON d.refclassid = 'pg_catalog.pg_operator'::pg_catalog.regclass::pg_catalog.oid AND p.oid = d.refobjid
WHERE t.oid >= ${FIRST_USER_OID} AND NOT t.tgisinternal AND t.tgenabled <> 'D'::pg_catalog."char"
  AND (p.oid IS NOT NULL OR d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid)`;

const FOREIGN_KEYS = `
SELECT pg_catalog.json_build_object('row', 'key', 'parent', k.confrelid::pg_catalog.int8, 'child', k.conrelid::pg_catalog.int8,
  'delete', k.confdeltype, 'update', k.confupdtype)::pg_catalog.text
FROM pg_catalog.pg_constraint k WHERE k.oid >= ${FIRST_USER_OID} AND k.contype = 'f'::pg_catalog."char"`;

const CHILDREN = `
SELECT pg_catalog.json_build_object('row', 'child', 'parent', i.inhparent::pg_catalog.int8,
  'child', i.inhrelid::pg_catalog.int8)::pg_catalog.text
FROM pg_catalog.pg_inherits i`;

/** Functions, also behind operators, that something belonging to a relation or a type is made with. */
const CODE = `
SELECT pg_catalog.json_build_object('row', 'code', 'relation', o.relation::pg_catalog.int8, 'type', o.type::pg_catalog.int8,
  'function', COALESCE(p.oprcode::pg_catalog.oid, d.refobjid)::pg_catalog.int8)::pg_catalog.text
FROM pg_catalog.pg_depend d
LEFT JOIN pg_catalog.pg_operator p ON d.refclassid = 'pg_catalog.pg_operator'::pg_catalog.regclass::pg_catalog.oid AND p.oid = d.refobjid
JOIN (
  SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass::pg_catalog.oid AS class, a.oid, a.adrelid AS relation, 0::pg_catalog.oid AS type
  FROM pg_catalog.pg_attrdef a
  UNION ALL SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass::pg_catalog.oid, k.oid, k.conrelid, k.contypid
  FROM pg_catalog.pg_constraint k
  UNION ALL SELECT 'pg_catalog.pg_policy'::pg_catalog.regclass::pg_catalog.oid, q.oid, q.polrelid, 0::pg_catalog.oid
  FROM pg_catalog.pg_policy q
  UNION ALL SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid, i.indexrelid, i.indrelid, 0::pg_catalog.oid
  FROM pg_catalog.pg_index i WHERE i.indexrelid >= ${FIRST_USER_OID}
  UNION ALL SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid, c.oid, c.oid, 0::pg_catalog.oid
  FROM pg_catalog.pg_class c WHERE c.oid >= ${FIRST_USER_OID} AND c.relkind = ANY (ARRAY['r','p']::pg_catalog."char"[])
  UNION ALL SELECT 'pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid, t.oid, 0::pg_catalog.oid, t.oid
  FROM pg_catalog.pg_type t WHERE t.oid >= ${FIRST_USER_OID}
  UNION ALL SELECT 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass::pg_catalog.oid, e.oid, e.stxrelid, 0::pg_catalog.oid
  FROM pg_catalog.pg_statistic_ext e
) o ON o.class = d.classid AND o.oid = d.objid
WHERE d.objid >= ${FIRST_USER_OID} AND d.refobjid >= ${FIRST_USER_OID}
  AND (p.oid IS NOT NULL OR d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid)`;

/** User-defined functions of operator classes: they compare, sort and hash without being written down. */
const CLASSES = `(
  SELECT c.oid, c.opcname, c.opcnamespace, c.opcmethod, c.opcintype, c.opcdefault, a.amproc::pg_catalog.oid AS function
  FROM pg_catalog.pg_opclass c
  JOIN pg_catalog.pg_amproc a ON a.amprocfamily = c.opcfamily AND a.amproclefttype = c.opcintype
  UNION ALL SELECT c.oid, c.opcname, c.opcnamespace, c.opcmethod, c.opcintype, c.opcdefault, o.oprcode::pg_catalog.oid
  FROM pg_catalog.pg_opclass c
  JOIN pg_catalog.pg_amop a ON a.amopfamily = c.opcfamily AND a.amoplefttype = c.opcintype
  JOIN pg_catalog.pg_operator o ON o.oid = a.amopopr)`;

/** The same, where an index or a partition key is made with them. */
const KEYED = `
SELECT pg_catalog.json_build_object('row', 'code', 'relation', k.relation::pg_catalog.int8, 'type', 0,
  'function', f.function::pg_catalog.int8)::pg_catalog.text
FROM ${CLASSES} f
JOIN (
  SELECT i.indrelid AS relation, i.indclass AS classes FROM pg_catalog.pg_index i WHERE i.indexrelid >= ${FIRST_USER_OID}
  UNION ALL SELECT t.partrelid, t.partclass FROM pg_catalog.pg_partitioned_table t
) k ON f.oid = ANY (k.classes)
WHERE f.function >= ${FIRST_USER_OID}`;

const FUNCTIONS = `
SELECT pg_catalog.json_build_object('row', 'function', 'oid', p.oid::pg_catalog.int8, 'schema', n.nspname, 'name', p.proname,
  'kind', p.prokind, 'language', l.lanname,
  'standard', p.prosqlbody IS NOT NULL,
  'definition', CASE WHEN p.prokind <> 'a'::pg_catalog."char" AND p.prosqlbody IS NULL
    THEN pg_catalog.pg_get_functiondef(p.oid) END,
  'source', p.prosrc,
  'argumentNames', p.proargnames, 'settings', p.proconfig,
  'extension', (
    SELECT e.extname FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
    WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid AND d.objid = p.oid
      AND d.deptype = 'e'::pg_catalog."char"
      AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass::pg_catalog.oid LIMIT 1),
  'parts', (
    SELECT pg_catalog.json_build_array(g.aggtransfn::pg_catalog.oid::pg_catalog.int8, g.aggfinalfn::pg_catalog.oid::pg_catalog.int8,
      g.aggcombinefn::pg_catalog.oid::pg_catalog.int8, g.aggserialfn::pg_catalog.oid::pg_catalog.int8,
      g.aggdeserialfn::pg_catalog.oid::pg_catalog.int8, g.aggmtransfn::pg_catalog.oid::pg_catalog.int8,
      g.aggminvtransfn::pg_catalog.oid::pg_catalog.int8, g.aggmfinalfn::pg_catalog.oid::pg_catalog.int8)
    FROM pg_catalog.pg_aggregate g WHERE g.aggfnoid::pg_catalog.oid = p.oid))::pg_catalog.text
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE p.oid >= ${FIRST_USER_OID}`;

const TYPES = `
SELECT pg_catalog.json_build_object('row', 'type', 'oid', t.oid::pg_catalog.int8, 'schema', n.nspname, 'name', t.typname)::pg_catalog.text
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
WHERE t.oid >= ${FIRST_USER_OID} AND t.typelem = 0::pg_catalog.oid
  AND (c.oid IS NULL OR c.relkind = 'c'::pg_catalog."char") AND ${OURS('t.typnamespace')}`;

const OPERATORS = `
SELECT pg_catalog.json_build_object('row', 'operator', 'schema', n.nspname, 'name', o.oprname,
  'function', o.oprcode::pg_catalog.oid::pg_catalog.int8)::pg_catalog.text
FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
WHERE o.oid >= ${FIRST_USER_OID}`;

/** Operator classes are named where an index or a range type is made. */
const NAMED_CLASSES = `
SELECT pg_catalog.json_build_object('row', 'operator', 'schema', n.nspname, 'name', f.opcname,
  'function', f.function::pg_catalog.int8)::pg_catalog.text
FROM ${CLASSES} f JOIN pg_catalog.pg_namespace n ON n.oid = f.opcnamespace
WHERE f.function >= ${FIRST_USER_OID}`;

const CASTS = `
SELECT pg_catalog.json_build_object('row', 'cast', 'source', k.castsource::pg_catalog.int8, 'target', k.casttarget::pg_catalog.int8,
  'function', k.castfunc::pg_catalog.int8)::pg_catalog.text
FROM pg_catalog.pg_cast k WHERE k.oid >= ${FIRST_USER_OID} AND k.castfunc <> 0::pg_catalog.oid`;

/** Values are compared by the default classes of btree (403) and hash (405) wherever they are sorted or grouped. */
const COMPARISONS = `
SELECT pg_catalog.json_build_object('row', 'cast', 'source', f.opcintype::pg_catalog.int8,
  'target', f.opcintype::pg_catalog.int8, 'function', f.function::pg_catalog.int8)::pg_catalog.text
FROM ${CLASSES} f
WHERE f.function >= ${FIRST_USER_OID} AND f.opcdefault AND f.opcmethod = ANY (ARRAY[403, 405]::pg_catalog.oid[])`;

/** Each row of each is a JSON object that names its kind in `row`. */
export const CONTENTS: readonly string[] = [
  RELATIONS,
  RULES,
  TRIGGERS,
  FOREIGN_KEYS,
  CHILDREN,
  CODE,
  KEYED,
  FUNCTIONS,
  TYPES,
  OPERATORS,
  NAMED_CLASSES,
  CASTS,
  COMPARISONS,
].map(qualified);

const PRINTERS: Readonly<Record<PrintedCode['kind'], string>> = {
  view: 'pg_get_viewdef',
  rule: 'pg_get_ruledef',
  function: 'pg_get_functiondef',
};

/**
 * One row for each, in order: a JSON array of the text, or of null. Printing takes ACCESS SHARE locks on the tables
 * that the code names.
 */
export function definitions(codes: readonly PrintedCode[]): readonly string[] {
  return codes.map(({ kind, oid }) => {
    const printed = `pg_catalog.${PRINTERS[kind]}(${Math.trunc(oid)}::pg_catalog.oid)`;
    return `SELECT pg_catalog.json_build_array(${printed})::pg_catalog.text`;
  });
}
