import type { At } from './context.ts';
import { call, callByAttribute, useOperator } from './functions.ts';
import { fieldsOf, type FieldKind } from './nodes.ts';
import { touch } from './relations.ts';
import { isType, relationsOf, serverMajor } from './resolve.ts';
import { childScope, isCte, isNamed, readColumn, readWhole, type Scope, type Source } from './scope.ts';
import {
  type Body,
  bodyAt,
  isConstantText,
  listAt,
  nameParts,
  nodeAt,
  requiredText,
  textAt,
  Unintelligible,
} from './tree.ts';

export type Handler = (body: Body, at: At) => void;

/** Visits all that is below a node, field by field; a field that is not known is not understood. */
export function visitFields(type: string, body: Body, at: At, skip: readonly string[] = []): void {
  const fields = fieldsOf(type);
  if (fields === undefined) throw new Unintelligible(`an unknown node: ${type}`);
  for (const [field, value] of Object.entries(body)) {
    const kind = fields.get(field);
    if (kind === undefined) throw new Unintelligible(`an unknown field of ${type}`);
    if (!skip.includes(field)) visitField(kind, value, at);
  }
}

function visitField(kind: FieldKind, value: unknown, at: At): void {
  if (kind === null) {
    if (typeof value === 'object' && value !== null) throw new Unintelligible('a plain value was expected');
  } else if (kind === 'node') at.run.visit(value, at);
  else if (kind === 'nodes') for (const item of listAt(value)) at.run.visit(item, at);
  else if (value !== undefined && value !== null) at.run.visit({ [kind]: bodyAt(value) }, at);
}

/** A query level: its CTEs, then what it reads, then the rest. Returns the scope, for locks and writes. */
export function openScope(body: Body, at: At): At {
  const scope = childScope(at.scope);
  const inside: At = { ...at, scope };
  visitWith(body['withClause'], inside);
  return inside;
}

/** CTEs shadow tables from here on; of a plain WITH each sees those before it, of a recursive one all. */
function visitWith(tree: unknown, at: At): void {
  if (tree === undefined) return;
  const clause = bodyAt(tree);
  const ctes = listAt(clause['ctes']).map((item) => {
    const node = nodeAt(item);
    if (node?.type !== 'CommonTableExpr') throw new Unintelligible('a common table expression was expected');
    return node.body;
  });
  const names = ctes.map((cte) => requiredText(cte['ctename']));
  if (clause['recursive'] === true) for (const name of names) at.scope.ctes.add(name);
  for (const [position, cte] of ctes.entries()) {
    visitFields('CommonTableExpr', cte, { ...at, scope: childScope(at.scope) });
    at.scope.ctes.add(names[position] ?? '');
  }
  for (const key of Object.keys(clause)) {
    if (!['ctes', 'recursive', 'location'].includes(key)) throw new Unintelligible('an unknown field of WithClause');
  }
}

/**
 * Adds a table to the scope: its columns are gathered while the rest is visited. `read` for what
 * stands in FROM; false for what is written to.
 */
export function addSource(range: Body, at: At, read: boolean): Source {
  const name = requiredText(range['relname']);
  const alias = bodyAt(range['alias']);
  // Only FROM sees CTEs: `WITH t AS (…) DELETE FROM t` deletes from the table t.
  const cte = read && range['schemaname'] === undefined && isCte(at.scope, name);
  const source: Source = {
    alias: textAt(alias['aliasname']) ?? name,
    target: cte ? null : relationsOf(range, at.names),
    renamed: listAt(alias['colnames']).length > 0,
    only: range['inh'] !== true,
    columns: new Set(),
    whole: false,
    read,
  };
  at.scope.sources.push(source);
  return source;
}

/** Tells what was read of the tables in scope. Call it once all of the level was visited. */
export function closeScope(at: At): void {
  at.scope.parent?.below.push(...at.scope.sources, ...at.scope.below);
  for (const source of readOf(at.scope.sources)) {
    if (source.target === null) continue;
    touch(
      source.target,
      { action: 'select', columns: source.whole ? 'all' : [...source.columns], only: source.only },
      at,
    );
  }
}

/** What was read, once for each table: RETURNING knows one by several names. */
function readOf(sources: readonly Source[]): readonly Source[] {
  const merged = new Map<unknown, Source>();
  for (const source of sources) {
    if (source.target === null || (!source.read && !source.whole && source.columns.size === 0)) continue;
    const known = merged.get(source.target);
    const columns = new Set([...(known?.columns ?? []), ...source.columns]);
    merged.set(source.target, { ...source, columns, whole: source.whole || known?.whole === true });
  }
  return [...merged.values()];
}

export function visitList(tree: unknown, at: At): void {
  for (const item of listAt(tree)) at.run.visit(item, at);
}

/** A name that stands for no table. */
export function addOther(alias: string, scope: Scope): void {
  if (alias === '') return;
  scope.sources.push({
    alias,
    target: null,
    renamed: false,
    only: false,
    columns: new Set(),
    whole: false,
    read: false,
  });
}

function visitColumn(body: Body, at: At): void {
  visitFields('ColumnRef', body, at);
  at.run.evaluates = true;
  const fields = listAt(body['fields']).map((field) => {
    const node = nodeAt(field);
    if (node?.type === 'A_Star') return null;
    if (node?.type === 'String') return textAt(node.body['sval']) ?? '';
    throw new Unintelligible('a part of a column name was expected');
  });
  const last = fields.at(-1);
  const qualifier = fields.at(-2) ?? null;
  if (last === undefined) throw new Unintelligible('a column name was expected');
  if (last === null) {
    readWhole(at.scope, qualifier);
    // Outside a list of targets it is one value of the row's type.
    at.run.userTypes = true;
    return;
  }
  if (qualifier === null && isNamed(at.scope, last)) at.run.userTypes = true;
  const known = readColumn(at.scope, qualifier, last);
  if (qualifier === null || known) return;
  // `t.f` may be the function f called with a row of t.
  if (callByAttribute(last, at)) readWhole(at.scope, qualifier);
}

function visitIndirection(body: Body, at: At): void {
  visitFields('A_Indirection', body, at);
  for (const step of listAt(body['indirection'])) {
    const node = nodeAt(step);
    if (node?.type === 'String') callByAttribute(textAt(node.body['sval']) ?? '', at);
  }
}

/** The grammar writes JSON_OBJECT(a, b) as a call of the server's own; before 16 it is a call like any other. */
function functionName(body: Body, at: At): readonly string[] {
  const parts = nameParts(body['funcname']);
  const plain = parts.join('.') === 'pg_catalog.json_object' && serverMajor(at.run.catalog) < 16;
  return plain ? ['json_object'] : parts;
}

function visitCall(body: Body, at: At): void {
  visitFields('FuncCall', body, at);
  call(functionName(body, at), listAt(body['args']), at);
}

/** Operators that are used without being written down. */
const IMPLIED: Readonly<Record<string, readonly string[]>> = {
  AEXPR_BETWEEN: ['>=', '<='],
  AEXPR_NOT_BETWEEN: ['<', '>'],
  AEXPR_BETWEEN_SYM: ['>=', '<='],
  AEXPR_NOT_BETWEEN_SYM: ['<', '>'],
};

const OPERATORS: ReadonlySet<string> = new Set([
  'AEXPR_OP',
  'AEXPR_OP_ANY',
  'AEXPR_OP_ALL',
  'AEXPR_DISTINCT',
  'AEXPR_NOT_DISTINCT',
  'AEXPR_NULLIF',
  'AEXPR_IN',
  'AEXPR_LIKE',
  'AEXPR_ILIKE',
  'AEXPR_SIMILAR',
]);

function visitOperator(body: Body, at: At): void {
  visitFields('A_Expr', body, at);
  const kind = String(body['kind']);
  const implied = IMPLIED[kind];
  if (implied === undefined && !OPERATORS.has(kind)) throw new Unintelligible('an unknown kind of operator');
  if (implied === undefined) useOperator(nameParts(body['name']), at);
  else for (const operator of implied) useOperator([operator], at);
}

function visitSubLink(body: Body, at: At): void {
  const { below } = at.scope;
  const before = below.length;
  visitFields('SubLink', body, at);
  // FOR UPDATE reaches sub-selects in FROM, not those in expressions.
  below.length = before;
  const operator = nameParts(body['operName']);
  useOperator(operator.length === 0 ? ['='] : operator, at);
}

function visitSort(body: Body, at: At): void {
  visitFields('SortBy', body, at);
  const operator = nameParts(body['useOp']);
  if (operator.length > 0) useOperator(operator, at);
}

function visitIndexElement(body: Body, at: At): void {
  visitFields('IndexElem', body, at);
  const column = textAt(body['name']);
  if (column !== null) readColumn(at.scope, null, column);
  useClass(body['opclass'], at);
}

/** An operator class that is named: its functions run where the index or the partitions are filled. */
function useClass(tree: unknown, at: At): void {
  const parts = nameParts(tree ?? []);
  if (parts.length > 0) useOperator(parts, at);
}

function visitPartitionElement(body: Body, at: At): void {
  visitFields('PartitionElem', body, at);
  useClass(body['opclass'], at);
}

function visitCase(body: Body, at: At): void {
  visitFields('CaseExpr', body, at);
  if (body['arg'] !== undefined) useOperator(['='], at);
}

function visitTypeName(body: Body, at: At): void {
  visitFields('TypeName', body, at);
  const names = nameParts(body['names']);
  const [schema] = names;
  const plain = names.length === 2 && schema === 'pg_catalog' && body['pct_type'] !== true;
  const common = names.length === 1 && COMMON_TYPES.has(schema ?? '');
  const shadowed = isType(schema ?? '', at.run.catalog);
  if (!plain && (!common || shadowed)) at.run.userTypes = true;
}

/** Written without a schema; a table or type of that name in front of pg_catalog would not be the server's. */
const COMMON_TYPES: ReadonlySet<string> = new Set(
  `text date uuid jsonb bytea regclass regtype regproc regnamespace inet cidr timestamptz timetz name oid money xml
  tsvector tsquery int4 int8 int2 bool numeric float8 float4 varchar char bpchar regprocedure regoper regoperator
  regrole regconfig regdictionary oidvector int2vector aclitem xid tid jsonpath macaddr point`.split(/\s+/u),
);

function visitJoin(body: Body, at: At): void {
  visitFields('JoinExpr', body, at, ['larg', 'rarg', 'quals', 'usingClause', 'alias', 'join_using_alias']);
  at.run.visit(body['larg'], at);
  at.run.visit(body['rarg'], at);
  at.run.visit(body['quals'], at);
  const columns = nameParts(body['usingClause'] ?? []);
  for (const column of columns) readColumn(at.scope, null, column);
  if (columns.length > 0 || body['isNatural'] === true) useOperator(['='], at);
  if (body['isNatural'] === true) readWhole(at.scope, null);
  const aliases = [bodyAt(body['alias']), bodyAt(body['join_using_alias'])];
  for (const alias of aliases) {
    const name = textAt(alias['aliasname']);
    if (name !== null) at.scope.joins.add(name);
    // The joined columns have new names: any of them may be meant.
    if (listAt(alias['colnames']).length > 0) for (const source of at.scope.sources) source.whole = true;
  }
}

/** Anything in FROM that is no table: its own names shadow nothing, but must not be taken for a table's. */
function visitDerived(type: string): Handler {
  return (body, at) => {
    visitFields(type, body, at);
    addOther(textAt(bodyAt(body['alias'])['aliasname']) ?? '', at.scope);
  };
}

function visitSample(body: Body, at: At): void {
  visitFields('RangeTableSample', body, at);
  const method = nameParts(body['method']);
  if (method.length === 1 && (method[0] === 'system' || method[0] === 'bernoulli')) return;
  call(method, [], at);
}

function visitTarget(body: Body, at: At): void {
  const value = nodeAt(body['val']);
  const fields = value?.type === 'ColumnRef' ? listAt(value.body['fields']) : [];
  if (nodeAt(fields.at(-1))?.type !== 'A_Star') visitFields('ResTarget', body, at);
  else {
    // Its columns, one by one.
    const qualifier = nodeAt(fields.at(-2));
    readWhole(at.scope, qualifier === null ? null : textAt(qualifier.body['sval']));
    at.run.evaluates = true;
    visitFields('ResTarget', body, at, ['val']);
  }
}

function visitParameter(body: Body, at: At): void {
  visitFields('ParamRef', body, at);
  at.run.evaluates = true;
  // The client may declare it as any type.
  at.run.userTypes = true;
}

function visitCast(body: Body, at: At): void {
  visitFields('TypeCast', body, at);
  // A text that names a type, function or table is only a name: casting it runs nothing.
  if (!isConstantText(body['arg'])) at.run.evaluates = true;
}

/** Syntax that a server before `since` reads as a call of a function by that name. */
function newerSyntax(type: string, since: number, nameOf: (body: Body) => string | null): Handler {
  return (body, at) => {
    visitFields(type, body, at);
    const name = serverMajor(at.run.catalog) < since ? nameOf(body) : null;
    if (name !== null) call([name], [null], at);
  };
}

const JSON_FUNCTIONS: Readonly<Record<string, string>> = {
  JSON_EXISTS_OP: 'json_exists',
  JSON_QUERY_OP: 'json_query',
  JSON_VALUE_OP: 'json_value',
};

const named = (name: string) => (): string => name;

/** SELECT … INTO, FOR UPDATE and the like belong to `statements/query.ts`; this is the FROM clause's own. */
export const EXPRESSIONS: Readonly<Record<string, Handler>> = {
  ColumnRef: visitColumn,
  A_Indirection: visitIndirection,
  FuncCall: visitCall,
  A_Expr: visitOperator,
  SubLink: visitSubLink,
  SortBy: visitSort,
  CaseExpr: visitCase,
  IndexElem: visitIndexElement,
  PartitionElem: visitPartitionElement,
  TypeName: visitTypeName,
  TypeCast: visitCast,
  ParamRef: visitParameter,
  // Its value is no node: who wants to know it asks for it.
  A_Const: () => undefined,
  ResTarget: visitTarget,
  JoinExpr: visitJoin,
  RangeVar: (body, at) => {
    visitFields('RangeVar', body, at);
    addSource(body, at, true);
  },
  RangeSubselect: visitDerived('RangeSubselect'),
  RangeFunction: visitDerived('RangeFunction'),
  RangeTableFunc: visitDerived('RangeTableFunc'),
  JsonTable: visitDerived('JsonTable'),
  RangeTableSample: visitSample,
  JsonFuncExpr: newerSyntax('JsonFuncExpr', 17, (body) => JSON_FUNCTIONS[String(body['op'])] ?? null),
  JsonParseExpr: newerSyntax('JsonParseExpr', 17, named('json')),
  JsonScalarExpr: newerSyntax('JsonScalarExpr', 17, named('json_scalar')),
  JsonSerializeExpr: newerSyntax('JsonSerializeExpr', 17, named('json_serialize')),
  MergeSupportFunc: newerSyntax('MergeSupportFunc', 17, named('merge_action')),
  JsonObjectConstructor: newerSyntax('JsonObjectConstructor', 16, named('json_object')),
  JsonArrayConstructor: newerSyntax('JsonArrayConstructor', 16, named('json_array')),
  JsonObjectAgg: newerSyntax('JsonObjectAgg', 16, named('json_objectagg')),
  JsonArrayAgg: newerSyntax('JsonArrayAgg', 16, named('json_arrayagg')),
};

/** Nodes that do nothing of their own: what is below them is all there is to see. */
export const PLAIN: ReadonlySet<string> = new Set(
  `Integer Float Boolean String BitString List Alias GroupingFunc NamedArgExpr BoolExpr
  RowExpr CaseWhen CoalesceExpr MinMaxExpr SQLValueFunction XmlExpr XmlSerialize JsonFormat JsonReturning
  JsonValueExpr JsonIsPredicate JsonBehavior NullTest BooleanTest SetToDefault CurrentOfExpr CollateClause RoleSpec
  A_Star A_Indices A_ArrayExpr MultiAssignRef WindowDef RangeTableFuncCol ColumnDef DefElem GroupingSet
  InferClause CTESearchClause CTECycleClause ReturningOption JsonOutput JsonArgument JsonTablePathSpec
  JsonTableColumn JsonKeyValue    
   JsonArrayQueryConstructor JsonAggConstructor
  PartitionSpec PartitionBoundSpec PartitionRangeDatum Constraint FunctionParameter StatsElem TriggerTransition
  ATAlterConstraint ReplicaIdentityStmt ObjectWithArgs AccessPriv ReturnStmt`
    .trim()
    .split(/\s+/u),
);
