import { PURE, PURE_TYPES } from './builtins/pure.ts';
import { type At, emit, later, treeOf, unsettle } from './context.ts';
import { hiddenInitialisers } from './plpgsql-declarations.ts';
import { isType } from './resolve.ts';
import { childScope } from './scope.ts';
import {
  type Body,
  bodyAt,
  constantText,
  isBody,
  listAt,
  nodeAt,
  textAt,
  Unintelligible,
  statementsOf,
} from './tree.ts';

/** Nodes that hold others and do nothing themselves. */
const PLAIN: ReadonlySet<string> = new Set(
  `function var rec row recfield type stmt_block exception_block exception condition stmt_assign stmt_if if_elsif
  stmt_case case_when stmt_loop stmt_while stmt_fori stmt_fors stmt_forc stmt_foreach_a stmt_exit stmt_return
  stmt_return_next stmt_return_query stmt_raise raise_option stmt_assert stmt_execsql stmt_dynexecute stmt_dynfors
  stmt_getdiag diag_item stmt_open stmt_fetch stmt_close stmt_perform stmt_call stmt_commit stmt_rollback
  alias stmt_null expr`
    .split(/\s+/u)
    .map((name) => `PLpgSQL_${name}`),
);

/** Fields whose expression makes the text that is run. */
const TEXT_MAKERS: ReadonlyMap<string, string> = new Map([
  ['PLpgSQL_stmt_dynexecute', 'query'],
  ['PLpgSQL_stmt_dynfors', 'query'],
  ['PLpgSQL_stmt_return_query', 'dynquery'],
  ['PLpgSQL_stmt_open', 'dynquery'],
]);

/**
 * Goes through a PL/pgSQL body. `definition` is a whole CREATE FUNCTION statement, `source` its body.
 * Returns false when the body cannot be followed and may do anything.
 */
export function visitPlpgsql(definition: string, source: string, at: At): boolean {
  const parsed = treeOf(at.run, 'plpgsql', definition);
  if (parsed === 'pending') return true;
  if (parsed === 'failed') return false;
  const functions = listAt(bodyAt(parsed.tree)['plpgsql_funcs']);
  if (functions.length !== 1) return false;
  const records = new Set<string>();
  const inside: At = { ...at, scope: childScope(null), text: source };
  visit(functions[0], inside, records);
  // The parser's output leaves out what record variables are initialised with.
  for (const text of hiddenInitialisers(source, records)) visitText(`SELECT ${text}`, inside, 'variable');
  return true;
}

function visit(tree: unknown, at: At, records: Set<string>): void {
  if (Array.isArray(tree)) {
    for (const item of tree) visit(item, at, records);
    return;
  }
  if (!isBody(tree)) return;
  for (const [key, value] of Object.entries(tree)) {
    if (!key.startsWith('PLpgSQL_')) {
      visit(value, at, records);
      continue;
    }
    if (!PLAIN.has(key)) throw new Unintelligible('an unknown kind of PL/pgSQL statement');
    visitNode(key, bodyAt(value), at, records);
  }
}

/** Cursors: the caller may fetch from them after the function has returned. */
function opens(type: string, body: Body): boolean {
  return type === 'PLpgSQL_stmt_open' || body['cursor_explicit_expr'] !== undefined;
}

function visitNode(type: string, body: Body, from: At, records: Set<string>): void {
  const at = opens(type, body) ? later(from) : from;
  if (type === 'PLpgSQL_expr') {
    visitExpression(body, at);
    return;
  }
  if (type === 'PLpgSQL_rec') records.add((textAt(body['refname']) ?? '').toLowerCase());
  if (type === 'PLpgSQL_type') noteType(textAt(body['typname']) ?? '', at);
  if (type === 'PLpgSQL_stmt_rollback' || type === 'PLpgSQL_stmt_commit') unsettle(at.run);
  const maker = TEXT_MAKERS.get(type);
  for (const [field, value] of Object.entries(body)) {
    visit(value, at, records);
    if (field === maker) visitMadeText(value, at);
  }
}

/** Dynamic SQL. Only a constant text is known before it runs. */
function visitMadeText(tree: unknown, at: At): void {
  const expression = nodeAt(tree);
  const query = expression === null ? null : textAt(expression.body['query']);
  const parsed = query === null ? 'failed' : treeOf(at.run, 'sql', `SELECT ${query}`);
  if (parsed === 'pending') return;
  const text = parsed === 'failed' ? null : constantOf(parsed.tree);
  const statements = text === null ? 'failed' : treeOf(at.run, 'sql', text);
  if (statements === 'pending') return;
  if (statements === 'failed' || text === null) emit(at, { action: 'dynamic', opaque: true }, 'EXECUTE');
  else visitAll(statements.tree, { ...at, text });
}

function constantOf(tree: unknown): string | null {
  const statements = statementsOf(tree);
  const select = nodeAt(statements[0]?.['stmt']);
  const targets = listAt(select?.body['targetList']);
  if (statements.length !== 1 || targets.length !== 1) return null;
  return constantText(nodeAt(targets[0])?.body['val']);
}

function visitExpression(body: Body, at: At): void {
  const query = textAt(body['query']) ?? '';
  const mode = body['parseMode'] ?? 0;
  const texts = mode === 0 ? [query] : mode === 2 ? [`SELECT ${query}`] : assignment(query);
  for (const text of texts) visitText(text, at, 'expression');
}

function visitText(text: string, at: At, step: string): void {
  const parsed = treeOf(at.run, 'sql', text);
  if (parsed === 'pending') return;
  if (parsed === 'failed') emit(at, { action: 'dynamic', opaque: true }, step);
  else visitAll(parsed.tree, { ...at, text });
}

function visitAll(tree: unknown, at: At): void {
  for (const statement of statementsOf(tree)) at.run.visit(statement['stmt'], at);
}

const NAME = String.raw`(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)`;
const SUBSCRIPT = String.raw`\[(?:[^\]\["'$/-]|-(?!-)|/(?!\*))*\]`;
const TARGET = new RegExp(String.raw`^\s*${NAME}(?:\s*\.\s*${NAME}|\s*${SUBSCRIPT})*\s*(?::=|=)`, 'u');

/**
 * An assignment's value, and its target with its subscripts, as statements. The target is names, dots
 * and brackets without quotes or comments in them; any other gives a text that does not parse, and so
 * counts as unknown.
 */
function assignment(query: string): readonly string[] {
  const target = TARGET.exec(query)?.[0];
  if (target === undefined) return ['?'];
  const subscripts = [...target.matchAll(/\[([^\]]*)\]/gu)].map(([, inner = '']) =>
    inner.replace(/(?<!:):(?!:)/u, ', '),
  );
  const value = `SELECT ${query.slice(target.length)}`;
  return [value, ...subscripts.map((inner) => `SELECT ${inner}`)];
}

function noteType(name: string, at: At): void {
  const plain = name
    .toLowerCase()
    .replace(/\(.*\)|\[\]/gu, '')
    .replace(/^pg_catalog\./u, '')
    .trim();
  const servers = PLAIN_TYPES.has(plain) || PURE.has(plain) || PURE_TYPES.has(plain);
  if (!servers || isType(plain, at.run.catalog)) at.run.userTypes = true;
}

const PLAIN_TYPES: ReadonlySet<string> = new Set([
  'integer',
  'int',
  'bigint',
  'smallint',
  'boolean',
  'real',
  'double precision',
  'character varying',
  'character',
  'timestamp without time zone',
  'timestamp with time zone',
  'time without time zone',
  'time with time zone',
  'record',
  'refcursor',
  'void',
]);
