import type { CatalogFunction } from '../../core/catalog.ts';
import { runsCode } from './builtins/extensions.ts';
import { computes } from './builtins/oids.ts';
import { PURE, REVIEWED_MAJOR } from './builtins/pure.ts';
import { type At, emit, type Followed, followOnce, noteFunction, objectName, through, treeOf } from './context.ts';
import { visitPlpgsql } from './plpgsql.ts';
import { indexOf, type Names, parsePath, serverMajor } from './resolve.ts';
import { childScope } from './scope.ts';
import { pinned } from './settings.ts';
import { type Body, constantText, definitions, listAt, nodeAt, statementsOf } from './tree.ts';

/** Goes into functions that run without being called by name: behind triggers, defaults, operators, casts. */
export function followAll(oids: readonly number[], at: At, step: string): void {
  for (const oid of oids) {
    const one = indexOf(at.run.catalog).functionsByOid.get(oid);
    if (one !== undefined) followFunction(one, through(at, step));
    // An OID the catalog has no function for is one of the server's own.
    else if (!computes(oid) || serverMajor(at.run.catalog) > REVIEWED_MAJOR) {
      emit(at, { action: 'call', object: 'function', opaque: true, certain: false }, step);
    }
  }
}

/** Goes into a function's body, once a statement. What cannot be followed is an opaque `call`. */
export function followFunction(one: CatalogFunction, at: At): Followed {
  at.run.restsOnCode = true;
  at.run.restsOnCatalog = true;
  // Values of its result's type are in reach.
  at.run.userTypes = true;
  const key = `function ${one.oid} ${at.dynamic.current} ${at.dynamic.path.join(',')}`;
  return followOnce(at.run, key, () => {
    const knowledge = intoBody(one, through(at, `function ${objectName(one.schema, one.name)}`));
    noteFunction(at.run, { schema: one.schema, name: one.name, knowledge });
    if (knowledge === 'opaque') {
      emit(at, { action: 'call', object: objectOf(one), schema: one.schema, name: one.name, opaque: true });
    }
    return knowledge;
  });
}

type FollowOutcome = Followed['knowledge'];

export function objectOf(one: CatalogFunction): 'aggregate' | 'procedure' | 'function' {
  return one.kind === 'aggregate' || one.kind === 'procedure' ? one.kind : 'function';
}

function intoBody(one: CatalogFunction, at: At): FollowOutcome {
  if (one.kind === 'aggregate') {
    followAll(one.parts, at, 'part');
    return 'followed';
  }
  const dynamic = namesInside(one, at);
  if (dynamic === null) return 'opaque';
  // Planning may run a function, too: to the full.
  const inside: At = { ...at, names: dynamic, dynamic, scope: childScope(null), planning: false };
  followDefaults(one, inside);
  if (one.language === 'internal') return one.symbol !== null && isPureSymbol(one.symbol) ? 'pure' : 'opaque';
  if (one.language === 'c') return one.extension !== null && !runsCode(one.extension, one.name) ? 'pure' : 'opaque';
  if (one.language === 'sql') return followSql(one, inside);
  if (one.language === 'plpgsql' && typeof one.definition === 'string') {
    return visitPlpgsql(one.definition, one.source, inside) ? 'followed' : 'opaque';
  }
  return 'opaque';
}

/** What the server makes itself with every range type. */
const RANGE_CONSTRUCTOR = /^(?:range_constructor[23]|multirange_constructor[012])$/u;

function isPureSymbol(symbol: string): boolean {
  return PURE.has(symbol) || RANGE_CONSTRUCTOR.test(symbol);
}

/** How names resolve in the body; null when its settings change more than that. */
function namesInside(one: CatalogFunction, at: At): Names | null {
  const { catalog } = at.run;
  let path: readonly string[] | null = null;
  for (const setting of one.settings) {
    const [name = '', ...rest] = setting.split('=');
    const value = rest.join('=');
    const lower = name.toLowerCase();
    if (lower === 'search_path') path = parsePath(value, catalog);
    else if (lower === 'role' || lower === 'session_authorization' || pinned(lower, value)) return null;
  }
  if (path !== null) return { catalog, path, current: at.dynamic.current };
  // Under its owner's rights, `$user` in the search path means the owner's schema.
  const asOwner = typeof one.definition !== 'string' || one.definition.includes('SECURITY DEFINER');
  return asOwner ? { ...at.dynamic, current: false } : at.dynamic;
}

/** Defaults of arguments are evaluated when a call leaves them out. */
function followDefaults(one: CatalogFunction, at: At): void {
  if (one.definition === null) return;
  if (typeof one.definition === 'string' && !one.definition.includes('DEFAULT')) return;
  const parsed = treeOf(at.run, 'sql', one.definition);
  if (parsed === 'pending') return;
  const create = parsed === 'failed' ? null : createFunctionIn(parsed.tree);
  if (create === null) {
    emit(at, { action: 'call', object: 'function', schema: one.schema, name: one.name, opaque: true });
    return;
  }
  const printed: Names = { catalog: at.run.catalog, path: at.run.catalog.searchPath, current: true };
  for (const parameter of listAt(create['parameters'])) at.run.visit(parameter, { ...at, names: printed });
}

function followSql(one: CatalogFunction, at: At): FollowOutcome {
  if (one.source.trim() !== '') {
    const parsed = treeOf(at.run, 'sql', one.source);
    if (parsed === 'pending') return 'followed';
    if (parsed !== 'failed') {
      visitStatements(parsed.tree, { ...at, text: one.source });
      return 'followed';
    }
  }
  // A SQL-standard body is bound by OID, and printed so that it reads right under the session's path.
  if (one.definition === null) return 'opaque';
  const parsed = treeOf(at.run, 'sql', one.definition);
  if (parsed === 'pending') return 'followed';
  const create = parsed === 'failed' ? null : createFunctionIn(parsed.tree);
  if (create === null || create['sql_body'] === undefined) return 'opaque';
  const printed: Names = { catalog: at.run.catalog, path: at.run.catalog.searchPath, current: true };
  at.run.visit(create['sql_body'], { ...at, names: printed, text: '' });
  return 'followed';
}

function createFunctionIn(tree: unknown): Body | null {
  const statement = nodeAt(statementsOf(tree)[0]?.['stmt']);
  return statement?.type === 'CreateFunctionStmt' ? statement.body : null;
}

/** Every statement of a parsed text, one after another. */
export function visitStatements(tree: unknown, at: At): void {
  for (const statement of statementsOf(tree)) at.run.visit(statement['stmt'], at);
}

/** The body of a function that is being created, or of a DO block: followed where it can be. */
export function followSource(language: string, source: string, definition: string, from: At): 'followed' | 'opaque' {
  // Text resolves its names when it runs.
  const at: At = { ...from, names: from.dynamic, scope: childScope(null) };
  if (language === 'plpgsql') return visitPlpgsql(definition, source, at) ? 'followed' : 'opaque';
  if (language !== 'sql') return 'opaque';
  const parsed = treeOf(at.run, 'sql', source);
  if (parsed === 'failed') return 'opaque';
  if (parsed !== 'pending') visitStatements(parsed.tree, { ...at, text: source });
  return 'followed';
}

/** `language` and source text out of a statement's options. Null for what is not given. */
export function codeOf(options: unknown): { readonly language: string | null; readonly source: string | null } {
  let language: string | null = null;
  let source: string | null = null;
  for (const { name, value } of definitions(options)) {
    if (name === 'language') language = constantText(value)?.toLowerCase() ?? '';
    if (name === 'as') {
      const parts = nodeAt(value)?.type === 'List' ? listAt(nodeAt(value)?.body['items']) : [value];
      source = parts.length === 1 ? constantText(parts[0]) : '';
    }
  }
  return { language, source };
}
